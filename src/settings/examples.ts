// What a rule says of itself: texts in which it finds something, and texts in which it does not. A rule whose examples
// fail is refused, so that what it was written for is what it does.
import { compileClassifier } from '../classifier/compile.ts'
import { Matcher, MatchFailure } from '../classifier/matcher.ts'
import { PathFacts } from '../classifier/path_facts.ts'
import { Kind } from '../core/leaves.ts'
import { Paths, ROOT } from '../core/paths.ts'
import type { Policy, Rule } from '../core/policy.ts'

const NOBODY = ''
/** RE2 reads a little beyond its text. */
const PAD_BYTES = 8

/** Says whether the rule, alone and everywhere, finds something in a text. Throws PolicyError. */
export function finderOf(rule: Rule): (text: string) => boolean {
  const policy: Policy = {
    version: '',
    mode: 'observe',
    rules: [{ ...rule, where: undefined, with: undefined }],
    allow: {},
    exclude_fields: [],
    unknown_fields: 'scan',
    on_error: 'drop',
    service_from: [],
  }
  const classifier = compileClassifier(policy)
  return (text) => {
    const paths = new Paths()
    const facts = new PathFacts(classifier, paths)
    const matcher = new Matcher(classifier, paths, facts)
    const size = Buffer.byteLength(text)
    const bytes = Buffer.concat([Buffer.from(text), Buffer.alloc(PAD_BYTES, '\n')])
    matcher.begin()
    try {
      matcher.value(0, Kind.text, ROOT, facts.of(ROOT), bytes, 0, size)
    } catch (error) {
      if (error instanceof MatchFailure) return false
      throw error
    }
    return matcher.findings(NOBODY, NOBODY, () => bytes).length > 0
  }
}
