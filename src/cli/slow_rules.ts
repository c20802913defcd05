// Names the rules that slow a whole policy down: those whose pattern has no anchor, so that RE2 runs on every field.
import { isMap, isScalar, isSeq, LineCounter, parseDocument } from 'yaml'
import { compileClassifier } from '../classifier/compile.ts'
import type { Policy } from '../core/policy.ts'
import type { Complaint } from '../settings/complaint.ts'

/** `place` is where the rules stand in the file. Rules of packs are not named: the operator can not change them. */
export function slowRules(policy: Policy, text: string, file: string, place: readonly string[]): Complaint[] {
  const { probes, unanchored, rules } = compileClassifier(policy)
  const slow = new Set(unanchored.flatMap((probe) => probes[probe].rules.map((rule) => rules[rule].rule.id)))
  if (slow.size === 0) return []
  const counter = new LineCounter()
  const written = parseDocument(text, { lineCounter: counter }).getIn(place, true)
  if (!isSeq(written)) return []
  return written.items.flatMap((item, at) => {
    const id = isMap(item) ? item.get('id', true) : undefined
    if (!isScalar(id) || typeof id.value !== 'string' || !slow.has(id.value)) return []
    const { line, col } = counter.linePos(id.range?.[0] ?? 0)
    return [
      {
        file,
        line,
        column: col,
        path: `${place.join('.')}[${at}]`,
        message: `the rule "${id.value}" has no anchor: its pattern runs on every field of every record`,
        remedy: 'give it `anchors`: literals one of which every match contains',
      },
    ]
  })
}
