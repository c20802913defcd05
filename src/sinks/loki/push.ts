// The body of a push.
//
//   {"streams":[{"stream":{"label":"value",…},"values":[["nanoseconds","line",{"severity":"info",…}?],…]},…]}

import { type Facts, factsOf } from '../../net/document_facts.ts'
import type { Document } from '../../net/documents.ts'

interface Lines {
  readonly records: readonly Document[]
  readonly places: readonly number[]
  readonly begun_ms: number
}

interface Stream {
  readonly stream: Record<string, string>
  readonly values: Entry[]
}

type Entry = [string, string] | [string, string, Record<string, string>]

export function pushBody(
  { records, places, begun_ms }: Lines,
  labelsOf: (service: string) => Record<string, string>,
  withMetadata: boolean,
): Uint8Array {
  const streams = new Map<string, Stream>()
  const byService = new Map<string, Stream>()
  const streamOf = (service: string): Stream => {
    const labels = labelsOf(service)
    const key = JSON.stringify(labels)
    const stream = streams.get(key) ?? { stream: labels, values: [] }
    streams.set(key, stream)
    byService.set(service, stream)
    return stream
  }
  for (const [at, { bytes, facts: known }] of records.entries()) {
    const facts = known ?? factsOf(bytes)
    const { values } = byService.get(facts.service) ?? streamOf(facts.service)
    const line = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString()
    const metadata = withMetadata ? metadataOf(facts) : null
    const time = nanoseconds(facts, begun_ms, places[at])
    values.push(metadata === null ? [time, line] : [time, line, metadata])
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
