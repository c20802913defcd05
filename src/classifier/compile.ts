// From the policy, plain data, to what the hot loop runs: rules with tests, probes, one automaton of anchors and one of
// the words that speak for findings. It does no I/O. A policy that does not compile is refused whole, with every
// complaint.
import { LogveilError } from '../core/errors.ts'
import { globTest } from '../core/glob.ts'
import { LIMITS } from '../core/limits.ts'
import type { Confidence, Policy, Rule } from '../core/policy.ts'
import { type AllowTest, compileAllow, type HashOf } from './allow.ts'
import type { Anchor } from './anchor.ts'
import { type Automaton, AutomatonTooLarge, buildAutomaton } from './automaton.ts'
import { type Company, companyOf } from './combination.ts'
import { ContextLists, type ContextWords } from './context.ts'
import { detectorById } from './detectors/index.ts'
import { ENCODING_ANCHORS } from './encodings.ts'
import { type FieldName, NameEnds, normalName } from './fields.ts'
import { type Judged, judgedEnds, onlyCountsAddresses } from './judges.ts'
import { type NamePlaces, namePlaces } from './name_places.ts'
import { nameAnchors } from './named_values.ts'
import { precedence } from './precedence.ts'
import { detectorProbe, type Near, type Probe, patternProbe } from './probes.ts'

type NameTest = (name: string) => boolean

/** Confidences as numbers that can be compared: the place in this list. */
export const CONFIDENCES: readonly Confidence[] = ['low', 'medium', 'high']

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
  /** Place in the order of precedence. */
  readonly rank: number
  /** Rules of which one must be found too. */
  readonly company: Company | undefined
  /** True when it looks at values, not at names of fields: what it finds may be an id of the record. */
  readonly isByValue: boolean
  /** Confidence of a finding by itself, and of one for which a word speaks. */
  readonly level: number
  readonly nearLevel: number
  /** What is below is no finding. */
  readonly levelMin: number
}

export interface PathRule {
  readonly rule: number
  readonly test: NameTest
}

export interface Classifier {
  readonly rules: readonly CompiledRule[]
  /** Place of each rule in the order of precedence. */
  readonly ranks: Int32Array
  readonly probes: readonly Probe[]
  /** Its owners are probes, from `probes.length` on gates, and behind them `encodings` and `names`. */
  readonly automaton: Automaton
  /** What the walkers know of candidates. */
  readonly judged: Judged
  /** True when nobody need see an IPv4 address: it is counted, and that is all. */
  readonly countsAddresses: boolean
  /**
   * Probes behind one anchor that find nothing unless a word speaks for it. Dozens of detectors wait behind a run of
   * digits: where no word is, they cost one test together.
   */
  readonly gates: readonly Int32Array[]
  /** The automaton's owner of signs of other letters, and that of names of rules by field name. */
  readonly encodings: number
  readonly names: number
  /** 1 for probes behind gates. */
  readonly gated: Uint8Array
  /** Probes without an anchor: they run on every leaf. */
  readonly unanchored: readonly number[]
  readonly words: ContextWords | undefined
  readonly fields: NameEnds<FieldName>
  readonly pathRules: readonly PathRule[]
  readonly allow: AllowTest | undefined
  /** True when some rule counts only together with others. */
  readonly combines: boolean
  readonly excluded: ReadonlySet<string>
  /** Where records say whose they are. */
  readonly whose: NamePlaces
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
  readonly probes: Probe[]
  readonly lists: ContextLists
  /** Probes of detectors, by id and list of words: rules share them. */
  readonly shared: Map<string, Probe>
}

/** Throws PolicyError with all that is wrong. Without `hashOf` exceptions by hash hold for nothing. */
export function compileClassifier(policy: Policy, hashOf?: HashOf): Classifier {
  const complaints: PolicyComplaint[] = []
  const parts: Parts = { probes: [], lists: new ContextLists(), shared: new Map() }
  const fields = new NameEnds<FieldName>()
  const pathRules: PathRule[] = []
  let digitsMin = DETECTOR_DIGITS_MIN
  const rules: CompiledRule[] = []
  const ranks = precedence(policy.rules)
  policy.rules.forEach((rule, index) => {
    try {
      const { find } = rule
      const compiled = compileRule(policy.rules, index, ranks[index], hashOf)
      if ('detector' in find) addDetector(parts, find.detector, compiled)
      else if ('field' in find) addFields(fields, find, index)
      else if ('path' in find) pathRules.push({ rule: index, test: globTest(find.path) })
      else {
        const probe = patternProbe(find, nearOf(parts, rule, [], compiled))
        probe.rules.push(index)
        parts.probes.push(probe)
        digitsMin = 1
      }
      rules.push(compiled)
    } catch (error) {
      complaints.push({ rule: index, message: error instanceof Error ? error.message : String(error) })
    }
  })
  const automata = complaints.length === 0 ? tryAutomata(parts, rules, complaints) : undefined
  if (automata === undefined) throw new PolicyError(complaints)
  for (const probe of parts.probes) probe.rules.sort((a, b) => ranks[a] - ranks[b])
  const allow = compileAllow(policy.allow, hashOf)
  return {
    rules,
    ranks,
    probes: parts.probes,
    ...automata,
    judged: judgedEnds(automata.automaton, parts.probes, automata.names),
    countsAddresses: onlyCountsAddresses(allow, rules, parts.probes, automata.gated),
    unanchored: parts.probes.flatMap(({ anchors }, index) => (anchors === undefined ? [index] : [])),
    fields,
    pathRules,
    allow,
    combines: rules.some(({ company }) => company !== undefined),
    excluded: names(policy.exclude_fields),
    whose: namePlaces(policy),
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

type Automata = Pick<Classifier, 'automaton' | 'gates' | 'gated' | 'encodings' | 'names' | 'words'>

function tryAutomata(
  { probes, lists }: Parts,
  rules: readonly CompiledRule[],
  complaints: PolicyComplaint[],
): Automata | undefined {
  const isBelow = (rule: number) => rules[rule].level < rules[rule].levelMin
  const gated = Uint8Array.from(probes, (probe) => (probe.rules.every(isBelow) ? 1 : 0))
  const anchors: Anchor[] = []
  const owners: number[] = []
  const gates = new Map<string, { number: number; anchor: Anchor; probes: number[] }>()
  probes.forEach((probe, index) => {
    // Nothing can ever speak for it.
    if (gated[index] === 1 && probe.near < 0) return
    for (const anchor of probe.anchors ?? []) {
      if (gated[index] === 0) {
        anchors.push(anchor)
        owners.push(index)
        continue
      }
      const key = Buffer.concat(anchor.classes).toString('latin1')
      const gate = gates.get(key) ?? { number: gates.size, anchor, probes: [] }
      gate.probes.push(index)
      gates.set(key, gate)
    }
  })
  for (const { number, anchor } of gates.values()) {
    anchors.push(anchor)
    owners.push(probes.length + number)
  }
  const encodings = probes.length + gates.size
  for (const anchor of ENCODING_ANCHORS) {
    anchors.push(anchor)
    owners.push(encodings)
  }
  const fieldNames = rules.flatMap(({ rule: { find } }) => ('field' in find ? find.field : []))
  for (const anchor of nameAnchors(fieldNames)) {
    anchors.push(anchor)
    owners.push(encodings + 1)
  }
  try {
    return {
      automaton: buildAutomaton(anchors, owners),
      gates: [...gates.values()].map((gate) => Int32Array.from(gate.probes)),
      gated,
      encodings,
      names: encodings + 1,
      words: lists.compile(),
    }
  } catch (error) {
    if (!(error instanceof AutomatonTooLarge)) throw error
    complaints.push({ rule: 0, message: `the anchors of all rules together make an automaton of ${error.message}` })
    return undefined
  }
}

function compileRule(rules: readonly Rule[], index: number, rank: number, hashOf: HashOf | undefined): CompiledRule {
  const rule = rules[index]
  const { where, find } = rule
  const within = globTest(where?.path)
  const without = where?.not_path ? globTest(where.not_path) : () => false
  const detector = 'detector' in find ? detectorById.get(find.detector) : undefined
  const confidence = CONFIDENCES.indexOf(rule.confidence)
  // A rule of the operator's own that names words counts only where one of them is.
  const needsWords = detector === undefined && rule.near !== undefined
  return {
    index,
    rule,
    allow: compileAllow(rule.allow, hashOf),
    service: globTest(where?.service),
    source: globTest(where?.source),
    path: (name) => within(name) && !without(name),
    scoped: where !== undefined && Object.values(where).some((globs) => globs !== undefined),
    observes: rule.action.type === 'keep' || rule.observe === true,
    rank,
    company: companyOf(rule, rules),
    isByValue: !('field' in find || 'path' in find),
    level: needsWords ? 0 : confidence,
    nearLevel: detector ? Math.max(confidence, CONFIDENCES.indexOf(detector.near_confidence ?? 'high')) : confidence,
    levelMin: CONFIDENCES.indexOf(rule.confidence_min ?? (detector || needsWords ? 'medium' : 'low')),
  }
}

/** The words that may raise the confidence of the rule's findings, if any can. */
function nearOf({ lists }: Parts, { near }: Rule, more: readonly string[], { level, nearLevel }: CompiledRule): Near {
  const words = [...more, ...(near?.words ?? []).map((word) => word.toLowerCase())]
  const within = near?.within_bytes ?? LIMITS.near_bytes
  return { list: words.length > 0 && nearLevel > level ? lists.add(words) : -1, within }
}

function addDetector(parts: Parts, id: string, rule: CompiledRule): void {
  const detector = detectorById.get(id)
  if (!detector) throw new Error(`no detector is called ${id}`)
  const near = nearOf(parts, rule.rule, detector.near ?? [], rule)
  const key = `${id} ${near.list} ${near.within}`
  let probe = parts.shared.get(key)
  if (probe === undefined) {
    probe = detectorProbe(detector, near)
    parts.shared.set(key, probe)
    parts.probes.push(probe)
  }
  probe.rules.push(rule.index)
}
