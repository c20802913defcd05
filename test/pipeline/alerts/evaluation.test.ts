// When a rule on counts fires, and when not. Time is given to it, so that windows can be walked through.
import { describe, expect, it } from 'vitest'
import type { AlertRule, AlertTrigger, Baseline } from '../../../src/core/alert_rules.ts'
import { LIMITS } from '../../../src/core/limits.ts'
import { type Counted, Evaluation, type Fired } from '../../../src/pipeline/alerts/evaluation.ts'

const MINUTE = 60_000

function rule(trigger: AlertTrigger, changes: Partial<AlertRule> = {}): AlertRule {
  return {
    id: 'r',
    when: {},
    by: ['service'],
    trigger,
    over_ms: MINUTE,
    severity: 'high',
    muted: false,
    quiet_ms: 0,
    response: 'alert',
    hold_ms: MINUTE,
    ...changes,
  }
}

const found: Counted = {
  service: 'pay',
  source: 'app',
  category: 'financial',
  rule: 'payment_card',
  severity: 'critical',
  matches: 1,
  records: 1,
  not_inspected: 0,
}

/** Adds each at its time; what was observed when it fired, or null. */
function run(rule: AlertRule, counts: [at_ms: number, more: Partial<Counted>][], baseline: Baseline = {}) {
  const evaluation = new Evaluation(rule, baseline)
  return counts.map(([at_ms, more]): Fired | null => evaluation.add({ ...found, ...more }, at_ms))
}

const observed = (fired: (Fired | null)[]) => fired.map((one) => one?.observed ?? null)

describe('a count', () => {
  const three = { kind: 'count', of: 'matches', threshold: 3 } as const

  it('fires at its threshold, within its window', () => {
    const counts: [number, Partial<Counted>][] = [
      [0, {}],
      [30_000, {}],
      [59_000, {}],
      [62_000, {}],
      [200_000, { matches: 2 }],
      [200_001, { matches: 1 }],
    ]
    expect(observed(run(rule(three), counts))).toEqual([null, null, 3, 3, null, 3])
  })

  it('is of each group by itself, or of all together', () => {
    const counts = ['a', 'b', 'a', 'b', 'a'].map((service, at): [number, Partial<Counted>] => [at, { service }])
    expect(observed(run(rule(three), counts))).toEqual([null, null, null, null, 3])
    expect(run(rule(three), counts)[4]?.group).toEqual({ service: 'a' })
    expect(observed(run(rule(three, { by: [] }), counts))).toEqual([null, null, 3, 4, 5])
    expect(run(rule(three, { by: ['service', 'rule'] }), counts)[4]?.group).toEqual({
      service: 'a',
      rule: 'payment_card',
    })
  })

  it('takes what its scope takes', () => {
    const when = { service: ['pay*'], category: ['financial'], severity: ['high', 'critical'] }
    const counts: [number, Partial<Counted>][] = [
      [0, { matches: 9, service: 'shop' }],
      [0, { matches: 9, category: 'personal' }],
      [0, { matches: 9, severity: 'low' }],
      [0, { matches: 9, service: 'payments' }],
    ]
    expect(observed(run(rule(three, { when }), counts))).toEqual([null, null, null, 9])
  })

  it('may be of records, or of records that failed closed', () => {
    const records = rule({ kind: 'count', of: 'records', threshold: 2 })
    expect(
      observed(
        run(records, [
          [0, { matches: 50 }],
          [1, { matches: 50 }],
        ]),
      ),
    ).toEqual([null, 2])
    const failed = rule({ kind: 'count', of: 'not_inspected', threshold: 2 })
    const lost = { matches: 0, records: 0, not_inspected: 2, category: undefined }
    expect(
      observed(
        run(failed, [
          [0, {}],
          [0, lost],
        ]),
      ),
    ).toEqual([null, 2])
  })

  it('is quiet about a group that it fired for, as long as it is told to', () => {
    const quiet = rule(three, { quiet_ms: 5 * MINUTE })
    const counts = [0, 1, 5 * MINUTE - 1, 5 * MINUTE + 1].map((at): [number, Partial<Counted>] => [at, { matches: 5 }])
    expect(observed(run(quiet, [...counts, [counts[3][0], { service: 'other', matches: 3 }]]))).toEqual([
      5,
      null,
      null,
      10,
      3,
    ])
  })

  it('says since when', () => {
    const [, , fired] = run(rule(three), [
      [MINUTE, {}],
      [5 * MINUTE, { matches: 1 }],
      [5.5 * MINUTE, { matches: 2 }],
    ])
    expect(fired?.since_ms).toBe(5 * MINUTE)
  })

  it('forgets the group that was quiet the longest when there are too many', () => {
    const evaluation = new Evaluation(rule(three), {})
    evaluation.add({ ...found, service: 'first', matches: 2 }, 0)
    for (let n = 0; n < LIMITS.alert_groups_max; n++) evaluation.add({ ...found, service: `s${n}` }, 1)
    expect(evaluation.groups).toBe(LIMITS.alert_groups_max)
    expect(evaluation.add({ ...found, service: 'first' }, 2)).toBeNull()
  })
})

describe('a count of different ones', () => {
  const distinct = rule({ kind: 'distinct', of: 'value', threshold: 3 })

  it('counts each once within the window', () => {
    const counts = ['a', 'a', 'b', 'a', 'c'].map((value, at): [number, Partial<Counted>] => [at, { value }])
    expect(observed(run(distinct, counts))).toEqual([null, null, null, null, 3])
    const late: [number, Partial<Counted>][] = [
      [0, { value: 'a' }],
      [1, { value: 'b' }],
      [MINUTE + 1, { value: 'c' }],
    ]
    expect(observed(run(distinct, late))).toEqual([null, null, null])
  })

  it('holds only so many', () => {
    const evaluation = new Evaluation(rule({ kind: 'distinct', of: 'value', threshold: 1_000_000 }), {})
    for (let n = 0; n < LIMITS.alert_keys_max + 100; n++) evaluation.add({ ...found, value: `${n}` }, 1)
    const full = new Evaluation(rule({ kind: 'distinct', of: 'value', threshold: LIMITS.alert_keys_max }), {})
    let last = null
    for (let n = 0; n < LIMITS.alert_keys_max + 100; n++) last = full.add({ ...found, value: `${n}` }, 1)
    expect(last?.observed).toBe(LIMITS.alert_keys_max)
  })
})

describe('a change', () => {
  const change = rule({ kind: 'change', times: 5, threshold: 10 })
  const each = (matches: number[]) =>
    matches.map((n, at): [number, Partial<Counted>] => [at * MINUTE + 1, { matches: n }])

  it('is told against what the group itself is used to', () => {
    expect(observed(run(change, each([4, 4, 4, 19])))).toEqual([null, null, null, null])
    expect(run(change, each([4, 4, 4, 20]))[3]).toMatchObject({ observed: 20, threshold: 20 })
  })

  it('is not told before it is known what is usual, nor of few', () => {
    expect(observed(run(change, each([1, 1, 900])))).toEqual([null, null, null])
    expect(observed(run(change, each([1, 1, 1, 9])))).toEqual([null, null, null, null])
    expect(observed(run(change, each([1, 1, 1, 10])))).toEqual([null, null, null, 10])
  })

  it('knows that nothing is usual where nothing was for long', () => {
    const counts: [number, Partial<Counted>][] = [
      [0, { matches: 1000 }],
      [100 * MINUTE, { matches: 10 }],
    ]
    expect(observed(run(change, counts))).toEqual([null, 10])
  })
})

describe('what is seen first', () => {
  const first = rule({ kind: 'first_seen' }, { by: ['service', 'category'], quiet_ms: 100 * MINUTE })
  const baseline = { pay: ['financial'], constructor: [] }

  it('is what the baseline does not approve, once', () => {
    const counts: [number, Partial<Counted>][] = [
      [0, {}],
      [1, { category: 'health' }],
      [2, { category: 'health' }],
      [3, { service: 'new' }],
      [4, { service: 'toString' }],
    ]
    const fired = run(first, counts, baseline)
    expect(fired.map((one) => one?.group ?? null)).toEqual([
      null,
      { service: 'pay', category: 'health' },
      null,
      { service: 'new', category: 'financial' },
      { service: 'toString', category: 'financial' },
    ])
  })
})
