// Finds what is sensitive in the leaves of one record. Anchors first; the full pattern and its check only where an
// anchor was. It throws MatchFailure when it could not look at everything: the record then fails closed.
import type { FailReason } from '../core/counts.ts'
import { Kind } from '../core/leaves.ts'
import { LIMITS } from '../core/limits.ts'
import { LONG_KEY, type Paths } from '../core/paths.ts'
import type { Classifier, CompiledRule, Probe } from './compile.ts'
import type { Finding } from './overlap.ts'
import { Fact, type PathFacts } from './path_facts.ts'
import { isPlaceholder } from './placeholder.ts'
import { Hits, scan } from './scan.ts'
import { Search } from './search.ts'

export class MatchFailure extends Error {
  readonly reason: FailReason

  constructor(reason: FailReason, cause?: unknown) {
    super(reason, { cause })
    this.reason = reason
  }
}

/** What a probe, a field name or a path found, before it is known which rule applies there. */
interface Span {
  readonly leaf: number
  readonly path: number
  readonly start: number
  readonly end: number
  /** Rules that want it, best first. */
  readonly rules: readonly number[]
}

export class Matcher {
  /** What was found in the record so far: a leaf that adds none is clean under every rule and in every scope. */
  spans: Span[] = []
  private readonly classifier: Classifier
  private readonly paths: Paths
  private readonly facts: PathFacts
  private readonly hits = new Hits()
  private readonly search = new Search()
  /** Per probe: the leaf (a running number) for which `spanEnd` holds. */
  private readonly seenLeaf: Float64Array
  /** Per probe: end of its last span in this leaf, or for one without a finder: end of its last anchor. */
  private readonly spanEnd: Int32Array
  /** Probes whose pattern is to run on the leaf. */
  private readonly pending: Int32Array
  private leafNumber = 0
  /** Searches that the record has cost. */
  private searches = 0
  private looked = 0
  private readonly span = { start: 0 }
  private source = ''
  private readonly activeByService = new Map<string, Uint8Array>()

  constructor(classifier: Classifier, paths: Paths, facts: PathFacts) {
    this.classifier = classifier
    this.paths = paths
    this.facts = facts
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
      this.found(this.facts.rulesOf(path), leaf, path, start, end)
    }
    if ((flags & Fact.excluded) !== 0) return
    if (kind !== Kind.text && end - start < this.classifier.digitsMin) return
    this.text(leaf, path, bytes, start, end)
  }

  /** Looks at a key. One in which nothing can be found is not reported again as a leaf. */
  key(leaf: number, path: number, bytes: Uint8Array, start: number, end: number): void {
    const before = this.spans.length
    this.text(leaf, path, bytes, start, end)
    const key = this.paths.key[path]
    if (key === LONG_KEY) return
    if (this.spans.length > before) this.paths.dirtyKeys[key] = 1
    else this.paths.cleanKeys[key] = 1
  }

  /** The record's findings, unsettled: each span under the first rule that applies there and does not allow it. */
  findings(service: string, source: string, textOf: (leaf: number) => Uint8Array): Finding[] {
    const active = this.activeFor(service, source)
    const findings: Finding[] = []
    for (const { leaf, path, start, end, rules } of this.spans) {
      for (const index of rules) {
        const rule = this.classifier.rules[index]
        if (rule.scoped && !(active[index] === 1 && rule.path(this.paths.render(path)))) continue
        if (this.isAllowed(rule, textOf(leaf), start, end)) break
        findings.push({ leaf, start, end, rule: index, observes: rule.observes, whole: true })
        break
      }
    }
    return findings
  }

  private activeFor(service: string, source: string): Uint8Array {
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

  private text(leaf: number, path: number, bytes: Uint8Array, start: number, end: number): void {
    const { automaton, unanchored, probes } = this.classifier
    scan(automaton, bytes, start, end, this.hits)
    if (this.hits.count > 0) this.candidates(leaf, path, bytes, start, end)
    for (const probe of unanchored) this.run(probes[probe], leaf, path, bytes, start, end, end)
  }

  private candidates(leaf: number, path: number, bytes: Uint8Array, start: number, end: number): void {
    const { automaton, probes } = this.classifier
    const { hits, seenLeaf, pending } = this
    const number = ++this.leafNumber
    let pendingCount = 0
    for (let i = 0; i < hits.count; i++) {
      const owners = automaton.owners[(hits.state[i] - automaton.accepting) / automaton.step]
      for (const owner of owners) {
        const probe = probes[owner]
        const isFirst = seenLeaf[owner] !== number
        seenLeaf[owner] = number
        if (!probe.find) {
          if (isFirst) pending[pendingCount++] = owner
          this.spanEnd[owner] = hits.at[i]
          continue
        }
        if (isFirst) this.spanEnd[owner] = start
        if (hits.at[i] <= this.spanEnd[owner] && !isFirst) continue
        if (++this.looked > LIMITS.record_candidates_max) throw new MatchFailure('over_budget')
        const stop = probe.find(bytes, start, end, hits.at[i], this.span)
        if (stop < 0 || this.span.start < this.spanEnd[owner]) continue
        this.spanEnd[owner] = stop
        this.found(probe.rules, leaf, path, this.span.start, stop)
      }
    }
    for (let i = 0; i < pendingCount; i++) {
      const owner = pending[i]
      this.run(probes[owner], leaf, path, bytes, start, end, this.spanEnd[owner])
    }
  }

  /** Every match of the probe's pattern in the leaf. Behind `lastAnchor` no anchor ends, and so no match begins. */
  private run(
    probe: Probe,
    leaf: number,
    path: number,
    bytes: Uint8Array,
    start: number,
    end: number,
    lastAnchor: number,
  ): void {
    const text = Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start)
    const { search } = this
    let from = 0
    while (start + from < lastAnchor && this.searchIn(text, probe, from)) {
      const [spanStart, spanEnd] = [start + search.start, start + search.end]
      from = Math.max(search.end, from + 1)
      if (search.start === search.end) continue
      if (probe.check && !search.isWhole && !probe.check(bytes, spanStart, spanEnd)) continue
      this.found(probe.rules, leaf, path, spanStart, spanEnd)
    }
  }

  private searchIn(text: Buffer, probe: Probe, from: number): boolean {
    // To find a group costs about as much as four more searches.
    this.searches += probe.bounds === undefined ? 1 : 5
    if (this.searches > LIMITS.record_searches_max) throw new MatchFailure('over_budget')
    try {
      return this.search.next(probe, text, from)
    } catch (error) {
      throw new MatchFailure('matcher_error', error)
    }
  }

  private found(rules: readonly number[], leaf: number, path: number, start: number, end: number): void {
    if (this.spans.length >= LIMITS.record_findings_max) throw new MatchFailure('over_budget')
    this.spans.push({ leaf, path, start, end, rules })
  }

  private isAllowed(rule: CompiledRule, bytes: Uint8Array, start: number, end: number): boolean {
    const { allow } = this.classifier
    return (allow?.(bytes, start, end) ?? false) || (rule.allow?.(bytes, start, end) ?? false)
  }
}
