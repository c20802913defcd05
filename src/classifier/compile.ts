// From the policy, plain data, to what the hot loop runs: rules with tests, probes with RE2, one automaton of anchors.
// It does no I/O. A policy that does not compile is refused whole, with every complaint.
import RE2 from 're2'
import type { Check, SpanFinder } from '../core/detector.ts'
import { LogveilError } from '../core/errors.ts'
import type { Policy, Rule } from '../core/policy.ts'
import { type AllowTest, compileAllow } from './allow.ts'
import { type Anchor, AnchorError, type ByteClass, classOf, parseAnchor, trimmed, withBothCases } from './anchor.ts'
import { type Automaton, AutomatonTooLarge, buildAutomaton } from './automaton.ts'
import { withoutCaptures } from './captures.ts'
import { deriveAnchors } from './derive.ts'
import { detectorById } from './detectors/index.ts'
import { NameEnds, normalName } from './fields.ts'
import { globTest } from './glob.ts'

type NameTest = (name: string) => boolean

/** One thing to look for in text; several rules may want it. */
export interface Probe {
  /** Runs on one leaf; undefined when `find` does all. */
  readonly pattern: RE2
  readonly group: string | number
  /** The pattern without captures, when `group` is one: for leaves in which matches may be long. */
  readonly bounds: RE2 | undefined
  readonly check: Check | undefined
  readonly find: SpanFinder | undefined
  /** Indices of the rules that take its findings, in the order of the policy. */
  readonly rules: number[]
}

export interface CompiledRule {
  readonly index: number
  readonly rule: Rule
  readonly allow: AllowTest | undefined
  readonly service: NameTest
  readonly source: NameTest
  readonly path: NameTest
  /** False when the rule applies everywhere, so that no test is needed. */
  readonly scoped: boolean
  /** Only counts. */
  readonly observes: boolean
}

/** A name of a rule by field name, or one of its exceptions. */
export interface FieldName {
  readonly rule: number
  readonly isException: boolean
}

export interface PathRule {
  readonly rule: number
  readonly test: NameTest
}

export interface Classifier {
  readonly rules: readonly CompiledRule[]
  readonly probes: readonly Probe[]
  readonly automaton: Automaton
  /** Probes without an anchor: they run on every leaf. */
  readonly unanchored: readonly number[]
  readonly fields: NameEnds<FieldName>
  readonly pathRules: readonly PathRule[]
  readonly allow: AllowTest | undefined
  readonly excluded: ReadonlySet<string>
  readonly serviceFrom: readonly string[]
  /** Every name that the last key of such a path may have; keys may have dots in them. */
  readonly serviceKeys: ReadonlySet<string>
  /** Numbers with fewer digits cannot be findings of any probe. */
  readonly digitsMin: number
}

/** `rule` is the index of the rule that is at fault. */
export interface PolicyComplaint {
  readonly rule: number
  readonly message: string
}

export class PolicyError extends LogveilError {
  readonly complaints: readonly PolicyComplaint[]

  constructor(complaints: readonly PolicyComplaint[]) {
    super('POLICY', complaints.map((complaint) => complaint.message).join('; '))
    this.name = 'PolicyError'
    this.complaints = complaints
  }
}

/** Built-in detectors have no matches in numbers of fewer digits than this; patterns of operators may. */
const DETECTOR_DIGITS_MIN = 7

interface Parts {
  probes: Probe[]
  anchors: Anchor[]
  owners: number[]
  unanchored: number[]
  byDetector: Map<string, number>
}

/** Throws PolicyError with all that is wrong. */
export function compileClassifier(policy: Policy): Classifier {
  const complaints: PolicyComplaint[] = []
  const parts: Parts = { probes: [], anchors: [], owners: [], unanchored: [], byDetector: new Map() }
  const fields = new NameEnds<FieldName>()
  const pathRules: PathRule[] = []
  let digitsMin = DETECTOR_DIGITS_MIN
  const rules: CompiledRule[] = []
  policy.rules.forEach((rule, index) => {
    try {
      const { find } = rule
      if ('detector' in find) addDetector(parts, find.detector, index)
      else if ('field' in find) addFields(fields, find, index)
      else if ('path' in find) pathRules.push({ rule: index, test: globTest(find.path) })
      else {
        addPattern(parts, find, index)
        digitsMin = 1
      }
      rules.push(compileRule(rule, index))
    } catch (error) {
      complaints.push({ rule: index, message: error instanceof Error ? error.message : String(error) })
    }
  })
  const automaton = complaints.length === 0 ? tryAutomaton(parts, complaints) : undefined
  if (automaton === undefined) throw new PolicyError(complaints)
  return {
    rules,
    probes: parts.probes,
    automaton,
    unanchored: parts.unanchored,
    fields,
    pathRules,
    allow: compileAllow(policy.allow),
    excluded: names(policy.exclude_fields),
    serviceFrom: policy.service_from,
    serviceKeys: new Set(policy.service_from.flatMap(endsOf)),
    digitsMin,
  }
}

function names(list: readonly string[] | undefined): ReadonlySet<string> {
  return new Set((list ?? []).map(normalName))
}

function addFields(fields: NameEnds<FieldName>, find: Extract<Rule['find'], { field: string[] }>, rule: number): void {
  for (const name of names(find.field)) fields.add(name, { rule, isException: false })
  for (const name of names(find.except)) fields.add(name, { rule, isException: true })
}

/** `a.b.c` ends in `a.b.c`, `b.c` and `c`. */
function endsOf(path: string): string[] {
  const parts = path.split('.')
  return parts.map((_, i) => parts.slice(i).join('.'))
}

function tryAutomaton(parts: Parts, complaints: PolicyComplaint[]): Automaton | undefined {
  try {
    return buildAutomaton(parts.anchors, parts.owners)
  } catch (error) {
    if (!(error instanceof AutomatonTooLarge)) throw error
    complaints.push({ rule: 0, message: `the anchors of all rules together make an automaton of ${error.message}` })
    return undefined
  }
}

function compileRule(rule: Rule, index: number): CompiledRule {
  const { where } = rule
  const within = globTest(where?.path)
  const without = where?.not_path ? globTest(where.not_path) : () => false
  return {
    index,
    rule,
    allow: compileAllow(rule.allow),
    service: globTest(where?.service),
    source: globTest(where?.source),
    path: (name) => within(name) && !without(name),
    scoped: where !== undefined && Object.values(where).some((globs) => globs !== undefined),
    observes: rule.action.type === 'keep',
  }
}

function addDetector(parts: Parts, id: string, rule: number): void {
  const known = parts.byDetector.get(id)
  if (known !== undefined) {
    parts.probes[known].rules.push(rule)
    return
  }
  const detector = detectorById.get(id)
  if (!detector) throw new Error(`no detector is called ${id}`)
  const anchors = detector.anchors?.map(parseAnchor) ?? deriveAnchors(detector.pattern, false)
  // A span finder counts on where its own anchors end.
  const usable = detector.find ? anchors : anchors?.map(trimmed)
  parts.byDetector.set(id, parts.probes.length)
  addProbe(parts, usable, {
    ...compileSearch(detector.pattern, false, detector.group ?? 0),
    check: detector.check,
    find: detector.find,
    rules: [rule],
  })
}

function addPattern(parts: Parts, find: Extract<Rule['find'], { pattern: string }>, rule: number): void {
  const ignoreCase = find.ignore_case ?? false
  const anchors = find.anchors
    ? find.anchors.map((anchor) => literalAnchor(anchor, ignoreCase))
    : deriveAnchors(find.pattern, ignoreCase)
  addProbe(parts, anchors, {
    ...compileSearch(find.pattern, ignoreCase, find.group ?? 0),
    check: undefined,
    find: undefined,
    rules: [rule],
  })
}

function addProbe(parts: Parts, anchors: Anchor[] | undefined, probe: Probe): void {
  const index = parts.probes.length
  parts.probes.push(probe)
  if (anchors === undefined) parts.unanchored.push(index)
  for (const anchor of anchors ?? []) {
    parts.anchors.push(anchor)
    parts.owners.push(index)
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

function compileSearch(source: string, ignoreCase: boolean, group: string | number) {
  const pattern = compilePattern(source, ignoreCase)
  return { pattern, group, bounds: group === 0 ? undefined : compilePattern(withoutCaptures(source), ignoreCase) }
}

/** Throws when RE2 refuses the pattern or when it matches the empty string. */
function compilePattern(pattern: string, ignoreCase: boolean): RE2 {
  const compiled = new RE2(pattern, ignoreCase ? 'dgi' : 'dg')
  compiled.lastIndex = 0
  if (compiled.test('')) throw new Error(`the pattern ${JSON.stringify(pattern)} matches the empty string`)
  compiled.lastIndex = 0
  return compiled
}
