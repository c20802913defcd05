// Owns what is tightened now: the answers of rules on counts that hold for a while and are lifted by themselves.
// Workers are told with each batch.
import type { AlertRule, AlertScope, Tightening } from '../../core/alert_rules.ts'
import type { Clock } from '../../core/clock.ts'
import type { Audit } from '../audit/audit_log.ts'
import type { Group } from './evaluation.ts'

export interface ActiveTightening extends Tightening {
  /** The rule on counts. */
  readonly alert: string
  readonly group: Group
  /** On the clock of the wall, for people. */
  until_ms: number
  /** On the steady clock, for us. */
  steady_until_ms: number
}

export class Tightenings {
  readonly #clock: Clock
  readonly #audit: Audit
  readonly #active = new Map<string, ActiveTightening>()
  #list: readonly Tightening[] = []

  constructor(clock: Clock, audit: Audit) {
    this.#clock = clock
    this.#audit = audit
  }

  /** The same list as long as nothing changes. */
  get list(): readonly Tightening[] {
    return this.#list
  }

  get active(): readonly ActiveTightening[] {
    return [...this.#active.values()]
  }

  /** Begins, or holds for longer. */
  add(rule: AlertRule, group: Group): void {
    const { response, hold_ms } = rule
    if (response === 'alert') return
    const key = JSON.stringify([rule.id, group])
    const steady_until_ms = this.#clock.steady_ms() + hold_ms
    const until_ms = this.#clock.now_ms() + hold_ms
    const until = new Date(until_ms).toISOString()
    const known = this.#active.get(key)
    if (known) Object.assign(known, { until_ms, steady_until_ms })
    else
      this.#active.set(key, { alert: rule.id, group, response, when: scopeOf(rule, group), until_ms, steady_until_ms })
    this.#list = this.active.map(({ response, when }) => ({ response, when }))
    void this.#audit.note('tightened', { alert: rule.id, response, ...namesOf(group), until })
  }

  /** Lifts what has held long enough. */
  tick(): void {
    const now = this.#clock.steady_ms()
    this.#lift(({ steady_until_ms }) => steady_until_ms <= now, 'its time is over')
  }

  /** Lifts what no rule asks for any more. */
  keep(rules: readonly AlertRule[]): void {
    const ids = new Set(rules.map(({ id }) => id))
    this.#lift(({ alert }) => !ids.has(alert), 'its rule left the settings')
  }

  /** Lifts by hand what a rule holds, for one service or for all; how many there were. */
  release(rule: string, service: string | undefined): number {
    const isMeant = ({ alert, group }: ActiveTightening) =>
      alert === rule && (service === undefined || group.service === service)
    return this.#lift(isMeant, 'by hand')
  }

  #lift(isOver: (one: ActiveTightening) => boolean, why: string): number {
    let lifted = 0
    for (const [key, one] of this.#active) {
      if (!isOver(one)) continue
      this.#active.delete(key)
      lifted++
      void this.#audit.note('lifted', { alert: one.alert, response: one.response, ...namesOf(one.group), why })
    }
    if (lifted > 0) this.#list = this.active.map(({ response, when }) => ({ response, when }))
    return lifted
  }
}

/** What the rule looks at, narrowed to the group that it fired for. */
function scopeOf({ when }: AlertRule, { service, source, category, rule }: Group): AlertScope {
  const exactly = { service, source, category, rule }
  const narrow = Object.fromEntries(Object.entries(exactly).flatMap(([by, name]) => (name ? [[by, [name]]] : [])))
  return { ...when, ...narrow }
}

/** A keyed hash of a value is told too: it is one of the group's names. */
function namesOf(group: Group): Record<string, string> {
  return Object.fromEntries(Object.entries(group).map(([by, name]) => [`in_${by}`, name]))
}
