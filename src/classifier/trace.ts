// A matcher that remembers what it did: which rules had a chance in a record, how far each of them came and what spoke
// for it. It is the one that is always at work, watched; it decides nothing by itself and is for `explain` only.
import type { Anchor } from './anchor.ts'
import type { CompiledRule } from './compile.ts'
import { Matcher, type Span } from './matcher.ts'
import type { Finding } from './overlap.ts'
import { Fact } from './path_facts.ts'
import { isPlaceholder } from './placeholder.ts'
import type { Probe } from './probes.ts'

/** A span that the pattern of a probe matched. Offsets are those of the text of `leaf`. */
export interface Match {
  readonly start: number
  readonly end: number
  readonly text: string
  /** Null: there is no check. */
  readonly check: boolean | null
  /** Words beside it that speak for it, as they stand there. */
  readonly words: readonly string[]
  /** One stands in the path. */
  readonly isWordInPath: boolean
}

/** What one detector or pattern came to in one text. */
export interface Trial {
  readonly rules: readonly number[]
  readonly path: string
  /** Bytes that gave it its chance; null: it looks at every text. */
  readonly anchor: string | null
  /** False: it counts only beside words, and none is in the text or its path. */
  readonly isOpen: boolean
  readonly matches: readonly Match[]
}

/** What is done with a span, under one of the rules that want it. */
export type Verdict = 'found' | 'below_minimum' | 'elsewhere' | 'allowed' | 'alone' | 'outranked'

export interface Judgement {
  readonly rule: number
  readonly leaf: number
  readonly path: string
  readonly start: number
  readonly end: number
  readonly text: string
  readonly verdict: Verdict
  /** Places in CONFIDENCES. */
  readonly level: number
  readonly levelMin: number
}

/** A field of which the policy says something by its name or path. */
export interface FieldNote {
  readonly path: string
  readonly kind: 'excluded' | 'placeholder'
}

interface Look {
  readonly probe: Probe
  anchor: string | null
  isOpen: boolean
  readonly matches: Match[]
}

export class Trace {
  trials: Trial[] = []
  judgements: Judgement[] = []
  fields: FieldNote[] = []

  /** Forgets, and gives what it had. */
  take(): { trials: Trial[]; judgements: Judgement[]; fields: FieldNote[] } {
    const { trials, judgements, fields } = this
    this.trials = []
    this.judgements = []
    this.fields = []
    return { trials, judgements, fields }
  }
}

export class TracedMatcher extends Matcher {
  private readonly trace: Trace
  private readonly looks = new Map<Probe, Look>()

  constructor(trace: Trace, ...parts: ConstructorParameters<typeof Matcher>) {
    super(...parts)
    this.trace = trace
  }

  override value(...given: Parameters<Matcher['value']>): void {
    const [, , path, flags, bytes, start, end] = given
    const isRuled = (flags & Fact.ruled) !== 0
    if (isRuled && isPlaceholder(bytes, start, end)) this.note(path, 'placeholder')
    if ((flags & Fact.excluded) !== 0) this.note(path, 'excluded')
    super.value(...given)
  }

  override findings(service: string, source: string, textOf: (leaf: number) => Uint8Array): Finding[] {
    const findings = super.findings(service, source, textOf)
    const active = this.activeFor(service, source)
    for (const span of this.spans) {
      const found = findings.find(
        ({ leaf, start, end, rule }) => isOf(span, leaf, start, end) && span.rules.includes(rule),
      )
      let isTaken = false
      for (const index of span.rules) {
        const verdict = this.verdict(index, span, active, textOf, found, isTaken)
        isTaken ||= verdict === 'found' || verdict === 'allowed'
        this.trace.judgements.push(this.judged(index, span, textOf(span.leaf), verdict))
      }
    }
    return findings
  }

  protected override text(...given: Parameters<Matcher['text']>): void {
    this.looks.clear()
    super.text(...given)
    const { automaton, probes, gates, unanchored } = this.classifier
    const { hits } = this
    for (let i = 0; i < hits.count; i++) {
      for (const owner of automaton.owners[hits.end[i]]) {
        if (owner < probes.length) this.anchored(probes[owner], hits.at[i])
        else for (const probe of gates[owner - probes.length] ?? []) this.anchored(probes[probe], hits.at[i])
      }
    }
    if (hits.count > 0 || unanchored.length > 0) for (const probe of unanchored) this.lookOf(probes[probe])
    const path = this.paths.report(this.path)
    for (const { probe, anchor, isOpen, matches } of this.looks.values()) {
      const refused = this.tried(probe).filter((one) => !matches.some((match) => areOver(one, match)))
      this.trace.trials.push({ rules: probe.rules, path, anchor, isOpen, matches: [...matches, ...refused] })
    }
  }

  protected override found(...given: Parameters<Matcher['found']>): void {
    super.found(...given)
    const [probe, , start, end] = given
    this.lookOf(probe).matches.push(this.matched(probe, start, end, probe.check || probe.find ? true : null))
  }

  private verdict(
    index: number,
    span: Span,
    active: Uint8Array,
    textOf: (leaf: number) => Uint8Array,
    found: Finding | undefined,
    isTaken: boolean,
  ): Verdict {
    const rule = this.classifier.rules[index]
    if (isTaken) return 'outranked'
    if (levelOf(rule, span) < rule.levelMin) return 'below_minimum'
    if (!this.applies(rule, span, active)) return 'elsewhere'
    if (this.isAllowed(rule, textOf(span.leaf), span.start, span.end)) return 'allowed'
    return found?.rule === index ? 'found' : 'alone'
  }

  private judged(index: number, span: Span, bytes: Uint8Array, verdict: Verdict): Judgement {
    const rule = this.classifier.rules[index]
    const { leaf, start, end } = span
    const place = {
      rule: index,
      leaf,
      start,
      end,
      path: this.paths.report(span.path),
      text: textIn(bytes, start, end),
    }
    return { ...place, verdict, level: levelOf(rule, span), levelMin: rule.levelMin }
  }

  private note(path: number, kind: FieldNote['kind']): void {
    this.trace.fields.push({ path: this.paths.report(path), kind })
  }

  private lookOf(probe: Probe): Look {
    let look = this.looks.get(probe)
    if (look === undefined) {
      const isGated = this.classifier.gated[this.classifier.probes.indexOf(probe)] === 1
      look = { probe, anchor: null, isOpen: !isGated || this.isOpen(probe), matches: [] }
      this.looks.set(probe, look)
    }
    return look
  }

  private anchored(probe: Probe, at: number): void {
    const look = this.lookOf(probe)
    const length = lengthOf(probe.anchors ?? [], this.bytes, this.start, at)
    look.anchor ??= textIn(this.bytes, Math.max(this.start, at - (length || SHOWN_BYTES)), at)
  }

  private matched({ near, within }: Probe, start: number, end: number, check: boolean | null): Match {
    const { words, isInPath } =
      near >= 0 && this.lookAround() ? (this.context?.speakers(near, start, end, within) ?? SILENT) : SILENT
    return {
      start,
      end,
      text: textIn(this.bytes, start, end),
      check,
      words: words.map(([from, to]) => textIn(this.bytes, from, to)),
      isWordInPath: isInPath,
    }
  }

  /** Where its pattern matches, whatever its check and words say: what was not found was refused by these. */
  private tried(probe: Probe): Match[] {
    const text = Buffer.from(this.bytes.buffer, this.bytes.byteOffset + this.start, this.end - this.start)
    const matches: Match[] = []
    for (let from = 0; matches.length < TRIED_MAX && this.search.next(probe.patterns, text, from); ) {
      const { spans, end } = this.search
      for (const [start, stop] of spans) {
        const [first, last] = [this.start + start, this.start + stop]
        const check = probe.check ? probe.check(this.bytes, first, last) : probe.find ? false : null
        matches.push(this.matched(probe, first, last, check))
      }
      from = Math.max(end, from + 1)
    }
    return matches
  }
}

const TRIED_MAX = 10
/** Of an anchor that begins before the text. */
const SHOWN_BYTES = 6
const SILENT = { words: [] as [number, number][], isInPath: false }

function levelOf(rule: CompiledRule, { isNear }: Span): number {
  return isNear ? rule.nearLevel : rule.level
}

function areOver(one: Match, other: Match): boolean {
  return one.start < other.end && other.start < one.end
}

function isOf(span: Span, leaf: number, start: number, end: number): boolean {
  return span.leaf === leaf && span.start === start && span.end === end
}

/** Bytes of the longest of the anchors that ends at `at`. */
function lengthOf(anchors: readonly Anchor[], bytes: Uint8Array, start: number, at: number): number {
  let longest = 0
  for (const { classes } of anchors) {
    const from = at - classes.length
    if (from >= start && classes.every((one, i) => one[bytes[from + i]] === 1))
      longest = Math.max(longest, classes.length)
  }
  return longest
}

function textIn(bytes: Uint8Array, start: number, end: number): string {
  return Buffer.from(bytes.subarray(start, end)).toString('utf8')
}
