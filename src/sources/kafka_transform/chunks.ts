// Records as they were fetched, as frames for the workers: in chunks of the size that a worker and a request can take.
import type { FetchedRecord } from '../../net/kafka/client.ts'

/** Below what a topic takes in one batch of records unless it says otherwise (`max.message.bytes`: 1 MiB). */
const CHUNK_BYTES = 900_000
/** About what a record is on the wire besides key, value and headers. */
const RECORD_BYTES = 32

export function* chunksOf(records: readonly FetchedRecord[]): Generator<readonly FetchedRecord[]> {
  let from = 0
  let size = 0
  for (let at = 0; at < records.length; at++) {
    const bytes = sizeOf(records[at])
    if (at > from && size + bytes > CHUNK_BYTES) {
      yield records.slice(from, at)
      from = at
      size = 0
    }
    size += bytes
  }
  if (from < records.length) yield records.slice(from)
}

function sizeOf({ key, value, headers }: FetchedRecord): number {
  let size = RECORD_BYTES + (key?.length ?? 0) + (value?.length ?? 0)
  for (const header of headers) size += header.name.length + (header.value?.length ?? 0) + 2
  return size
}
