// What a census looks like outside: one flat JSON record a row, with an id that stays the same when it is sent again.
// Names, counts and keyed fingerprints only; never a value.
import { createHash } from 'node:crypto'
import type { Batch } from '../core/batch.ts'
import { LIMITS } from '../core/limits.ts'
import { CENSUS } from '../core/plan.ts'
import type { CoverageRow, FindingRow, Tally } from './tally.ts'

export interface Emitter {
  /** Name of this process. */
  readonly instance: string
  readonly policy_version: string
}

/** Bytes of hex that name a record: enough to be unique, short enough for a document id anywhere. */
const ID_HEX = 32

function recordId(emitter: Emitter, row: FindingRow | CoverageRow): string {
  const named = 'rule' in row ? [row.service, row.rule, row.action, row.source] : [row.service, '', '', row.source]
  const parts = [emitter.instance, String(row.start_ms), ...named]
  return createHash('sha256').update(parts.join('\0')).digest('hex').slice(0, ID_HEX)
}

function head(event: 'finding' | 'coverage', emitter: Emitter, row: FindingRow | CoverageRow, seq: number) {
  return {
    event,
    id: recordId(emitter, row),
    seq,
    window_start: new Date(row.start_ms).toISOString(),
    window_end: new Date(row.end_ms).toISOString(),
    instance: emitter.instance,
    policy_version: emitter.policy_version,
    service: row.service,
    source: row.source,
  }
}

export function findingRecord(emitter: Emitter, row: FindingRow, seq: number): Record<string, unknown> {
  const { rule, category, severity, confidence, action, matches, records, paths, fingerprints } = row
  const kind = { rule, category, severity, confidence, action }
  const record = { ...head('finding', emitter, row, seq), ...kind, matches, records, paths }
  return fingerprints.length > 0 ? { ...record, fingerprints } : record
}

/** Written for every service that was looked at, found something or not: silence and a clean bill are not the same. */
export function coverageRecord(emitter: Emitter, row: CoverageRow, seq: number): Record<string, unknown> {
  return {
    ...head('coverage', emitter, row, seq),
    records_seen: row.records,
    records_affected: row.affected,
    records_dropped: row.dropped,
    failures: row.failures,
    clean: Math.max(0, row.records - row.affected - failed(row)),
  }
}

export function failed(row: CoverageRow): number {
  let sum = 0
  for (const count of Object.values(row.failures)) sum += count
  return sum
}

/** A batch of census records and the rows that it was made of. */
export interface CensusBatch {
  readonly batch: Batch
  readonly rows: (CoverageRow | FindingRow)[]
}

/** NDJSON batches of at most the target size (a single record may be larger). `seq` is the first number to use. */
export function censusBatches(
  emitter: Emitter,
  tally: Tally,
  seq: number,
): { batches: CensusBatch[]; next_seq: number } {
  const batches: CensusBatch[] = []
  let lines: Buffer[] = []
  let rows: (CoverageRow | FindingRow)[] = []
  let size = 0
  const end = () => {
    if (lines.length > 0) batches.push({ batch: join(lines), rows })
    lines = []
    rows = []
    size = 0
  }
  for (const row of [...tally.coverage.values(), ...tally.findings.values()]) {
    const record = 'rule' in row ? findingRecord(emitter, row, seq++) : coverageRecord(emitter, row, seq++)
    const line = Buffer.from(`${JSON.stringify(record)}\n`)
    if (size + line.length > LIMITS.batch_bytes_target) end()
    lines.push(line)
    rows.push(row)
    size += line.length
  }
  end()
  return { batches, next_seq: seq }
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
