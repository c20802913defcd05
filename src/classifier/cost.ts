// What rules cost a worker, measured: on ordinary log text, and on text made to be slow for the very rule. A policy
// with a rule that costs too much is refused, and `logveil policy cost` shows what each one costs.
import { processor_ms } from '../core/clock.ts'
import { Kind } from '../core/leaves.ts'
import { LIMITS } from '../core/limits.ts'
import { Paths, ROOT } from '../core/paths.ts'
import type { Policy, Rule } from '../core/policy.ts'
import type { Anchor } from './anchor.ts'
import { type Classifier, compileClassifier } from './compile.ts'
import { detectorById } from './detectors/index.ts'
import { Matcher, MatchFailure } from './matcher.ts'
import { ordinaryText } from './ordinary_text.ts'
import { PathFacts } from './path_facts.ts'

const MIB = 1024 * 1024
const LINE_BYTES = 2048
/** Texts as long as this show a slow rule within a millisecond. */
const PROBED_BYTES = 4096
const TRIES = 6
/** Milliseconds for a MiB: cheaper is not worth a second look. */
const CHEAP = 30
/** Anchors that are tried; a pattern may have dozens that are alike. */
const BEGINNINGS_MAX = 4
/** RE2 reads a little beyond its text. */
const PAD_BYTES = 8

/** Milliseconds of a worker for a MiB of text, beyond those that a policy without rules costs. */
export interface RuleCost {
  readonly rule: Rule
  readonly ordinary: number
  readonly hostile: number
}

/** Rules by pattern or detector, each alone, on `bytes` of each text; the others cost next to nothing. */
export function* ruleCosts(policy: Policy, bytes: number): Generator<RuleCost> {
  const nothing = new Meter({ ...policy, rules: [] })
  const ordinary = ordinaryText(bytes)
  const base = nothing.best(ordinary)
  for (const rule of policy.rules) {
    if (!('pattern' in rule.find) && !('detector' in rule.find)) continue
    const meter = new Meter({ ...policy, rules: [rule] })
    const hostile = hostileTexts(rule, meter.anchors, bytes).map((text) => meter.best(text))
    yield {
      rule,
      ordinary: Math.max(0, meter.best(ordinary) - base),
      hostile: Math.max(0, Math.max(...hostile) - base),
    }
  }
}

/** Rules by pattern that cost more than the limits allow, by their index in the policy. */
export function costlyRules(policy: Policy): { rule: number; message: string }[] {
  const indices = policy.rules.flatMap((rule, index) => ('pattern' in rule.find ? [index] : []))
  const all = new Meter({ ...policy, rules: indices.map((index) => policy.rules[index]) })
  const ordinary = ordinaryText(PROBED_BYTES)
  // Together they cost at least what one of them does: most policies are through after one look.
  const isSlowSomewhere = all.once(ordinary) > LIMITS.rule_ordinary_ms_per_mib_max
  return indices.flatMap((index) => {
    const rule = policy.rules[index]
    const alone = new Meter({ ...policy, rules: [rule] })
    const texts = hostileTexts(rule, alone.anchors, PROBED_BYTES)
    const hostile = worst(texts, all, alone, LIMITS.rule_hostile_ms_per_mib_max)
    const plain = isSlowSomewhere ? alone.best(ordinary) : 0
    if (plain > LIMITS.rule_ordinary_ms_per_mib_max) return [{ rule: index, message: said(plain, 'ordinary logs') }]
    return hostile === 0 ? [] : [{ rule: index, message: said(hostile, 'text made to slow it down') }]
  })
}

/** The cost of the worst of the texts that is over the limit; 0 when none is. */
function worst(texts: readonly Buffer[], all: Meter, alone: Meter, limit: number): number {
  const suspects = texts.filter((text) => all.once(text) > limit)
  const costs = suspects.map((text) => alone.best(text)).filter((cost) => cost > limit)
  return Math.max(0, ...costs)
}

function said(cost: number, where: string): string {
  return `it takes ${Math.round(cost)} ms for a MiB of ${where}`
}

/** Times a policy on text, line by line. */
class Meter {
  readonly classifier: Classifier
  private readonly matcher: Matcher
  private readonly flags: number

  constructor(policy: Policy) {
    this.classifier = compileClassifier(policy)
    const paths = new Paths()
    const facts = new PathFacts(this.classifier, paths)
    this.matcher = new Matcher(this.classifier, paths, facts)
    this.flags = facts.of(ROOT)
  }

  get anchors(): readonly Anchor[] {
    return this.classifier.probes[0]?.anchors ?? []
  }

  /** Milliseconds for a MiB. */
  once(text: Buffer): number {
    const from = processor_ms()
    for (let start = 0; start < text.length; start += LINE_BYTES) {
      this.line(text, start, Math.min(start + LINE_BYTES, text.length))
    }
    return ((processor_ms() - from) * MIB) / text.length
  }

  /** The least of several tries: what the machine does beside is not the rule's fault. */
  best(text: Buffer): number {
    let best = this.once(text)
    for (let i = 1; i < TRIES && best > CHEAP; i++) best = Math.min(best, this.once(text))
    return best
  }

  private line(text: Buffer, start: number, end: number): void {
    this.matcher.begin()
    try {
      this.matcher.value(0, Kind.text, ROOT, this.flags, text, start, end)
    } catch (error) {
      // A record over its budget fails closed: nothing more is spent on it.
      if (!(error instanceof MatchFailure)) throw error
    }
  }
}

/** The rule's own beginnings, over and over: close together, apart, and in what may go on for long. */
function hostileTexts({ find }: Rule, anchors: readonly Anchor[], bytes: number): Buffer[] {
  const detector = 'detector' in find ? detectorById.get(find.detector) : undefined
  const own = detector ? [...detector.yes, ...detector.no].join(' ').replaceAll('«', '').replaceAll('»', '') : ''
  const beginnings = anchors.slice(0, BEGINNINGS_MAX).map(spelled)
  const units = [...beginnings, ...beginnings.map((text) => `${text} `), beginnings.join('a'), own]
  const runs = ['a', '1', ' a1', 'a.']
  return [...new Set([...units, ...runs])].filter((unit) => unit !== '').map((unit) => repeated(unit, bytes))
}

/** One way to write an anchor, of letters where it may be. */
function spelled({ classes }: Anchor): string {
  const isLetter = (byte: number) => (byte > 0x60 && byte < 0x7b) || (byte > 0x2f && byte < 0x3a)
  return classes
    .map((set) => {
      const bytes = [...set.keys()].filter((byte) => set[byte] === 1)
      return String.fromCharCode(bytes.find(isLetter) ?? bytes.find((byte) => byte > 0x20 && byte < 0x7f) ?? 0x20)
    })
    .join('')
}

function repeated(unit: string, bytes: number): Buffer {
  return Buffer.alloc(bytes + PAD_BYTES, unit).subarray(0, bytes)
}
