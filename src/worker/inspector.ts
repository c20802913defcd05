// The hot loop: bytes in, redacted bytes and counts out. It holds no record beyond the call and throws nothing that a
// record can cause: what cannot be inspected fails closed and is counted.
import { type Classifier, compileClassifier } from '../classifier/compile.ts'
import { Matcher, MatchFailure } from '../classifier/matcher.ts'
import { type Finding, settle } from '../classifier/overlap.ts'
import { Fact, PathFacts } from '../classifier/path_facts.ts'
import { FORMATS, type Format } from '../core/batch.ts'
import type { FailReason } from '../core/counts.ts'
import { DROPPED, Edits } from '../core/edits.ts'
import { Kind, Leaves } from '../core/leaves.ts'
import { LIMITS } from '../core/limits.ts'
import { Paths } from '../core/paths.ts'
import type { Policy } from '../core/policy.ts'
import { Step, type Walk } from '../core/wire.ts'
import type { Action } from '../redactor/action.ts'
import { Fingerprints } from '../redactor/fingerprint.ts'
import { keyTokens } from '../redactor/key_tokens.ts'
import { Planner, type Redaction } from '../redactor/plan.ts'
import { wires } from '../wire/index.ts'
import { Views } from '../wire/views.ts'
import { type Walker, walkerOf } from '../wire/walker.ts'
import { Behind } from './across/behind.ts'
import { lookAtLine } from './across/look_at_line.ts'
import { type Look, NO_RULE } from './across/pieces.ts'
import { Across } from './across.ts'
import { Echoes } from './echoes.ts'
import { FailClosed, maskAll } from './fail_closed.ts'
import { ALONE, type Inspected, type Observer, WAITING, type Watch } from './inspected.ts'
import { lineFormat } from './lines.ts'
import { NamesAround } from './names_around.ts'
import { OnCounts } from './on_counts.ts'
import { Quiet } from './quiet.ts'
import { Repeats } from './repeats.ts'
import { ruleActions } from './rule_actions.ts'
import { betterName, shown } from './service.ts'
import { settleLayers } from './settle_layers.ts'
import { Tally } from './tally.ts'
import { Texts } from './texts.ts'

const FINGERPRINT_DIGITS = 16
const NOTHING = new Uint8Array(0)
/** Of a place where a name may stand, and where no rule applies by itself. */
const NAMED = Fact.known | Fact.named

export class Inspector {
  readonly classifier: Classifier
  private readonly policy: Policy
  private readonly watch: Watch
  private readonly actions: readonly Action[]
  private readonly fingerprints: Fingerprints | undefined
  readonly leaves = new Leaves()
  readonly views = new Views()
  private readonly edits = new Edits()
  private readonly texts = new Texts(this.views)
  private readonly walks = {} as Record<Format, Walk>
  private readonly planners = {} as Record<Format, Planner>
  paths!: Paths
  facts!: PathFacts
  matcher!: Matcher
  walker!: Walker
  private readonly repeats = new Repeats()
  private readonly tally = new Tally()
  private readonly quiet: Quiet
  readonly onCounts: OnCounts
  private readonly failClosed: FailClosed
  private readonly echoes: Echoes
  private readonly across: Across
  private observer: Observer | undefined
  // The batch and the frame that are being worked on.
  bytes: Uint8Array = NOTHING
  format: Format = 'json'
  origin = ''
  private masksAll = false
  private tellsApart = false
  /** Records in which nothing is found need not be shown to anybody. */
  private skips = false
  /** Keys that were known before the record at hand, and before those that were skipped before it, which have none. */
  private keysBefore = 0
  /** Why the record at hand cannot be inspected. */
  private failure: FailReason | undefined
  frameStart = 0
  frameEnd = 0
  groupStart = 0
  groupEnd = 0
  private readonly around = new NamesAround()
  /** Leaves of the record at hand that have to go, whatever is found. */
  private readonly unreadable: number[] = []

  /** Compiles the policy; throws PolicyError when it does not compile. */
  constructor(policy: Policy, watch: Watch = {}) {
    this.policy = policy
    this.watch = watch
    const fingerprints = policy.hmac && new Fingerprints(policy.hmac.id, policy.hmac.key)
    this.fingerprints = fingerprints
    this.classifier = compileClassifier(policy, fingerprints && ((value) => fingerprints.exception(value)))
    this.actions = ruleActions(policy, fingerprints)
    const inKeys = keyTokens(policy.rules, this.actions, fingerprints)
    for (const format of FORMATS) {
      this.walks[format] = wires[format].walk(policy.unknown_fields === 'drop')
      this.planners[format] = new Planner(format, this.views, inKeys)
    }
    this.onCounts = new OnCounts(policy, this.classifier, fingerprints)
    this.echoes = new Echoes(this.classifier)
    this.quiet = new Quiet(this.tally, this.classifier)
    this.failClosed = new FailClosed(policy, this.leaves, this.views, this.texts, this.edits, this.tally)
    this.across = new Across(this.classifier, this.leaves, this.views, (rule, value) =>
      this.actions[rule].effect === 'edit' ? this.actions[rule].redact(value, false) : undefined,
    )
    this.forget()
  }

  /** Inspects a batch. With `masksAll` nothing is looked for and every leaf is masked. */
  inspect(
    format: Format,
    bytes: Uint8Array,
    ends: Uint32Array,
    origin: string,
    masksAll = false,
    observer?: Observer,
    around = ALONE,
  ): Inspected {
    if (this.paths.full || this.watch.showsAll) this.forget()
    this.bytes = bytes
    this.format = format
    this.origin = origin
    this.masksAll = masksAll
    this.observer = observer
    const own = around.frames === undefined ? ends : ends.slice(0, around.frames)
    this.across.begin(around, this.paths)
    this.onCounts.begin(around.tightened ?? [], origin, around.isAside ?? false)
    this.pass(own)
    if (this.across.hasPieces && !masksAll) {
      const look: Look = (...line) => lookAtLine(this, ...line)
      const behind = new Behind(this.walks, format, this.tellsApart, bytes, ends, own.length)
      const outcome = this.across.join(behind, look)
      if (outcome === 'wait') return WAITING
      if (outcome === 'again') this.pass(own)
    }
    const counts = { ...this.tally.counts(this.paths), ...this.onCounts.counts() }
    const carry = this.across.carry()
    const kept = own === ends ? bytes : bytes.subarray(0, own.at(-1) ?? 0)
    if (this.edits.count === 0) return { bytes: kept, ends: own, counts, carry, waits: false }
    return { ...wires[format].splice(kept, own, this.edits), counts, carry, waits: false }
  }

  /** Inspects the frames, from the beginning. */
  private pass(ends: Uint32Array): void {
    this.tally.reset()
    this.onCounts.restart()
    this.edits.clear()
    this.repeats.nextBatch()
    this.paths.forgetValues()
    this.failClosed.nextBatch()
    this.echoes.nextBatch()
    this.observer?.restart?.()
    this.quiet.begin(this.walker)
    const walk = this.walks[this.format]
    const isWatched = this.observer !== undefined || this.watch.showsAll === true || this.onCounts.isAside
    this.skips = Quiet.knows(walk) && !isWatched && !this.masksAll && !this.tellsApart
    this.walker.countAddresses(this.skips && this.classifier.countsAddresses && this.onCounts.isIdle)
    for (let i = 0; i < ends.length; i++) {
      this.keysBefore = this.paths.keyCount
      if (this.maySkip) i = this.quiet.frames(walk, this.bytes, ends, i, this.paths)
      if (i === ends.length) break
      const start = i === 0 ? 0 : ends[i - 1]
      if (this.tellsApart) this.line(start, ends[i])
      else this.frame(walk, start, ends[i])
    }
  }

  /** True while nobody has to see a record in which nothing is found. */
  private get maySkip(): boolean {
    return this.skips && !this.across.engaged && !this.across.isCut
  }

  /** Inspects lines of which each is JSON or text: one that begins like a JSON object or array and is none is text. */
  inspectLines(bytes: Uint8Array, ends: Uint32Array, origin: string, observer?: Observer, around = ALONE): Inspected {
    this.tellsApart = true
    try {
      return this.inspect('text', bytes, ends, origin, false, observer, around)
    } finally {
      this.tellsApart = false
    }
  }

  /** Starts with no known names: there may be only so many. */
  private forget(): void {
    this.paths = new Paths()
    this.paths.digitsMin = this.classifier.digitsMin
    this.walker = walkerOf(this.paths)
    this.walker.anchors(this.classifier, this.classifier.unanchored.length === 0)
    this.facts = new PathFacts(this.classifier, this.paths, this.onCounts.wants)
    const parts = [this.classifier, this.paths, this.facts, this.walker] as const
    this.matcher = this.watch.newMatcher?.(...parts) ?? new Matcher(...parts)
  }

  /** Nothing was done with a line whose walk was malformed, so that it can be walked again, as text. */
  private line(start: number, end: number): void {
    const { format, start: from } = lineFormat(this.bytes, start, end)
    this.format = format
    if (format === 'json' && this.frame(this.walks.json, from, end)) return
    this.format = 'text'
    this.keysBefore = this.paths.keyCount
    this.frame(this.walks.text, from, end)
  }

  /** In JSON inside strings, too. */
  private get hasManyNewKeys(): boolean {
    return this.paths.keyCount - this.keysBefore > LIMITS.record_new_keys_max
  }

  /** False when the frame is malformed and another format is to be tried. */
  private frame(walk: Walk, start: number, end: number): boolean {
    this.frameStart = start
    this.frameEnd = end
    this.groupEnd = this.groupStart
    this.around.nextFrame()
    walk.begin(this.bytes, start, end)
    for (;;) {
      this.leaves.reset()
      this.views.clear()
      this.paths.showsAll = this.watch.showsAll || this.across.seesAll
      if (walk.quietRecords && this.maySkip) this.quiet.records(walk, this.around.of(Step.record), this.paths)
      const step = walk.next(this.leaves, this.paths)
      if (walk.within) ({ format: this.format, start: this.frameStart, end: this.frameEnd } = walk.within)
      this.failure = this.masksAll ? 'worker_lost' : undefined
      if (this.hasManyNewKeys) this.failure = 'over_budget'
      if (step === Step.end) return true
      if (step === Step.malformed && this.tellsApart && this.format === 'json') return false
      if (step < 0) this.cannotWalk(walk, this.frameEnd, step === Step.too_deep ? 'too_deep' : 'malformed')
      else this.record(walk, step)
      this.onCounts.done(walk, step, this.edits)
      this.keysBefore = this.paths.keyCount
    }
  }

  /** One pass over the leaves: what opening one of them adds (JSON inside a string) comes later in the same pass. */
  private record(walk: Walk, step: number): void {
    const { leaves, matcher } = this
    const own = leaves.count
    let name = this.around.of(step)
    matcher.begin()
    this.unreadable.length = 0
    for (let leaf = 0; leaf < leaves.count; leaf++) {
      if (leaves.kind[leaf] === Kind.unreadable) {
        this.unreadable.push(leaf)
        continue
      }
      const flags = this.failure === 'over_budget' ? Fact.known : this.facts.of(leaves.path[leaf])
      if (flags === Fact.known && this.isRepeated(leaf)) {
        leaves.kind[leaf] = Kind.nothing
        continue
      }
      const digitsMin = (flags & (Fact.ruled | Fact.watched)) !== 0 ? 1 : this.classifier.digitsMin
      this.texts.open(this.bytes, leaves, leaf, this.paths, digitsMin)
      if (this.views.isOver || this.hasManyNewKeys) this.failure ??= 'over_budget'
      if (leaves.kind[leaf] === Kind.text) {
        const text = this.textOf(leaf)
        if ((flags & Fact.named) !== 0) name = betterName(this.facts, this.paths, leaves, leaf, text, name)
        this.across.glance(text, leaves.start[leaf], leaves.end[leaf], (flags & Fact.cut) !== 0)
      }
      if (flags === NAMED && this.isRepeated(leaf)) leaves.kind[leaf] = Kind.nothing
      else if (this.failure === undefined) this.look(leaf, flags)
    }
    const mayLearn = step === Step.record && own > 0 && this.maySkip && this.unreadable.length === 0
    const settled = this.settled(name.service, walk, step)
    const known = shown(name, settled, this.views)
    if (mayLearn && settled?.length === matcher.spans.length) this.quiet.learn(known, own, settled, leaves)
    this.around.saw(step, known)
    if (step === Step.group) {
      this.groupStart = walk.recordStart
      this.groupEnd = walk.recordEnd
    }
    this.tally.begin(known, step === Step.record)
    if (settled === undefined) {
      const { format, bytes, failure = 'matcher_error' } = this
      this.failClosed.record(walk, step, failure, format, bytes, this.planners[format])
    } else if (settled.length > 0 || this.unreadable.length > 0) this.redact(walk, step, settled, known.service)
    if (step === Step.record) this.observer?.record?.(known.service)
  }

  /** Has the matcher look at an opened leaf, or notes why it could not. */
  private look(leaf: number, flags: number): void {
    const { leaves, matcher } = this
    const kind = leaves.kind[leaf]
    if (kind === Kind.nothing) return
    const bytes = this.textOf(leaf)
    const path = leaves.path[leaf]
    const start = leaves.start[leaf]
    const end = leaves.end[leaf]
    const before = matcher.spans.length
    try {
      if (kind === Kind.key) matcher.key(leaf, path, bytes, start, end)
      else matcher.value(leaf, kind, path, flags, bytes, start, end)
    } catch (error) {
      if (!(error instanceof MatchFailure)) throw error
      this.failure = error.reason
      return
    }
    const isSeen = kind === Kind.text && (flags & Fact.excluded) === 0
    const hasLayers = isSeen && this.texts.see(this.bytes, leaves, leaf, matcher.sawEncoding, this.walker)
    if (this.views.isOver) this.failure = 'over_budget'
    if (hasLayers) return
    const isClean = kind === Kind.text && matcher.spans.length === before && leaves.view[leaf] === 0
    if (!isClean || end === start || this.across.seesAll || this.across.isCut) return
    // A walker leaves out what it knows; a name has to be read each time.
    if (flags === NAMED) this.repeats.wasClean(path, bytes, start, end)
    if (flags !== Fact.known || this.walker.wasClean(bytes, path, start, end)) return
    this.repeats.wasClean(path, bytes, start, end)
    this.paths.cleanStart[path] = start
    this.paths.cleanLength[path] = end - start
  }

  /** Undefined when the record could not be inspected. */
  private settled(service: string, walk: Walk, step: number): readonly Finding[] | undefined {
    const { across, matcher, failure } = this
    let found = NONE
    if (failure === undefined && matcher.spans.length > 0) {
      found = matcher.findings(service, this.origin, (leaf) => this.textOf(leaf))
      if (this.facts.hasExcluded) found = this.echoes.without(found, walk, this)
    }
    const isLost = failure !== undefined
    if (step === Step.record && (isLost ? across.concernsLost(walk, this.bytes) : across.concerns(found))) {
      found = across.look(found, walk, this, service, isLost)
    }
    if (isLost) return undefined
    if (found.length === 0) return found
    return this.views.layers.size === 0 ? settle(found) : settleLayers(found, this.leaves, this.views)
  }

  private isRepeated(leaf: number): boolean {
    const { leaves } = this
    if (leaves.kind[leaf] !== Kind.text || leaves.view[leaf] !== 0 || this.across.seesAll) return false
    return this.repeats.isClean(leaves.path[leaf], this.bytes, leaves.start[leaf], leaves.end[leaf])
  }

  textOf(leaf: number): Uint8Array {
    return this.leaves.view[leaf] === 1 ? this.views.bytes : this.bytes
  }

  private redact(walk: Walk, step: number, settled: readonly Finding[], service: string): void {
    const enforces = this.policy.mode === 'enforce'
    const redactions: Redaction[] = []
    let [dropsRecord, counts, isCut, isForQuarantine] = [false, false, false, false]
    for (const finding of settled) {
      const { leaf, start, end, whole, onWire } = finding
      if (finding.rule === NO_RULE) {
        isCut = true
        if (enforces) redactions.push({ leaf, start, end, whole, action: maskAll })
        continue
      }
      const action = this.actions[finding.rule]
      const effect = this.onCounts.effectOf(finding.rule, service, action.effect, step)
      if (whole) this.count(finding, enforces ? effect : 'keep', walk)
      counts ||= whole
      isForQuarantine ||= effect === 'quarantine'
      const dropsThis = effect === 'drop_record'
      if (!enforces || (action.effect === 'keep' && !dropsThis)) continue
      dropsRecord ||= dropsThis
      const text = whole ? finding.part?.text : undefined
      redactions.push({ leaf, start, end, whole, onWire, text, action: dropsThis ? maskAll : action })
    }
    if (this.unreadable.length > 0) this.tally.failed('unknown_field')
    if (enforces) redactions.push(...this.unreadable.map((leaf) => this.failClosed.wholeLeaf(leaf)))
    if (isCut) this.tally.failed('cut_line')
    else if (counts && step === Step.record) this.tally.affected()
    if (counts && step === Step.record) this.onCounts.count(settled, service, this)
    if (step === Step.record && (dropsRecord || this.onCounts.takes(isForQuarantine))) {
      this.tally.dropped()
      this.edits.add(walk.recordStart, walk.recordEnd, DROPPED, NOTHING)
    } else if (redactions.length > 0) {
      this.planners[this.format].plan(this.bytes, this.leaves, redactions, this.edits)
    }
  }

  private count(finding: Finding, effect: string, walk: Walk): void {
    const { rule } = this.classifier.rules[finding.rule]
    const { leaf, start, end } = finding
    const done = effect === 'edit' ? rule.action.type : effect
    if (finding.part?.isFirst === false) this.tally.part(finding.rule, rule, done)
    if (finding.part?.isFirst === false) return
    const value = rule.fingerprint ? (finding.part?.value ?? this.textOf(leaf).subarray(start, end)) : undefined
    const fingerprint = value && this.fingerprints?.of(value, FINGERPRINT_DIGITS)
    this.tally.finding(finding.rule, finding.confidence, rule, done, this.leaves.path[leaf], fingerprint)
    this.observer?.(finding, this.leaves, this.paths, this.views, walk.recordStart)
  }

  /** The bytes [recordStart, recordEnd) are no record that can be walked. */
  private cannotWalk(walk: Walk, frameEnd: number, reason: FailReason): void {
    const { recordStart, recordEnd, place = 'record' } = walk
    this.around.lost(place)
    const name = this.around.of(Step.record)
    this.tally.begin(name, place === 'record')
    if (place === 'record') this.observer?.record?.(name.service)
    const isFrame = recordStart === this.frameStart && recordEnd === frameEnd
    this.failClosed.unreadable(walk, isFrame, reason, this.format)
  }
}

const NONE: Finding[] = []
