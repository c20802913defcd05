// Puts together what became of each rule that had a chance in a line: what the watched matcher saw, and what was left
// of it when findings that overlap were settled.
import { CONFIDENCES, type CompiledRule } from '../../classifier/compile.ts'
import { type FieldNote, type Judgement, type Match, Trace, TracedMatcher, type Trial } from '../../classifier/trace.ts'
import type { Confidence, Policy } from '../../core/policy.ts'
import type { Observer } from '../../worker/inspected.ts'
import { Inspector } from '../../worker/inspector.ts'
import { blockOf } from '../lines.ts'

export type Outcome =
  | 'redacted'
  | 'counted'
  | 'overlapped'
  | 'echo'
  | 'below_minimum'
  | 'elsewhere'
  | 'allowed'
  | 'alone'
  | 'outranked'
  | 'no_word'
  | 'check_failed'
  | 'no_match'

/** One rule, and one place that it looked at. The fields are a promise. */
export interface Explained {
  readonly rule: string
  readonly outcome: Outcome
  /** One sentence. */
  readonly why: string
  /** Dotted; '' in text. */
  readonly path: string
  /** What its pattern matched; null: nothing. */
  readonly text: string | null
  /** Bytes that gave it its chance; null: it needs none. */
  readonly anchor: string | null
  readonly pattern: boolean
  /** Null: it has none, or it was not asked. */
  readonly check: boolean | null
  /** Words that speak for it, as they stand beside it. */
  readonly words: readonly string[]
  readonly confidence: Confidence | null
  readonly confidence_min: Confidence
  readonly action: string
}

export interface Explanation {
  /** The line as the policy leaves it. */
  readonly result: string
  readonly rules: readonly Explained[]
  /** Fields in which nothing is looked for, and why. */
  readonly fields: readonly { readonly path: string; readonly why: string }[]
  /** Rules that count only beside a word: their anchor is there, and no word is. */
  readonly waiting: readonly { readonly anchor: string; readonly rules: readonly string[] }[]
}

interface Settled {
  readonly leaf: number
  readonly start: number
  readonly end: number
  readonly rule: number
}

export class Explainer {
  readonly #policy: Policy
  readonly #trace = new Trace()
  readonly #inspector: Inspector

  constructor(policy: Policy) {
    this.#policy = policy
    this.#inspector = new Inspector(policy, {
      newMatcher: (...parts) => new TracedMatcher(this.#trace, ...parts),
      showsAll: true,
    })
  }

  explain(line: string, source: string): Explanation {
    const settled: Settled[] = []
    const see: Observer = ({ leaf, start, end, rule }) => void settled.push({ leaf, start, end, rule })
    const observer = Object.assign(see, {
      restart: () => {
        settled.length = 0
        this.#trace.take()
      },
    })
    const { bytes, ends } = blockOf(`${line}\n`)
    const result = Buffer.from(this.#inspector.inspectLines(bytes, ends, source, observer).bytes)
      .toString('utf8')
      .replace(/\n$/, '')
    const { trials, judgements, fields } = this.#trace.take()
    const judged = judgements.map((one) => this.#judged(one, trials, settled, judgements))
    const tried = trials.flatMap((trial) => this.#tried(trial, judgements))
    return { result, rules: [...judged, ...tried], fields: fields.map(fieldNote), waiting: this.#waiting(trials) }
  }

  #judged(
    judgement: Judgement,
    trials: readonly Trial[],
    settled: readonly Settled[],
    all: readonly Judgement[],
  ): Explained {
    const { rule, path, start, end, text, level } = judgement
    const trial = trials.find((one) => one.path === path && one.rules.includes(rule) && matchIn(one, start, end))
    const match = trial && matchIn(trial, start, end)
    const outcome = this.#outcomeOf(judgement, settled)
    const over = settled.find((one) => areOver(one, judgement))
    const winner = outcome === 'overlapped' ? over?.rule : all.find((one) => isSamePlace(one, judgement))?.rule
    return {
      ...this.#head(rule, outcome, winner),
      path,
      text,
      anchor: trial?.anchor ?? null,
      pattern: true,
      check: match?.check ?? null,
      words: wordsOf(match),
      confidence: CONFIDENCES[level],
    }
  }

  #outcomeOf({ verdict, leaf, start, end, rule }: Judgement, settled: readonly Settled[]): Outcome {
    if (verdict !== 'found') return verdict
    const isSettled = settled.some((one) => {
      return one.leaf === leaf && one.start === start && one.end === end && one.rule === rule
    })
    if (!isSettled) return settled.some((one) => areOver(one, { leaf, start, end })) ? 'overlapped' : 'echo'
    return this.#policy.mode === 'enforce' && !this.#compiled(rule).observes ? 'redacted' : 'counted'
  }

  /** What of a trial came to no span. */
  #tried({ rules, path, anchor, isOpen, matches }: Trial, judgements: readonly Judgement[]): Explained[] {
    if (!isOpen) return []
    const isJudged = ({ start, end }: Match) =>
      judgements.some((one) => one.path === path && one.start === start && one.end === end && rules.includes(one.rule))
    const left = matches.filter((match) => !isJudged(match))
    const places: (Match | undefined)[] = matches.length === 0 ? [undefined] : left
    return places.flatMap((match) =>
      rules.map((rule): Explained => {
        const outcome = match === undefined ? 'no_match' : match.check === false ? 'check_failed' : 'no_word'
        const head = this.#head(rule, outcome, undefined)
        const text = match?.text ?? null
        const known = { path, text, anchor, pattern: match !== undefined, check: match?.check ?? null }
        return { ...head, ...known, words: wordsOf(match), confidence: null }
      }),
    )
  }

  #waiting(trials: readonly Trial[]): Explanation['waiting'] {
    const byAnchor = new Map<string, Set<string>>()
    for (const { rules, anchor, isOpen } of trials) {
      if (isOpen) continue
      const waiting = byAnchor.get(anchor ?? '') ?? new Set()
      byAnchor.set(anchor ?? '', waiting)
      for (const rule of rules) waiting.add(this.#policy.rules[rule].id)
    }
    return [...byAnchor].map(([anchor, rules]) => ({ anchor, rules: [...rules].sort() }))
  }

  #head(rule: number, outcome: Outcome, winner: number | undefined) {
    const { id, action } = this.#policy.rules[rule]
    const { levelMin } = this.#compiled(rule)
    const by = winner === undefined || winner === rule ? 'another one' : this.#policy.rules[winner].id
    const why = WHY[outcome].replace('{action}', action.type).replace('{by}', by)
    return { rule: id, outcome, why, confidence_min: CONFIDENCES[levelMin], action: action.type }
  }

  #compiled(rule: number): CompiledRule {
    return this.#inspector.classifier.rules[rule]
  }
}

const WHY: Record<Outcome, string> = {
  redacted: 'redacted by {action}',
  counted: 'only counted: the rule or the policy observes, or its action is keep',
  overlapped: 'a longer or surer finding lies over it: {by}',
  echo: 'a field that is not scanned has the same value: it is taken for an id of the record',
  below_minimum: 'its confidence is below what the rule asks for; a word beside it would raise it',
  elsewhere: 'the rule does not hold for this service, source or path (where)',
  allowed: 'it is on an allow list',
  alone: 'the rule counts only in company (with), and that is not here',
  outranked: 'another rule that finds the same goes first: {by}',
  no_word: 'it counts only beside a word that speaks for it, and none is near enough',
  check_failed: 'its check says no: the checksum or the structure is wrong',
  no_match: 'its anchor is here, and its pattern matches nowhere',
}

function areOver(one: Omit<Settled, 'rule'>, other: Omit<Settled, 'rule'>): boolean {
  return one.leaf === other.leaf && one.start < other.end && other.start < one.end
}

function matchIn({ matches }: Trial, start: number, end: number): Match | undefined {
  return matches.find((match) => match.start === start && match.end === end)
}

function isSamePlace(one: Judgement, other: Judgement): boolean {
  const isTaken = one.verdict === 'found' || one.verdict === 'allowed'
  return isTaken && one.leaf === other.leaf && one.start === other.start && one.end === other.end
}

function wordsOf(match: Match | undefined): readonly string[] {
  if (match === undefined) return []
  return match.isWordInPath ? [...match.words, 'a word of the path'] : match.words
}

function fieldNote({ path, kind }: FieldNote): { path: string; why: string } {
  return { path, why: kind === 'excluded' ? EXCLUDED : PLACEHOLDER }
}

const EXCLUDED = 'fields of this name are not scanned (exclude_fields; include_fields has them scanned)'
const PLACEHOLDER = 'a rule looks for fields of this name, and the value is a placeholder'
