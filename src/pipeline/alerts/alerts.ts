// Owns the rules on counts of a running pipeline: counts of delivered batches go in, alerts go out to sinks with the
// input `alerts`, and what a rule tightens is told to the workers. It never waits for a sink.
import { randomBytes } from 'node:crypto'
import { isDeepStrictEqual } from 'node:util'
import { orAborted } from '../../core/abort.ts'
import type { AlertsPlan, Tightening } from '../../core/alert_rules.ts'
import type { Clock } from '../../core/clock.ts'
import type { Counts } from '../../core/counts.ts'
import { LIMITS } from '../../core/limits.ts'
import type { Audit } from '../audit/audit_log.ts'
import type { Lane } from '../lane.ts'
import { alertEvent, type UnsentAlert } from './alert_events.ts'
import { type Counted, Evaluation, type Fired } from './evaluation.ts'
import { AlertOutlet, type AlertOutletOptions } from './outlet.ts'
import { Rates } from './rates.ts'
import { type ActiveTightening, Tightenings } from './tightenings.ts'

export interface AlertsOptions extends AlertOutletOptions {
  readonly plan: AlertsPlan
  readonly instance: string
  readonly clock: Clock
  readonly audit: Audit
  readonly lanes: readonly Lane[]
}

/** What the admin port shows. */
export interface AlertsView {
  readonly rules: readonly {
    id: string
    kind: string
    severity: string
    muted: boolean
    groups: number
    fired: number
  }[]
  readonly tightened: readonly (Pick<ActiveTightening, 'alert' | 'response' | 'group'> & { until: string })[]
  /** The newest first. */
  readonly recent: readonly UnsentAlert[]
}

/** How often a rule has fired. */
interface Firing {
  readonly alert: string
  readonly severity: string
  readonly muted: boolean
  count: number
}

export class Alerts {
  readonly #options: AlertsOptions
  readonly #run = randomBytes(8).toString('hex')
  readonly #tightenings: Tightenings
  readonly #firings = new Map<string, Firing>()
  readonly #recent: UnsentAlert[] = []
  readonly #rates = new Rates()
  #evaluations: readonly Evaluation[]
  #plan: AlertsPlan
  #outlets: readonly AlertOutlet[]

  constructor(options: AlertsOptions) {
    const { plan, clock, audit, lanes } = options
    this.#options = options
    this.#plan = plan
    this.#tightenings = new Tightenings(clock, audit)
    this.#evaluations = plan.rules.map((rule) => new Evaluation(rule, plan.baseline))
    this.#outlets = lanes.map((lane) => new AlertOutlet(lane, options))
    this.#begin()
  }

  /** What workers have to do besides the policy, now. */
  get tightened(): readonly Tightening[] {
    return this.#tightenings.list
  }

  /** How many groups of each rule that tightens are tightened now. */
  get tightenings(): { alert: string; response: string; count: number }[] {
    const tightening = this.#plan.rules.filter(({ response }) => response !== 'alert')
    return tightening.map(({ id: alert, response }) => {
      return { alert, response, count: this.#tightenings.active.filter((one) => one.alert === alert).length }
    })
  }

  get firings(): readonly Readonly<Firing>[] {
    return [...this.#firings.values()]
  }

  /** For `rates`. */
  get now_ms(): number {
    return this.#options.clock.steady_ms()
  }

  get rates(): Rates {
    return this.#rates
  }

  /** Adds the counts of a delivered batch. Called once for each. */
  add(counts: Counts, source: string, policy_version: string): void {
    const now_ms = this.#options.clock.steady_ms()
    this.#rates.add(counts, now_ms)
    if (this.#evaluations.length === 0) return
    const tell = (evaluation: Evaluation, counted: Counted): void => {
      const fired = evaluation.add(counted, now_ms)
      if (fired !== null) this.#fire(fired, now_ms, policy_version)
    }
    const [byValue, others] = this.#split()
    for (const counted of rowsOf(counts, source)) for (const evaluation of others) tell(evaluation, counted)
    for (const { alert, ...counted } of counts.values ?? []) {
      for (const evaluation of byValue) {
        if (evaluation.rule.id === alert) tell(evaluation, { ...counted, source, not_inspected: 0 })
      }
    }
  }

  /** Lifts what has held long enough, and tries again what sinks refused. */
  tick(): void {
    this.#tightenings.tick()
    for (const outlet of this.#outlets) outlet.send()
  }

  /** Rules that are alike keep what they have counted. */
  change(plan: AlertsPlan): void {
    const isSameBaseline = isDeepStrictEqual(this.#plan.baseline, plan.baseline)
    const before = this.#evaluations
    this.#evaluations = plan.rules.map((rule) => {
      const known = before.find((one) => isDeepStrictEqual(one.rule, rule))
      return known && (isSameBaseline || rule.trigger.kind !== 'first_seen')
        ? known
        : new Evaluation(rule, plan.baseline)
    })
    this.#plan = plan
    this.#tightenings.keep(plan.rules)
    this.#begin()
  }

  /** From now on these sinks get alerts. One that keeps its name is given what it does not have yet. */
  route(lanes: readonly Lane[]): void {
    const before = this.#outlets
    this.#outlets = lanes.map((lane) => {
      const outlet = before.find((known) => known.lane.name === lane.name) ?? new AlertOutlet(lane, this.#options)
      outlet.lane = lane
      return outlet
    })
  }

  /** Resolves when every sink has every alert, or when `signal` aborts. */
  async flush(signal: AbortSignal): Promise<{ undelivered: boolean }> {
    await orAborted(Promise.all(this.#outlets.map((outlet) => outlet.drained())), signal)
    const behind = this.#outlets.filter((outlet) => !outlet.isDone)
    for (const { lane } of behind) {
      const facts = { sink: lane.name }
      this.#options.emit('error', 'alerts_undelivered', 'Alerts were not delivered before the end', facts)
    }
    return { undelivered: behind.length > 0 }
  }

  /** Ends what the rule tightened, for one service or for all, before its time; how many groups that were. */
  release(rule: string, service: string | undefined): number {
    const released = this.#tightenings.release(rule, service)
    if (released > 0) for (const one of this.#evaluations) if (one.rule.id === rule) one.recount(service)
    return released
  }

  view(): AlertsView {
    return {
      rules: this.#evaluations.map(({ rule, groups }) => {
        const { id, trigger, severity, muted } = rule
        return { id, kind: trigger.kind, severity, muted, groups, fired: this.#firings.get(id)?.count ?? 0 }
      }),
      tightened: this.#tightenings.active.map(({ alert, response, group, until_ms }) => {
        return { alert, response, group, until: new Date(until_ms).toISOString() }
      }),
      recent: this.#recent,
    }
  }

  /** Rules that look at a value in the record are given counts of their own. */
  #split(): [byValue: Evaluation[], others: Evaluation[]] {
    const byValue = this.#evaluations.filter(({ rule }) => rule.value !== undefined)
    return [byValue, this.#evaluations.filter(({ rule }) => rule.value === undefined)]
  }

  /** A series that begins at 0 shows its first step; one that is not there yet does not. */
  #begin(): void {
    for (const { id: alert, severity, muted } of this.#plan.rules) {
      this.#firings.set(alert, { alert, severity, muted, count: this.#firings.get(alert)?.count ?? 0 })
    }
  }

  #fire(fired: Fired, now_ms: number, policy_version: string): void {
    const { rule, group, observed, threshold } = fired
    const { id: alert, severity, muted } = rule
    const firing = this.#firings.get(alert)
    if (firing) firing.count++
    if (muted) return
    const { clock, emit, instance } = this.#options
    const wall_ms = clock.now_ms()
    const moment = { now_ms: wall_ms, since_ms: wall_ms - (now_ms - fired.since_ms) }
    const event = alertEvent(fired, { instance, run: this.#run, policy_version }, moment)
    this.#recent.unshift(event)
    this.#recent.length = Math.min(this.#recent.length, LIMITS.alerts_shown)
    emit('warn', 'alert_fired', 'A rule on counts fired', { alert, severity, observed, threshold, id: event.id })
    this.#tightenings.add(rule, group)
    for (const outlet of this.#outlets) outlet.push(event)
  }
}

/** Findings and failures of a batch as what rules count. */
function* rowsOf({ findings, services }: Counts, source: string): Generator<Counted> {
  for (const { service, category, rule, severity, matches, records } of findings) {
    yield { service, source, category, rule, severity, matches, records, not_inspected: 0 }
  }
  for (const { service, failures } of services) {
    const not_inspected = Object.values(failures).reduce((sum, count) => sum + count, 0)
    if (not_inspected > 0) yield { service, source, matches: 0, records: 0, not_inspected }
  }
}
