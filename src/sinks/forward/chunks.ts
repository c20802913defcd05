// A batch as the chunks that are sent: frames of one tag together, each chunk with an id of its own. The same batch
// under the same id gives the same chunks, so that a retry can leave out the ones that were acknowledged.
import { createHash } from 'node:crypto'
import type { Batch } from '../../core/batch.ts'
import { SinkError } from '../../core/errors.ts'
import { contentBytes, headBytes, strValue, u32 } from '../../net/msgpack.ts'
import { eventsHeader } from '../../wire/msgpack_frame.ts'
import { countEvents, type Events, plainEvents } from './plain.ts'

export interface Chunk {
  /** Token of the ack: 24 characters, as Fluent Bit makes them. */
  readonly id: string
  readonly tag: Uint8Array
  readonly parts: readonly Uint8Array[]
  readonly bytes: number
  readonly events: number
}

interface Shape {
  readonly metadata: 'plain' | 'v1.5'
  readonly tag?: string | undefined
  readonly chunk_bytes_max: number
}

interface OpenChunk {
  tag: Uint8Array
  parts: Uint8Array[]
  bytes: number
  events: number
}

/** Throws a SinkError when a frame can not be read: the walk has seen it, so that would be a defect. */
export function chunksOf(batch: Batch, id: string, shape: Shape): Chunk[] {
  const done: OpenChunk[] = []
  const open = new Map<string, OpenChunk>()
  let start = 0
  for (const end of batch.ends) {
    const header = eventsHeader(batch.bytes, start, end)
    const events = header < 0 ? null : eventsOf(batch.bytes, header, shape.metadata)
    if (events === null) throw new SinkError('INTERNAL', 'a frame is not whole', false)
    if (events.count > 0) {
      const tag = tagOf(batch.bytes, start + 1)
      const key = tag.toString('latin1')
      const current = open.get(key)
      if (current !== undefined && current.bytes + events.bytes.length <= shape.chunk_bytes_max) {
        current.parts.push(events.bytes)
        current.bytes += events.bytes.length
        current.events += events.count
      } else {
        const next = { tag, parts: [events.bytes], bytes: events.bytes.length, events: events.count }
        open.set(key, next)
        done.push(next)
      }
    }
    start = end
  }
  return done.map((chunk, at) => ({ ...chunk, id: chunkId(id, at), tag: renamed(chunk.tag, shape.tag) }))
}

function eventsOf(bytes: Uint8Array, header: number, metadata: 'plain' | 'v1.5'): Events | null {
  const start = header + 5
  const end = start + u32(bytes, header + 1)
  if (metadata === 'plain') return plainEvents(bytes, start, end)
  const count = countEvents(bytes, start, end)
  return count < 0 ? null : { bytes: bytes.subarray(start, end), count }
}

function tagOf(bytes: Uint8Array, at: number): Buffer {
  const start = at + headBytes(bytes[at])
  return Buffer.from(bytes.subarray(start, start + contentBytes(bytes, at)))
}

function renamed(tag: Uint8Array, template: string | undefined): Uint8Array {
  if (template === undefined) return tag
  const pieces = template.split('{tag}').map((piece) => Buffer.from(piece))
  return Buffer.concat(pieces.flatMap((piece, at) => (at === 0 ? [piece] : [tag, piece])))
}

function chunkId(batch: string, index: number): string {
  return createHash('sha256').update(`${batch}/${index}`).digest().subarray(0, 16).toString('base64')
}

/**
 * `[tag, bin32 events, options]`: the head and the tail around the events. Options are `chunk` (only when an ack is
 * wanted), `size` (number of events) and `compressed`.
 */
export function envelope(chunk: Chunk, bytes: number, wantsAck: boolean, compressed: boolean): [Buffer, Buffer] {
  const head = Buffer.concat([Buffer.of(0x93), strValue(chunk.tag), Buffer.of(0xc6, 0, 0, 0, 0)])
  head.writeUInt32BE(bytes, head.length - 4)
  const size = Buffer.alloc(5, 0xce)
  size.writeUInt32BE(chunk.events, 1)
  const options = [strValue('size'), size]
  if (wantsAck) options.push(strValue('chunk'), strValue(chunk.id))
  if (compressed) options.push(strValue('compressed'), strValue('gzip'))
  return [head, Buffer.concat([Buffer.of(0x80 | (options.length / 2)), ...options])]
}
