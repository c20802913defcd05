// What rules on counts want of a worker: values in records with findings, known by their keyed hashes only, and what
// becomes of records of a service that is tightened. A batch for quarantine is inspected a second time, with everything
// dropped from it but the records that belong there.
import type { Classifier } from '../classifier/compile.ts'
import type { Finding } from '../classifier/overlap.ts'
import type { PathFacts } from '../classifier/path_facts.ts'
import type { AlertScope, Tightening } from '../core/alert_rules.ts'
import type { ValueCount } from '../core/counts.ts'
import { DROPPED, type Edits } from '../core/edits.ts'
import { globTest } from '../core/glob.ts'
import { Kind, type Leaves } from '../core/leaves.ts'
import { LIMITS } from '../core/limits.ts'
import type { Paths } from '../core/paths.ts'
import type { Policy, Rule } from '../core/policy.ts'
import { Step, type Walk } from '../core/wire.ts'
import type { Action } from '../redactor/action.ts'
import type { Fingerprints } from '../redactor/fingerprint.ts'

const DIGITS = 16
const NOTHING = new Uint8Array(0)

interface Watched {
  readonly id: string
  /** Best first. */
  readonly tests: readonly ((path: string) => boolean)[]
}

/** The record at hand, as the inspector has it. */
interface Inspection {
  readonly leaves: Leaves
  readonly facts: PathFacts
  readonly paths: Paths
  textOf(leaf: number): Uint8Array
}

type Tests = Readonly<Record<'service' | 'source' | 'category' | 'rule' | 'severity', (name: string) => boolean>>

/** What an action does, or that the record goes where nothing else goes. */
type Effect = Action['effect'] | 'quarantine'

export class OnCounts {
  /** Records for quarantine in the batch. */
  quarantined = 0
  /** This is the second time: what is for quarantine stays, and nothing else. */
  isAside = false
  private isKept = false
  /** The policy only counts. */
  private readonly observes: boolean
  private readonly watched: readonly Watched[]
  private readonly fingerprints: Fingerprints | undefined
  private readonly rules: readonly Rule[]
  private tightened: readonly { response: Tightening['response']; tests: Tests }[] = []
  private source = ''
  /** By service and index of the rule. */
  private readonly effects = new Map<string, Effect | undefined>()
  private readonly values = new Map<string, ValueCount>()
  /** Of values in this batch; it is forgotten with the batch. */
  private readonly hashes = new Map<string, string>()

  constructor({ watch = [], mode }: Policy, { rules }: Classifier, fingerprints: Fingerprints | undefined) {
    this.watched = watch.map(({ id, paths }) => ({ id, tests: paths.map((path) => globTest([path])) }))
    this.observes = mode === 'observe'
    this.fingerprints = fingerprints
    this.rules = rules.map(({ rule }) => rule)
  }

  /** Whether a rule on counts wants the value at a path; undefined when none wants any. */
  get wants(): ((path: string) => boolean) | undefined {
    if (this.watched.length === 0 || this.fingerprints === undefined) return undefined
    return (path) => this.watched.some(({ tests }) => tests.some((test) => test(path)))
  }

  /** True when no rule on counts wants to hear of a finding in this batch. */
  get isIdle(): boolean {
    return this.watched.length === 0 && this.tightened.length === 0
  }

  begin(tightened: readonly Tightening[], source: string, isAside: boolean): void {
    this.quarantined = 0
    this.isAside = isAside
    this.isKept = false
    this.source = source
    this.tightened = tightened.map(({ response, when }) => ({ response, tests: testsOf(when) }))
    this.effects.clear()
    this.values.clear()
  }

  /** A pass over the batch begins again. */
  restart(): void {
    this.quarantined = 0
    this.values.clear()
  }

  /** What is done about a finding: what its action does, unless it is in a record of a service that is tightened. */
  effectOf(index: number, service: string, effect: Effect, step: number): Effect {
    if (step !== Step.record || this.observes) return effect
    if (this.tightened.length === 0 || effect === 'drop_record' || this.rules[index].observe) return effect
    const key = `${index} ${service}`
    if (!this.effects.has(key)) this.effects.set(key, this.tightenedEffect(this.rules[index], service))
    return this.effects.get(key) ?? effect
  }

  /** True when the record goes from this batch: the first pass takes one for quarantine, the second leaves it. */
  takes(isForQuarantine: boolean): boolean {
    if (!isForQuarantine) return false
    this.quarantined++
    this.isKept = true
    return !this.isAside
  }

  /** The record is done with: in the second pass only those for quarantine stay. */
  done(walk: Walk, step: number, edits: Edits): void {
    if (this.isAside && !this.isKept && (step === Step.record || step < 0)) {
      edits.rewind(walk.recordStart)
      edits.add(walk.recordStart, walk.recordEnd, DROPPED, NOTHING)
    }
    this.isKept = false
  }

  /** Counts what was found in a record by the values that rules on counts want. */
  count(found: readonly Finding[], service: string, record: Inspection): void {
    if (this.watched.length === 0 || this.isAside) return
    for (const { id, tests } of this.watched) {
      const value = this.valueOf(tests, record)
      if (value === undefined) continue
      const seen = new Set<ValueCount>()
      for (const { rule, whole, part } of found) {
        if (!whole || rule < 0 || part?.isFirst === false) continue
        const row = this.rowOf(id, service, this.rules[rule], value)
        if (row === undefined) continue
        row.matches++
        if (!seen.has(row)) row.records++
        seen.add(row)
      }
    }
  }

  /** Of the batch. */
  counts(): { values?: ValueCount[] } {
    this.hashes.clear()
    return this.values.size === 0 ? {} : { values: [...this.values.values()] }
  }

  private tightenedEffect(rule: Rule, service: string): Effect | undefined {
    const { id, category, severity } = rule
    const of = { service, source: this.source, category, severity, rule: id }
    const responses = this.tightened.filter(({ tests }) =>
      (Object.keys(of) as (keyof Tests)[]).every((key) => tests[key](of[key])),
    )
    if (responses.some(({ response }) => response === 'drop')) return 'drop_record'
    return responses.length > 0 ? 'quarantine' : undefined
  }

  private valueOf(tests: Watched['tests'], record: Inspection): string | undefined {
    const { leaves, facts, paths } = record
    let best = tests.length
    let found = -1
    for (let leaf = 0; leaf < leaves.count; leaf++) {
      const kind = leaves.kind[leaf]
      if (kind === Kind.key || kind === Kind.nothing || kind === Kind.unreadable) continue
      if (leaves.end[leaf] <= leaves.start[leaf] || !facts.isWatched(leaves.path[leaf])) continue
      const name = paths.render(leaves.path[leaf])
      const rank = tests.findIndex((test) => test(name))
      if (rank >= 0 && rank < best) {
        best = rank
        found = leaf
      }
    }
    return found < 0 ? undefined : this.hashOf(record.textOf(found).subarray(leaves.start[found], leaves.end[found]))
  }

  /** A keyed hash costs as much as ten records, and clients come again and again. */
  private hashOf(text: Uint8Array): string | undefined {
    const value = Buffer.from(text.buffer, text.byteOffset, text.length).toString('latin1')
    let hash = this.hashes.get(value)
    if (hash === undefined && this.fingerprints !== undefined && this.hashes.size < LIMITS.batch_keys_max) {
      hash = `${this.fingerprints.keyId}:${this.fingerprints.of(text, DIGITS)}`
      this.hashes.set(value, hash)
    }
    return hash
  }

  private rowOf(alert: string, service: string, rule: Rule, value: string): ValueCount | undefined {
    const key = `${alert} ${rule.id} ${value} ${service}`
    let row = this.values.get(key)
    if (row === undefined && this.values.size < LIMITS.batch_keys_max) {
      const { id, category, severity } = rule
      row = { alert, service, rule: id, category, severity, value, matches: 0, records: 0 }
      this.values.set(key, row)
    }
    return row
  }
}

function testsOf(when: AlertScope): Tests {
  const { service, source, category, rule, severity } = when
  return {
    service: globTest(service),
    source: globTest(source),
    category: globTest(category),
    rule: globTest(rule),
    severity: globTest(severity),
  }
}
