// What logveil tells a SIEM, as plain data: counts of findings, counts of what was looked at, and alerts. Names,
// numbers and keyed fingerprints only, never a value of a record. Formats (sinks/formats) are made of these and of
// nothing else.
import type { Batch } from './batch.ts'
import type { FailReason } from './counts.ts'
import { ALERTS, CENSUS } from './plan.ts'
import type { Confidence, Severity } from './policy.ts'

/** Raised when a field changes its meaning or goes; a new field alone raises nothing. */
export const EVENT_SCHEMA = 1

/** What every event has. Times are ISO 8601 in UTC with milliseconds; ends are exclusive. */
export interface EventHead {
  readonly event: 'finding' | 'coverage' | 'alert'
  readonly schema: number
  /** Stays the same when the event is sent again: a receiver that knows it already can overwrite or leave it. */
  readonly id: string
  /** Name of the process, and of its life: a run ends with the process, unless there is a state directory. */
  readonly instance: string
  readonly run: string
  /** Counts the events of a run to one sink, from 1: a gap is an event that did not arrive. */
  readonly seq: number
  readonly version: string
  readonly policy_version: string
  readonly window_start: string
  readonly window_end: string
  readonly service: string
  readonly namespace?: string
  readonly environment?: string
  /** Name of the source in the settings. */
  readonly source: string
  /** When the first and the last batch of these counts were delivered. */
  readonly first_seen: string
  readonly last_seen: string
}

/** Findings of one rule with one action in one service, in one window. */
export interface FindingEvent extends EventHead {
  readonly event: 'finding'
  readonly rule: string
  readonly rule_version: string
  readonly category: string
  readonly severity: Severity
  readonly confidence: Readonly<Partial<Record<Confidence, number>>>
  /** What was done: `mask`, `replace`, `hash`, `drop_field`, `drop_record`, `keep`, or another action's name. */
  readonly action: string
  readonly matches: number
  readonly records: number
  readonly paths: readonly string[]
  /** Keyed, with the key's id in front; only when the rule asks for them. */
  readonly fingerprints?: readonly string[]
}

/** What was looked at in one service in one window, found or not: silence and a clean bill are not the same. */
export interface CoverageEvent extends EventHead {
  readonly event: 'coverage'
  readonly records_seen: number
  readonly records_affected: number
  readonly records_dropped: number
  readonly clean: number
  /** Records that failed closed, by reason. */
  readonly failures: Readonly<Partial<Record<FailReason, number>>>
  /** Sums of `failures`: all, those over a budget or too deep, those that could not be read. */
  readonly not_inspected: number
  readonly over_budget: number
  readonly undecodable: number
}

/** A rule on counts that fired. */
export interface AlertEvent extends EventHead {
  readonly event: 'alert'
  /** Id of the rule on counts. */
  readonly alert: string
  /** One sentence, made of names and numbers. */
  readonly title: string
  readonly severity: Severity
  readonly category?: string
  readonly rule?: string
  readonly kind: 'count' | 'distinct' | 'change' | 'first_seen'
  readonly observed: number
  readonly threshold: number
  /** Keyed hash of the value that counts were grouped by. */
  readonly key?: string
  readonly response: 'alert' | 'drop' | 'quarantine'
  /** When the response ends by itself. */
  readonly until?: string
}

export type SiemEvent = FindingEvent | CoverageEvent | AlertEvent

/** Batches of these origins hold events, one JSON document a frame, and no records. */
export function holdsEvents({ origin }: Batch): boolean {
  return origin === CENSUS || origin === ALERTS
}

export function eventsIn({ bytes, ends }: Batch): SiemEvent[] {
  const all = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
  const starts = [0, ...ends]
  return Array.from(ends, (end, at) => JSON.parse(all.toString('utf8', starts[at], end)) as SiemEvent)
}
