// Looks at a line that was put together of its pieces, as if it stood in one record.
import { type Matcher, MatchFailure } from '../../classifier/matcher.ts'
import { type Finding, settle } from '../../classifier/overlap.ts'
import type { PathFacts } from '../../classifier/path_facts.ts'
import { Kind } from '../../core/leaves.ts'
import { type Paths, ROOT } from '../../core/paths.ts'

/** Whom to ask, and for which origin. */
export interface Sight {
  readonly matcher: Matcher
  readonly facts: PathFacts
  readonly paths: Paths
  readonly origin: string
}

/**
 * The settled findings in the first `size` bytes, which stand at the top-level member `path` ('': the line is all of
 * the record); undefined when they could not be looked at.
 */
export function lookAtLine(
  { matcher, facts, paths, origin }: Sight,
  path: string,
  service: string,
  bytes: Uint8Array,
  size: number,
): readonly Finding[] | undefined {
  const at = path === '' ? ROOT : paths.childNamed(ROOT, path)
  try {
    matcher.begin()
    matcher.value(0, Kind.text, at, facts.of(at), bytes, 0, size)
    return settle(matcher.findings(service, origin, () => bytes))
  } catch (error) {
    if (error instanceof MatchFailure) return undefined
    throw error
  }
}
