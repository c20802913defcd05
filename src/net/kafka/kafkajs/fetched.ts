// What was fetched of one partition at once, as takers see it: the records that were asked for, out of whole batches.
import { release } from '../../../core/release.ts'
import type { Fetched, FetchedRecord } from '../client.ts'
import { type RecordBlock, recordsOfAll } from '../record_block.ts'

export interface FetchedPlace {
  readonly topic: string
  readonly partition: number
  readonly next: bigint
  readonly high_watermark: bigint
  readonly generation: number
  readonly signal: AbortSignal
}

/** Null when no record at or behind `from` is in the blocks: those at their end were compacted away. */
export function fetchedOf(place: FetchedPlace, blocks: readonly RecordBlock[], from: bigint): Fetched | null {
  const [one] = recordsOfAll(blocks, from)
  if (one === undefined) return null
  const first = one.offset
  let records: readonly FetchedRecord[] | null = null
  return {
    ...place,
    first,
    bytes: blocks.reduce((sum, { bytes }) => sum + bytes.length, 0),
    from(offset) {
      if (offset < first) return recordsOfAll(blocks, first)
      return recordsOfAll(blocks, offset)
    },
    release() {
      for (const { bytes, isOwn } of blocks) if (isOwn) release(bytes)
    },
    get records() {
      records ??= [...recordsOfAll(blocks, first)]
      return records
    },
  }
}
