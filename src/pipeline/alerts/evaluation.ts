// One rule on counts at work: the sums of its groups, and when it fires. It knows nothing of sinks. A rule that fired
// for a group is quiet about it for a while.
import type { AlertBy, AlertRule, Baseline } from '../../core/alert_rules.ts'
import { globTest } from '../../core/glob.ts'
import { LIMITS } from '../../core/limits.ts'
import { SlidingSet, SlidingSum, Usual } from './sliding.ts'

/** Counts of one kind in one batch. */
export interface Counted {
  readonly service: string
  readonly source: string
  readonly category?: string
  readonly rule?: string
  readonly severity?: string
  /** Keyed hash of the value that the rule on counts looks at. */
  readonly value?: string
  readonly matches: number
  readonly records: number
  readonly not_inspected: number
}

/** Where something fired: what the rule tells apart, by name. */
export type Group = Readonly<Partial<Record<AlertBy, string>>>

export interface Fired {
  readonly rule: AlertRule
  readonly group: Group
  readonly observed: number
  readonly threshold: number
  /** When the group was counted for the first time in what fired, on the steady clock. */
  readonly since_ms: number
}

interface State {
  readonly group: Group
  sum: SlidingSum
  set: SlidingSet | undefined
  readonly usual: Usual | undefined
  since_ms: number
  last_ms: number
  quiet_until_ms: number
}

type Test = (name: string) => boolean

export class Evaluation {
  readonly rule: AlertRule
  readonly #baseline: Baseline
  readonly #tests: readonly [key: 'service' | 'source' | 'category' | 'rule' | 'severity', test: Test][]
  /** The one that was quiet the longest first. */
  readonly #groups = new Map<string, State>()

  constructor(rule: AlertRule, baseline: Baseline) {
    this.rule = rule
    this.#baseline = baseline
    const keys = ['service', 'source', 'category', 'rule', 'severity'] as const
    this.#tests = keys.flatMap((key) => (rule.when[key] ? [[key, remembered(globTest(rule.when[key]))]] : []))
  }

  get groups(): number {
    return this.#groups.size
  }

  /** Adds counts; says whether the rule fires by it. */
  add(counted: Counted, now_ms: number): Fired | null {
    const { trigger } = this.rule
    const amount = this.#amountOf(counted)
    if (amount === 0 || !this.#tests.every(([key, test]) => counted[key] !== undefined && test(counted[key])))
      return null
    if (trigger.kind === 'first_seen' && this.#isApproved(counted)) return null
    const state = this.#stateOf(counted, now_ms)
    if (state === null) return null
    if (state.sum.sum(now_ms) === 0) state.since_ms = now_ms
    state.sum.add(amount, now_ms)
    state.usual?.add(amount, now_ms)
    if (trigger.kind === 'distinct') {
      const key = counted[trigger.of]
      if (key !== undefined) state.set?.add(key, now_ms)
    }
    return this.#fired(state, now_ms)
  }

  /** Counts the groups of this service, or all, from 0: somebody has seen to what was counted. */
  recount(service: string | undefined): void {
    for (const state of this.#groups.values()) {
      if (service !== undefined && state.group.service !== service) continue
      state.sum = new SlidingSum(this.rule.over_ms)
      if (state.set) state.set = new SlidingSet(this.rule.over_ms)
    }
  }

  #fired(state: State, now_ms: number): Fired | null {
    if (now_ms < state.quiet_until_ms) return null
    const { rule } = this
    const reached = this.#reached(state, now_ms)
    if (reached === null) return null
    state.quiet_until_ms = now_ms + rule.quiet_ms
    return { rule, group: state.group, since_ms: state.since_ms, ...reached }
  }

  #reached(state: State, now_ms: number): { observed: number; threshold: number } | null {
    const { trigger } = this.rule
    if (trigger.kind === 'first_seen') return { observed: state.sum.sum(now_ms), threshold: 1 }
    const observed = trigger.kind === 'distinct' ? (state.set?.size(now_ms) ?? 0) : state.sum.sum(now_ms)
    if (trigger.kind !== 'change')
      return observed >= trigger.threshold ? { observed, threshold: trigger.threshold } : null
    const usual = state.usual?.average(now_ms)
    if (usual === undefined) return null
    const threshold = Math.max(trigger.threshold, Math.ceil(usual * trigger.times))
    return observed >= threshold ? { observed, threshold } : null
  }

  #amountOf({ matches, records, not_inspected }: Counted): number {
    const { trigger } = this.rule
    if (trigger.kind !== 'count') return matches
    return { matches, records, not_inspected }[trigger.of]
  }

  #isApproved({ service, category }: Counted): boolean {
    if (category === undefined) return true
    return Object.hasOwn(this.#baseline, service) && this.#baseline[service].includes(category)
  }

  #stateOf(counted: Counted, now_ms: number): State | null {
    const group: Partial<Record<AlertBy, string>> = {}
    for (const by of this.rule.by) {
      // What has no such value belongs to no group.
      if (counted[by] === undefined) return null
      group[by] = counted[by]
    }
    const key = JSON.stringify(this.rule.by.map((by) => group[by]))
    let state = this.#groups.get(key)
    if (state === undefined) {
      this.#makeRoom()
      state = this.#newState(group, now_ms)
    } else this.#groups.delete(key)
    this.#groups.set(key, state)
    state.last_ms = now_ms
    return state
  }

  #newState(group: Group, now_ms: number): State {
    const { over_ms, trigger } = this.rule
    return {
      group,
      sum: new SlidingSum(over_ms),
      set: trigger.kind === 'distinct' ? new SlidingSet(over_ms) : undefined,
      usual: trigger.kind === 'change' ? new Usual(over_ms, now_ms) : undefined,
      since_ms: now_ms,
      last_ms: now_ms,
      quiet_until_ms: Number.NEGATIVE_INFINITY,
    }
  }

  #makeRoom(): void {
    if (this.#groups.size < LIMITS.alert_groups_max) return
    const [oldest] = this.#groups.keys()
    this.#groups.delete(oldest)
  }
}

/** Names come again and again; there are as many as the census lets there be. */
function remembered(test: Test): Test {
  const known = new Map<string, boolean>()
  return (name) => {
    let result = known.get(name)
    if (result === undefined) {
      if (known.size >= LIMITS.alert_groups_max) known.clear()
      result = test(name)
      known.set(name, result)
    }
    return result
  }
}
