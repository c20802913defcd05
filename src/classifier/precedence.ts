// Which of two rules wins that find the very same bytes. It depends on what the rules say and not on where they stand,
// so that packs can be listed in any order. Only among the operator's own rules the first one wins.
import type { Confidence, Rule, Severity } from '../core/policy.ts'
import { detectorById } from './detectors/index.ts'

const SEVERITIES: readonly Severity[] = ['critical', 'high', 'medium', 'low']
const CONFIDENCES: readonly Confidence[] = ['high', 'medium', 'low']

/** The place of each rule in the order of precedence, by its index; 0 is the first. */
export function precedence(rules: readonly Rule[]): Int32Array {
  const keys = rules.map(keyOf)
  const order = rules.map((_, index) => index).sort((a, b) => compare(keys[a], keys[b]) || a - b)
  const ranks = new Int32Array(rules.length)
  order.forEach((index, rank) => {
    ranks[index] = rank
  })
  return ranks
}

type Key = readonly (number | string)[]

function keyOf({ id, find, where, severity, own }: Rule): Key {
  const detector = 'detector' in find ? detectorById.get(find.detector) : undefined
  // What a value is says more than the name that stands before it.
  const generic = 'field' in find || 'path' in find ? 3 : (detector?.generic ?? 0)
  const confidence = detector === undefined ? 0 : CONFIDENCES.indexOf(detector.confidence)
  const scope = where === undefined ? 1 : 0
  return [own ?? Number.MAX_SAFE_INTEGER, generic, scope, SEVERITIES.indexOf(severity), confidence, id]
}

function compare(a: Key, b: Key): number {
  for (let i = 0; i < a.length; i++) {
    if (a[i] < b[i]) return -1
    if (a[i] > b[i]) return 1
  }
  return 0
}
