// The body of a push.
//
//   {"streams":[{"stream":{"label":"value",…},"values":[["nanoseconds","line",{"severity":"info",…}?],…]},…]}
import type { Document } from '../../wire/transcode/documents.ts'
import { type Facts, factsOf } from '../../wire/transcode/json_facts.ts'

interface Lines {
  readonly records: readonly Document[]
  readonly places: readonly number[]
  readonly begun_ms: number
}

type Entry = [string, string] | [string, string, Record<string, string>]

export function pushBody(
  { records, places, begun_ms }: Lines,
  labelsOf: (service: string) => Record<string, string>,
  withMetadata: boolean,
): Uint8Array {
  const streams = new Map<string, { stream: Record<string, string>; values: Entry[] }>()
  for (const [at, { bytes, facts: known }] of records.entries()) {
    const facts = known ?? factsOf(bytes)
    const stream = labelsOf(facts.service)
    const key = JSON.stringify(stream)
    const found = streams.get(key) ?? { stream, values: [] }
    streams.set(key, found)
    const line = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString()
    const metadata = withMetadata ? metadataOf(facts) : null
    const time = nanoseconds(facts, begun_ms, places[at])
    found.values.push(metadata === null ? [time, line] : [time, line, metadata])
  }
  return Buffer.from(JSON.stringify({ streams: [...streams.values()] }))
}

/** Records without a time get one each: Loki keeps one of equal lines at the same time. */
function nanoseconds({ time }: Facts, begun_ms: number, place: number): string {
  if (time === null) return String(BigInt(begun_ms) * 1_000_000n + BigInt(place))
  return `${time.seconds}${String(time.nanos).padStart(9, '0')}`
}

function metadataOf({ severity, trace_id, span_id }: Facts): Record<string, string> | null {
  const found = Object.entries({ severity, trace_id, span_id }).filter(([, value]) => value !== '')
  return found.length === 0 ? null : Object.fromEntries(found)
}
