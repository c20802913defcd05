// Values whose shape says nothing, so that a name has to stand right before them: `cvv: 123`, `born on 1980-05-17`.
// This file makes the pattern and the anchors of such a detector from the names and the shape of the value.
import type { Detector } from '../core/detector.ts'

export interface Named extends Omit<Detector, 'pattern' | 'group' | 'anchors' | 'find'> {
  /** Lower case; a space stands for nothing, a space, or one of `_-.`. The beginning of each is an anchor. */
  readonly names: readonly string[]
  /** RE2 syntax without captures; case does not matter. */
  readonly value: string
}

/** What may stand between a name and its value: quotes, a sign, and at most one of these words. */
const QUOTES = `["'\\\\]`
const BETWEEN =
  `\\.?${QUOTES}{0,2}(?:[ _.-]?(?:number|no|nr|code|date)\\.?)?(?: (?:is|was|on|at))?` +
  `${QUOTES}{0,2}[ \\t]{0,3}[:=#>]{0,2}[ \\t]{0,3}["'\\\\(]{0,3}`
const ANCHOR_LETTERS = 5
const SECOND_LETTERS = 2

export function named({ names, value, ...rest }: Named): Detector {
  const spelled = names.map((name) => name.replaceAll('.', '\\.').replaceAll(' ', '[ _.-]?'))
  return {
    ...rest,
    pattern: `(?i)(?:^|[^0-9a-z])(?:${spelled.join('|')})${BETWEEN}(?P<value>${value})(?:$|[^0-9a-z_])`,
    group: 'value',
    anchors: [...new Set(names.flatMap(beginnings))],
  }
}

/** A first word alone is in every log (`car`, `home`, `plate`): letters of the second one belong to it. */
function beginnings(name: string): string[] {
  const [first, second] = name.split(' ')
  if (second === undefined) return [`(?i)^${first.slice(0, ANCHOR_LETTERS)}`]
  const more = second.slice(0, SECOND_LETTERS)
  return [`(?i)^${first}${more}`, `(?i)^${first}[ _.-]${more}`]
}
