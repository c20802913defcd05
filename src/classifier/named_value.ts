// Values whose shape says nothing, so that a name has to stand right before them: `cvv: 123`, `born on 1980-05-17`.
// This file makes the pattern and the anchors of such a detector from the names and the shape of the value.
import type { Detector } from '../core/detector.ts'

export interface Named extends Omit<Detector, 'pattern' | 'group' | 'anchors' | 'find'> {
  /** Lower case; a space stands for nothing, a space, or one of `_-.`. The first letters of each are an anchor. */
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

export function named({ names, value, ...rest }: Named): Detector {
  const spelled = names.map((name) => name.replaceAll('.', '\\.').replaceAll(' ', '[ _.-]?'))
  return {
    ...rest,
    pattern: `(?i)(?:^|[^0-9a-z])(?:${spelled.join('|')})${BETWEEN}(?P<value>${value})(?:$|[^0-9a-z_])`,
    group: 'value',
    anchors: [...new Set(names.map((name) => `(?i)^${name.split(' ')[0].slice(0, ANCHOR_LETTERS)}`))],
  }
}
