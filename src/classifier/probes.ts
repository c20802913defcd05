// One thing to look for in text, and the anchors that say where it may be: a detector, or a pattern of an operator.
import RE2 from 're2'
import type { Check, Detector, Judge, Picture, SpanFinder } from '../core/detector.ts'
import type { Find } from '../core/policy.ts'
import { type Anchor, AnchorError, type ByteClass, classOf, parseAnchor, trimmed, withBothCases } from './anchor.ts'
import { withoutCaptures } from './captures.ts'
import { deriveAnchors } from './derive.ts'
import { type Group, GroupPlaces, type GroupSpan, inOrder } from './group_places.ts'

/** Several rules may want one probe. */
export interface Probe {
  readonly patterns: Patterns
  readonly check: Check | undefined
  /** Does all, so that no pattern runs. */
  readonly find: SpanFinder | undefined
  readonly judge: Judge | undefined
  readonly pictures: readonly Picture[] | undefined
  /** One of them lies in every match; undefined: it runs on every leaf. */
  readonly anchors: readonly Anchor[] | undefined
  /** Number of the list of words that speak for its findings, or -1. */
  readonly near: number
  /** Bytes around a finding in which such a word counts. */
  readonly within: number
  /** Indices of the rules that take its findings, the first in precedence first. */
  readonly rules: number[]
}

type FindPattern = Extract<Find, { pattern: string }>

/** RE2 objects of one pattern. They take megabytes and milliseconds, so each is made when it is first needed. */
export class Patterns {
  private readonly source: string
  private readonly ignoreCase: boolean
  /** Groups that are findings; empty: the whole match is. */
  private readonly groups: readonly Group[]
  /** True when the names in `groups` are the beginnings of names: one group for each way to write it. */
  private readonly byPrefix: boolean
  private madeWhole: RE2 | undefined
  private madeBounds: RE2 | undefined
  private madePlaces: GroupPlaces | undefined | null = null

  constructor(source: string, ignoreCase: boolean, groups: readonly Group[], byPrefix: boolean) {
    this.source = source
    this.ignoreCase = ignoreCase
    this.groups = groups
    this.byPrefix = byPrefix
  }

  get hasGroups(): boolean {
    return this.groups.length > 0
  }

  get whole(): RE2 {
    this.madeWhole ??= this.compiled(this.source)
    return this.madeWhole
  }

  /** The pattern without captures, when some of them are findings: for leaves in which matches may be long. */
  get bounds(): RE2 | undefined {
    if (!this.hasGroups) return undefined
    this.madeBounds ??= this.compiled(withoutCaptures(this.source))
    return this.madeBounds
  }

  /** What tells where the groups of a match lie; undefined when only RE2 can. */
  get places(): GroupPlaces | undefined {
    if (this.madePlaces === null) {
      this.madePlaces = GroupPlaces.of(this.source, this.ignoreCase, this.groups, this.byPrefix)
    }
    return this.madePlaces
  }

  /** Spans of the groups that took part in a match, in the order of the text. */
  spans(indices: RegExpIndicesArray): readonly GroupSpan[] {
    const whole = indices[0]
    if (!this.hasGroups) return whole === undefined ? [] : [whole]
    const named = indices.groups ?? {}
    const [first] = this.groups
    if (this.byPrefix) {
      return inOrder(Object.keys(named).flatMap((name) => (name.startsWith(String(first)) ? [named[name]] : [])))
    }
    return inOrder(this.groups.map((group) => (typeof group === 'number' ? indices[group] : named[group])))
  }

  /** Throws when RE2 refuses the pattern or when it matches the empty string. */
  private compiled(source: string): RE2 {
    const made = new RE2(source, this.ignoreCase ? 'dgi' : 'dg')
    made.lastIndex = 0
    if (made.test('')) throw new Error(`the pattern ${JSON.stringify(source)} matches the empty string`)
    made.lastIndex = 0
    return made
  }
}

/** Words that speak for a probe's findings, by the number of their list. */
export interface Near {
  readonly list: number
  readonly within: number
}

export function detectorProbe(detector: Detector, { list, within }: Near): Probe {
  const anchors = detector.anchors?.map(parseAnchor) ?? deriveAnchors(detector.pattern, false)
  return {
    patterns: new Patterns(detector.pattern, false, detector.group === undefined ? [] : [detector.group], true),
    check: detector.check,
    find: detector.find,
    judge: detector.judge,
    pictures: detector.pictures,
    // A span finder counts on where its own anchors end.
    anchors: detector.find ? anchors : anchors?.map(trimmed),
    near: list,
    within,
    rules: [],
  }
}

/** Throws when the pattern or an anchor cannot be used. */
export function patternProbe(find: FindPattern, { list, within }: Near): Probe {
  const ignoreCase = find.ignore_case ?? false
  const { group } = find
  const groups = group === undefined || group === 0 ? [] : Array.isArray(group) ? group : [group]
  const patterns = new Patterns(find.pattern, ignoreCase, groups, false)
  // What an operator wrote is tried at once: a fault is told when the policy is loaded.
  if (patterns.whole && patterns.bounds === undefined && groups.length > 0) throw new Error('the groups are not usable')
  return {
    patterns,
    check: undefined,
    find: undefined,
    judge: undefined,
    pictures: undefined,
    anchors: find.anchors
      ? find.anchors.map((anchor) => literalAnchor(anchor, ignoreCase))
      : deriveAnchors(find.pattern, ignoreCase),
    near: list,
    within,
    rules: [],
  }
}

const ANCHOR_BYTES_MAX = 12

/** Operators give plain literals; only the first bytes of long ones go into the automaton. */
function literalAnchor(text: string, ignoreCase: boolean): Anchor {
  if (text === '') throw new AnchorError('an anchor is empty')
  const bytes = new TextEncoder().encode(text).subarray(0, ANCHOR_BYTES_MAX)
  return { classes: Array.from(bytes, (byte) => literalClass(byte, ignoreCase)) }
}

/** The cases of a letter beyond ASCII differ somewhere in its bytes: then any such byte will do. */
function literalClass(byte: number, ignoreCase: boolean): ByteClass {
  const exact = classOf((other) => other === byte || (ignoreCase && byte >= 0x80 && other >= 0x80))
  return ignoreCase ? withBothCases(exact) : exact
}
