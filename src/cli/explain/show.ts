// An explanation for people: what was found first, then what was not and why, on two lines each.
import type { Colours } from '../terminal.ts'
import { plain } from '../terminal.ts'
import type { Explained, Explanation, Outcome } from './explanation.ts'

const ANCHOR_CHARS_MAX = 24
const TEXT_CHARS_MAX = 60
/** In this order; what did not even match says least. */
const ORDER: readonly Outcome[] = [
  'redacted',
  'counted',
  'overlapped',
  'echo',
  'outranked',
  'allowed',
  'alone',
  'elsewhere',
  'below_minimum',
  'no_word',
  'check_failed',
  'no_match',
]

const MISSES_WORD: readonly Outcome[] = ['no_word', 'below_minimum']

export function explanationForPeople(explanation: Explanation, isAll: boolean, colours: Colours): string {
  const { bold, dim } = colours
  const { rules, fields, waiting, result } = explanation
  const found = [...rules].sort((a, b) => ORDER.indexOf(a.outcome) - ORDER.indexOf(b.outcome))
  const shown = isAll ? found : found.filter(({ outcome }) => outcome !== 'no_match')
  const left = found.length - shown.length
  const lines = shown.flatMap((one) => explainedForPeople(one, colours))
  for (const { path, why } of fields) lines.push(`${dim('-')} ${bold(plain(path))}  ${why}`)
  if (left > 0) lines.push(dim(`- ${count(left, 'rule')} had an anchor here whose pattern matches nowhere (--all)`))
  for (const { anchor, rules: ids } of waiting) {
    const names = isAll ? `: ${ids.join(', ')}` : ' (--all)'
    lines.push(dim(`- ${count(ids.length, 'rule')} at "${cut(anchor, ANCHOR_CHARS_MAX)}" need a word by it${names}`))
  }
  if (lines.length === 0) lines.push(dim('- no rule had a chance: nowhere is an anchor of one, or a name of a field'))
  return `${lines.join('\n')}\n${bold('=')} ${plain(result)}\n`
}

function explainedForPeople(one: Explained, { bold, dim, green, yellow }: Colours): string[] {
  const isDone = one.outcome === 'redacted' || one.outcome === 'counted'
  const mark = isDone ? green('+') : yellow('x')
  const text = one.text === null ? '' : `  ${cut(one.text, TEXT_CHARS_MAX)}`
  const where = one.path === '' ? '' : dim(`  ${plain(one.path)}`)
  return [`${mark} ${bold(one.rule)}${text}${where}  ${isDone ? green(one.why) : one.why}`, dim(`    ${stepsOf(one)}`)]
}

function stepsOf({ anchor, pattern, check, words, confidence, confidence_min, outcome }: Explained): string {
  const steps = [
    anchor === null ? null : `anchor "${cut(anchor, ANCHOR_CHARS_MAX)}"`,
    `pattern ${pattern ? 'yes' : 'no'}`,
    check === null ? null : `check ${check ? 'yes' : 'no'}`,
    words.length === 0
      ? MISSES_WORD.includes(outcome)
        ? 'no word'
        : null
      : `words ${words.map((word) => cut(word, ANCHOR_CHARS_MAX)).join(', ')}`,
    confidence === null ? null : `confidence ${confidence}, needs ${confidence_min}`,
  ]
  return steps.filter((step) => step !== null).join(' · ')
}

function cut(text: string, chars_max: number): string {
  const shown = text.length > chars_max ? `${text.slice(0, chars_max - 1)}…` : text
  return plain(shown)
}

function count(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? '' : 's'}`
}
