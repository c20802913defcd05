// Finds what is sensitive in the leaves of one record. Anchors first; the full pattern and its check only where an
// anchor was. It throws MatchFailure when it could not look at everything: the record then fails closed.
import type { FailReason } from '../core/counts.ts'
import { Kind } from '../core/leaves.ts'
import { LIMITS } from '../core/limits.ts'
import { LONG_KEY, type Paths } from '../core/paths.ts'
import { Places } from './combination.ts'
import type { Classifier, CompiledRule } from './compile.ts'
import { Context } from './context.ts'
import { NamedValues } from './named_values.ts'
import type { Finding } from './overlap.ts'
import { Fact, type PathFacts } from './path_facts.ts'
import { isPlaceholder } from './placeholder.ts'
import type { Probe } from './probes.ts'
import { Hits, type Scanner, scan } from './scan.ts'
import { Search } from './search.ts'

export class MatchFailure extends Error {
  readonly reason: FailReason

  constructor(reason: FailReason, cause?: unknown) {
    super(reason, { cause })
    this.reason = reason
  }
}

/** What a probe, a field name or a path found, before it is known which rule applies there. */
export interface Span {
  readonly leaf: number
  readonly path: number
  readonly start: number
  readonly end: number
  /** Rules that want it, best first. */
  readonly rules: readonly number[]
  /** True when a word speaks for it. */
  readonly isNear: boolean
}

const NOWHERE = -1

/** What is protected is for who watches it at work (trace.ts), which costs nothing where nobody does. */
export class Matcher {
  /** What was found in the record so far: a leaf that adds none is clean under every rule and in every scope. */
  spans: Span[] = []
  /** True when the last leaf has text that is written in other letters (encodings.ts). */
  sawEncoding = false
  protected readonly classifier: Classifier
  protected readonly paths: Paths
  protected readonly facts: PathFacts
  protected readonly context: Context | undefined
  private readonly scanner: Scanner | undefined
  protected readonly hits = new Hits()
  protected readonly search = new Search()
  private readonly named: NamedValues
  /** End of the last named value in the leaf. */
  private namedEnd = 0
  /** Per probe: the leaf (a running number) for which `spanEnd` holds. */
  private readonly seenLeaf: Float64Array
  /** Per probe: end of its last span in this leaf, or for one without a finder: end of its last anchor. */
  private readonly spanEnd: Int32Array
  /** Probes whose pattern is to run on the leaf. */
  private readonly pending: Int32Array
  private pendingCount = 0
  private leafNumber = 0
  /** The leaf whose words `context` knows, and whether it has any. */
  private contextLeaf = 0
  private hasContext = false
  /** Searches that the record has cost. */
  private searches = 0
  private looked = 0
  private readonly span = { start: 0 }
  private source = ''
  private readonly activeByService = new Map<string, Uint8Array>()
  // The leaf at hand. `wordsPath` is the path whose keys may speak for what is in it.
  protected leaf = 0
  protected path = 0
  private wordsPath = NOWHERE
  protected bytes: Uint8Array = new Uint8Array(0)
  protected start = 0
  protected end = 0

  /** `scanner` is asked first: it may have the bytes at hand. */
  constructor(classifier: Classifier, paths: Paths, facts: PathFacts, scanner?: Scanner) {
    this.scanner = scanner
    this.classifier = classifier
    this.paths = paths
    this.facts = facts
    this.context = classifier.words && new Context(classifier.words, paths)
    this.named = new NamedValues(classifier.fields, classifier.ranks)
    this.seenLeaf = new Float64Array(classifier.probes.length)
    this.spanEnd = new Int32Array(classifier.probes.length)
    this.pending = new Int32Array(classifier.probes.length)
  }

  /** Begins a record. */
  begin(): void {
    if (this.spans.length > 0) this.spans = []
    this.searches = 0
    this.looked = 0
  }

  /** Looks at the text [start, end) of a value. `flags` are the facts of its path. */
  value(leaf: number, kind: number, path: number, flags: number, bytes: Uint8Array, start: number, end: number): void {
    if ((flags & Fact.ruled) !== 0 && !isPlaceholder(bytes, start, end)) {
      this.add({ leaf, path, start, end, rules: this.facts.rulesOf(path), isNear: false })
    }
    this.sawEncoding = false
    if ((flags & Fact.excluded) !== 0) return
    if (kind !== Kind.text && end - start < this.classifier.digitsMin) return
    this.text(leaf, path, path, bytes, start, end)
  }

  /** Looks at a key. One in which nothing can be found is not reported again as a leaf. */
  key(leaf: number, path: number, bytes: Uint8Array, start: number, end: number): void {
    const before = this.spans.length
    // What is known of a key holds for all of its paths, so none of them speaks for it.
    this.text(leaf, path, NOWHERE, bytes, start, end)
    const key = this.paths.key[path]
    if (key === LONG_KEY) return
    if (this.spans.length > before) this.paths.hideKey(key)
    else this.paths.cleanKeys[key] = 1
  }

  /** The record's findings, unsettled: each span under the first rule that applies there and does not allow it. */
  findings(service: string, source: string, textOf: (leaf: number) => Uint8Array): Finding[] {
    const active = this.activeFor(service, source)
    const findings: Finding[] = []
    const places = this.classifier.combines ? this.places(active, textOf) : undefined
    for (const span of this.spans) {
      const { leaf, start, end, isNear } = span
      for (const index of span.rules) {
        const rule = this.classifier.rules[index]
        if (!this.applies(rule, span, active)) continue
        if (this.isAllowed(rule, textOf(leaf), start, end)) break
        const { company, rank, observes } = rule
        if (company !== undefined && !places?.hasNear(company, span)) continue
        const confidence = isNear ? rule.nearLevel : rule.level
        findings.push({ leaf, start, end, rule: index, rank, observes, confidence, whole: true })
        break
      }
    }
    return findings
  }

  /** Where rules found something that may be company for others, whether or not they are in company themselves. */
  private places(active: Uint8Array, textOf: (leaf: number) => Uint8Array): Places {
    const { rules } = this.classifier
    const places = this.spans.flatMap((span) => {
      const { leaf, start, end } = span
      const found = span.rules.filter((index) => this.applies(rules[index], span, active))
      const counting = found.filter((index) => !this.isAllowed(rules[index], textOf(leaf), start, end))
      return counting.map((rule) => ({ rule, leaf, start, end }))
    })
    return new Places(places)
  }

  protected applies(rule: CompiledRule, { path, isNear }: Span, active: Uint8Array): boolean {
    if ((isNear ? rule.nearLevel : rule.level) < rule.levelMin) return false
    return !rule.scoped || (active[rule.index] === 1 && rule.path(this.paths.render(path)))
  }

  protected activeFor(service: string, source: string): Uint8Array {
    if (source !== this.source) this.activeByService.clear()
    this.source = source
    let active = this.activeByService.get(service)
    if (!active) {
      if (this.activeByService.size > LIMITS.services_max * 4) this.activeByService.clear()
      active = Uint8Array.from(this.classifier.rules, (rule) => (rule.service(service) && rule.source(source) ? 1 : 0))
      this.activeByService.set(service, active)
    }
    return active
  }

  protected text(leaf: number, path: number, wordsPath: number, bytes: Uint8Array, start: number, end: number): void {
    const { automaton, unanchored, probes, gated } = this.classifier
    const { hits } = this
    this.sawEncoding = false
    if (!this.scanner?.scan(bytes, start, end, hits)) scan(automaton, bytes, start, end, hits)
    if (hits.count === 0 && unanchored.length === 0) return
    this.leafNumber++
    this.leaf = leaf
    this.path = path
    this.wordsPath = wordsPath
    this.bytes = bytes
    this.start = start
    this.end = end
    if (hits.count > 0) this.candidates()
    for (const probe of unanchored) {
      if (gated[probe] === 0 || this.isOpen(probes[probe])) this.run(probes[probe], gated[probe] === 1, end)
    }
  }

  private candidates(): void {
    const { automaton, probes, gates, gated, encodings, names } = this.classifier
    const { hits, pending } = this
    this.pendingCount = 0
    this.namedEnd = 0
    for (let i = 0; i < hits.count; i++) {
      const owners = automaton.owners[hits.end[i]]
      for (const owner of owners) {
        if (owner < probes.length) this.candidate(owner, hits.at[i])
        else if (owner === encodings) this.sawEncoding = true
        else if (owner === names) this.namedValue(hits.at[i])
        else if (this.lookAround()) {
          for (const probe of gates[owner - probes.length]) {
            if (this.isOpen(probes[probe])) this.candidate(probe, hits.at[i])
          }
        }
      }
    }
    for (let i = 0; i < this.pendingCount; i++) {
      const owner = pending[i]
      this.run(probes[owner], gated[owner] === 1, this.spanEnd[owner])
    }
  }

  /** An anchor of the probe ends at `at`. */
  private candidate(owner: number, at: number): void {
    const { probes, gated } = this.classifier
    const { seenLeaf, spanEnd, start, end } = this
    const probe = probes[owner]
    const isFirst = seenLeaf[owner] !== this.leafNumber
    seenLeaf[owner] = this.leafNumber
    if (!probe.find) {
      if (isFirst) this.pending[this.pendingCount++] = owner
      spanEnd[owner] = at
      return
    }
    if (isFirst) spanEnd[owner] = start
    if (at <= spanEnd[owner] && !isFirst) return
    if (++this.looked > LIMITS.record_candidates_max) throw new MatchFailure('over_budget')
    const stop = probe.find(this.bytes, start, end, at, this.span)
    if (stop < 0) spanEnd[owner] = Math.max(spanEnd[owner], ~stop)
    if (stop < 0 || this.span.start < spanEnd[owner]) return
    spanEnd[owner] = stop
    this.found(probe, gated[owner] === 1, this.span.start, stop)
  }

  /** A name of a rule by field name, and one byte more, ends at `at`. */
  protected namedValue(at: number): void {
    if (++this.looked > LIMITS.record_candidates_max) throw new MatchFailure('over_budget')
    const { named, leaf, path } = this
    if (at <= this.namedEnd || !named.find(this.bytes, this.start, this.end, at)) return
    const { start, end, rules } = named
    this.namedEnd = end
    this.add({ leaf, path, start, end, rules, isNear: false })
  }

  /** Every match of the probe's pattern in the leaf. Behind `lastAnchor` no anchor ends, and so no match begins. */
  private run(probe: Probe, isGated: boolean, lastAnchor: number): void {
    const { bytes, start, search } = this
    const text = Buffer.from(bytes.buffer, bytes.byteOffset + start, this.end - start)
    let from = 0
    while (start + from < lastAnchor && this.searchIn(text, probe, from)) {
      let next = search.end
      for (const [spanStart, spanEnd] of search.spans) {
        next = spanEnd
        if (probe.check && !search.isWhole && !probe.check(bytes, start + spanStart, start + spanEnd)) continue
        this.found(probe, isGated, start + spanStart, start + spanEnd)
      }
      from = Math.max(next, from + 1)
    }
  }

  protected searchIn(text: Buffer, { patterns }: Probe, from: number): boolean {
    // To find a group costs about as much as four more searches.
    this.searches += patterns.hasGroups ? 5 : 1
    if (this.searches > LIMITS.record_searches_max) throw new MatchFailure('over_budget')
    try {
      return this.search.next(patterns, text, from)
    } catch (error) {
      throw new MatchFailure('matcher_error', error)
    }
  }

  /** Reads the words of the leaf and its path, once; false when there are none. */
  protected lookAround(): boolean {
    if (this.contextLeaf === this.leafNumber) return this.hasContext
    this.contextLeaf = this.leafNumber
    this.hasContext = this.context?.look(this.wordsPath, this.bytes, this.start, this.end) ?? false
    return this.hasContext
  }

  /** True when a word that speaks for the probe is in the leaf or its path. */
  protected isOpen({ near }: Probe): boolean {
    return near >= 0 && this.lookAround() && this.context?.has(near) === true
  }

  protected found({ near, within, rules }: Probe, isGated: boolean, start: number, end: number): void {
    const isNear = near >= 0 && this.lookAround() && this.context?.speaksFor(near, start, end, within) === true
    if (isGated && !isNear) return
    this.add({ leaf: this.leaf, path: this.path, start, end, rules, isNear })
  }

  private add(span: Span): void {
    if (this.spans.length >= LIMITS.record_findings_max) throw new MatchFailure('over_budget')
    this.spans.push(span)
  }

  protected isAllowed(rule: CompiledRule, bytes: Uint8Array, start: number, end: number): boolean {
    const { allow } = this.classifier
    return (allow?.(bytes, start, end) ?? false) || (rule.allow?.(bytes, start, end) ?? false)
  }
}
