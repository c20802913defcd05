// What an alert looks like outside. Its sentence is made of names from the settings, names of services, and numbers.
import { createHash } from 'node:crypto'
import type { AlertTrigger } from '../../core/alert_rules.ts'
import { type AlertEvent, EVENT_SCHEMA } from '../../core/siem_event.ts'
import { version } from '../../core/version.ts'
import type { Fired } from './evaluation.ts'

/** Stands for a service or a source in alerts of rules that do not tell them apart. */
const ANY = '_any'
const ID_HEX = 32

export interface Emitter {
  readonly instance: string
  readonly run: string
  readonly policy_version: string
}

export interface Moment {
  /** On the clock of the wall. */
  readonly now_ms: number
  readonly since_ms: number
}

/** Its number is given to it where it is sent. */
export type UnsentAlert = Omit<AlertEvent, 'seq'>

export function alertEvent(fired: Fired, emitter: Emitter, { now_ms, since_ms }: Moment): UnsentAlert {
  const { rule, group, observed, threshold } = fired
  const { service = ANY, source = ANY, category, rule: found, value } = group
  const last_seen = new Date(now_ms).toISOString()
  return {
    event: 'alert',
    schema: EVENT_SCHEMA,
    id: digest([emitter.run, rule.id, now_ms, group]),
    instance: emitter.instance,
    run: emitter.run,
    version: version(),
    policy_version: emitter.policy_version,
    window_start: new Date(Math.min(since_ms, now_ms - rule.over_ms)).toISOString(),
    window_end: last_seen,
    service,
    source,
    first_seen: new Date(since_ms).toISOString(),
    last_seen,
    alert: rule.id,
    title: titleOf(fired),
    severity: rule.severity,
    ...(category === undefined ? {} : { category }),
    ...(found === undefined ? {} : { rule: found }),
    kind: rule.trigger.kind,
    observed,
    threshold,
    ...(value === undefined ? {} : { key: value }),
    response: rule.response,
    ...(rule.response === 'alert' ? {} : { until: new Date(now_ms + rule.hold_ms).toISOString() }),
  }
}

function titleOf({ rule, group, observed, threshold }: Fired): string {
  const where = Object.entries(group).map(([by, name]) => `${by} ${name}`)
  const [what, why] = WORDS[rule.trigger.kind](rule.trigger, observed, threshold)
  const span = rule.trigger.kind === 'first_seen' ? '' : ` within ${spanOf(rule.over_ms)}`
  return `${rule.id}: ${what}${span}${where.length > 0 ? ` in ${where.join(', ')}` : ''}${why}`
}

type Words = (trigger: AlertTrigger, observed: number, threshold: number) => [what: string, why: string]

const WORDS: Readonly<Record<AlertTrigger['kind'], Words>> = {
  count: (trigger, observed, threshold) => [`${observed} ${counted(trigger)}`, `; the limit is ${threshold}`],
  distinct: (trigger, observed, threshold) => [
    `${observed} different ${counted(trigger)}`,
    `; the limit is ${threshold}`,
  ],
  change: (_trigger, observed, threshold) => [`${observed} findings`, `, where less than ${threshold} are usual`],
  first_seen: () => ['a category that nobody approved', ''],
}

function counted(trigger: AlertTrigger): string {
  if (trigger.kind === 'distinct') return trigger.of === 'category' ? 'categories' : `${trigger.of}s`
  if (trigger.kind !== 'count') return 'findings'
  return { matches: 'findings', records: 'records with findings', not_inspected: 'records not inspected' }[trigger.of]
}

function spanOf(ms: number): string {
  for (const [unit, unit_ms] of [
    ['d', 86_400_000],
    ['h', 3_600_000],
    ['min', 60_000],
    ['s', 1000],
  ] as const) {
    if (ms >= unit_ms && ms % unit_ms === 0) return `${ms / unit_ms} ${unit}`
  }
  return `${ms} ms`
}

function digest(parts: unknown): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, ID_HEX)
}
