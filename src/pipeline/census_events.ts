// What a row of the census looks like outside: an event with an id that stays the same when it is sent again. Names,
// counts and keyed fingerprints only; never a value.
import { createHash } from 'node:crypto'
import type { Batch } from '../core/batch.ts'
import { LIMITS } from '../core/limits.ts'
import { CENSUS } from '../core/plan.ts'
import type { Severity } from '../core/policy.ts'
import { type CoverageEvent, EVENT_SCHEMA, type EventHead, type FindingEvent } from '../core/siem_event.ts'
import { version } from '../core/version.ts'
import type { CoverageRow, FindingRow, Row } from './tally.ts'

/** Who counts. */
export interface Emitter {
  /** Name of this process. */
  readonly instance: string
  /** Unlike that of any other process, and of this one's lives but for those that share a state directory. */
  readonly run: string
}

/** A row and its number among those that go to one sink. */
export interface Numbered {
  readonly seq: number
  readonly row: Row
}

/** Digits of hex that name an event: enough to be unique, short enough for a document id anywhere. */
const ID_HEX = 32

export function eventOf(emitter: Emitter, { seq, row }: Numbered): FindingEvent | CoverageEvent {
  return 'rule' in row ? findingEvent(emitter, row, seq) : coverageEvent(emitter, row, seq)
}

function findingEvent(emitter: Emitter, row: FindingRow, seq: number): FindingEvent {
  const { rule, rule_version, category, confidence, action, matches, records, paths, fingerprints } = row
  const kind = { rule, rule_version, category, severity: row.severity as Severity, confidence, action }
  const event = { event: 'finding' as const, ...head(emitter, row, seq), ...kind, matches, records, paths }
  return fingerprints.length > 0 ? { ...event, fingerprints } : event
}

/** Written for every service that was looked at, found something or not: silence and a clean bill are not the same. */
function coverageEvent(emitter: Emitter, row: CoverageRow, seq: number): CoverageEvent {
  const { failures } = row
  const not_inspected = failed(row)
  return {
    event: 'coverage',
    ...head(emitter, row, seq),
    records_seen: row.records,
    records_affected: row.affected,
    records_dropped: row.dropped,
    clean: Math.max(0, row.records - row.affected - not_inspected),
    failures,
    not_inspected,
    over_budget: (failures.over_budget ?? 0) + (failures.too_deep ?? 0),
    undecodable: (failures.malformed ?? 0) + (failures.unknown_field ?? 0),
  }
}

function head(emitter: Emitter, row: Row, seq: number): Omit<EventHead, 'event'> {
  const { service, namespace, environment, source, policy_version } = row
  return {
    schema: EVENT_SCHEMA,
    id: eventId(emitter, row),
    instance: emitter.instance,
    run: emitter.run,
    seq,
    version: version(),
    policy_version,
    window_start: isoOf(row.start_ms),
    window_end: isoOf(row.end_ms),
    service,
    ...(namespace === undefined ? {} : { namespace }),
    ...(environment === undefined ? {} : { environment }),
    source,
    first_seen: isoOf(row.first_ms),
    last_seen: isoOf(row.last_ms),
  }
}

/** Of what makes a row another row than any other: windows of a run never begin twice at the same time. */
function eventId(emitter: Emitter, row: Row): string {
  const { service, namespace = '', environment = '', source, policy_version } = row
  const kind = 'rule' in row ? [row.rule, row.rule_version, row.action] : []
  const whose = [service, namespace, environment, source, policy_version]
  const text = JSON.stringify([emitter.run, row.start_ms, whose, kind])
  return createHash('sha256').update(text).digest('hex').slice(0, ID_HEX)
}

export function failed({ failures }: CoverageRow): number {
  let sum = 0
  for (const count of Object.values(failures)) sum += count
  return sum
}

/** A batch of events and the numbers of the first and the last of them. */
export interface CensusBatch {
  readonly batch: Batch
  readonly first: number
  readonly last: number
}

/** NDJSON batches of at most the target size (a single event may be larger). */
export function censusBatches(emitter: Emitter, rows: readonly Numbered[]): CensusBatch[] {
  const batches: CensusBatch[] = []
  let lines: Buffer[] = []
  let size = 0
  const end = (last: number) => {
    if (lines.length > 0) batches.push({ batch: join(lines), first: last - lines.length + 1, last })
    lines = []
    size = 0
  }
  for (const one of rows) {
    const line = Buffer.from(`${JSON.stringify(eventOf(emitter, one))}\n`)
    if (size + line.length > LIMITS.batch_bytes_target) end(one.seq - 1)
    lines.push(line)
    size += line.length
  }
  end(rows.at(-1)?.seq ?? 0)
  return batches
}

function isoOf(ms: number): string {
  return new Date(ms).toISOString()
}

function join(lines: readonly Buffer[]): Batch {
  const ends = new Uint32Array(lines.length)
  let end = 0
  for (let at = 0; at < lines.length; at++) {
    end += lines[at].length
    ends[at] = end
  }
  return { format: 'json', bytes: Buffer.concat(lines), ends, origin: CENSUS }
}
