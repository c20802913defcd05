// Puts made-up records on the wire: JSON lines, and forward messages in the carrier modes that real clients use.
// It only encodes; who sends them is sender.ts.
import { gzipSync } from 'node:zlib'
import { encode } from '@msgpack/msgpack'
import { BATCH_PAD_BYTES, type Batch } from '../../core/batch.ts'
import { strValue } from '../../net/msgpack.ts'
import { ForwardFrames } from '../../wire/forward_frame.ts'
import { recordAt, type TrafficOptions, type TrafficRecord } from './records.ts'

export type Carrier = 'forward' | 'packed' | 'gzip'

/** Events of one tag, ready to be sent any number of times under other chunk ids. */
export interface Chunk {
  readonly tag: string
  readonly records: number
  /** Bytes of the events before compression. */
  readonly size: number
  readonly carrier: Carrier
  /** Everything up to the options. */
  readonly head: Buffer
}

/** Events in a frame of a batch: some 10 KiB of them. */
const FRAME_EVENTS = 24

/** `[EventTime, record]`: `d7 00`, seconds, nanoseconds. */
export function encodeEvent(record: Pick<TrafficRecord, 'time_ms' | 'body'>): Buffer {
  const head = Buffer.alloc(11)
  head[0] = 0x92
  head[1] = 0xd7
  head.writeUInt32BE(Math.floor(record.time_ms / 1000), 3)
  head.writeUInt32BE((record.time_ms % 1000) * 1_000_000, 7)
  return Buffer.concat([head, encode(record.body)])
}

function encodeChunk(tag: string, events: readonly Buffer[], carrier: Carrier): Chunk {
  const joined = Buffer.concat(events)
  const parts = [Buffer.of(0x93), strValue(tag)]
  if (carrier === 'forward') {
    const count = Buffer.of(0xdd, 0, 0, 0, 0)
    count.writeUInt32BE(events.length, 1)
    parts.push(count, joined)
  } else {
    const payload = carrier === 'gzip' ? gzipSync(joined, { level: 1 }) : joined
    const head = Buffer.of(0xc6, 0, 0, 0, 0)
    head.writeUInt32BE(payload.length, 1)
    parts.push(head, payload)
  }
  return { tag, records: events.length, size: joined.length, carrier, head: Buffer.concat(parts) }
}

/** The options that end a message: the chunk id asks for an acknowledgement. */
export function encodeOptions(chunk: Chunk, id: string): Buffer {
  const options = { chunk: id, size: chunk.records }
  return Buffer.from(encode(chunk.carrier === 'gzip' ? { ...options, compressed: 'gzip' } : options))
}

/** Chunks of about `bytes` each with the records [from, to), in their order within a tag; `seen` is told each one. */
export function* chunksOf(
  from: number,
  to: number,
  options: TrafficOptions,
  carrier: Carrier | ((chunk: number) => Carrier),
  bytes: number,
  seen: (record: TrafficRecord) => void = () => {},
): Generator<Chunk> {
  const open = new Map<string, { events: Buffer[]; size: number }>()
  let count = 0
  const close = (tag: string, events: readonly Buffer[]) => {
    open.delete(tag)
    return encodeChunk(tag, events, typeof carrier === 'string' ? carrier : carrier(count++))
  }
  for (let number = from; number < to; number++) {
    const record = recordAt(number, options)
    seen(record)
    const event = encodeEvent(record)
    const group = open.get(record.tag) ?? { events: [], size: 0 }
    open.set(record.tag, group)
    group.events.push(event)
    group.size += event.length
    if (group.size >= bytes) yield close(record.tag, group.events)
  }
  for (const [tag, { events }] of [...open]) yield close(tag, events)
}

/** One batch of JSON lines of about `bytes`, from record `from` on. */
export function jsonBatch(from: number, bytes: number, options: TrafficOptions): Batch & { records: number } {
  const lines: Buffer[] = []
  let size = 0
  while (size < bytes) {
    const line = Buffer.from(`${JSON.stringify(recordAt(from + lines.length, options).body)}\n`)
    lines.push(line)
    size += line.length
  }
  return { ...framedBatch('json', lines), records: lines.length }
}

/** One batch of forward frames, as the source builds them: a frame of about 16 KiB for each chunk that came in. */
export function forwardBatch(from: number, bytes: number, options: TrafficOptions): Batch & { records: number } {
  const frames = new ForwardFrames(bytes + 65_536)
  const waiting = new Map<string, Buffer[]>()
  let records = 0
  let size = 0
  while (size < bytes) {
    const record = recordAt(from + records++, options)
    const event = encodeEvent(record)
    size += event.length
    waiting.set(record.tag, [...(waiting.get(record.tag) ?? []), event])
  }
  for (const [tag, events] of waiting) addFrames(frames, tag, events)
  return { ...frames.finish('bench'), records }
}

/** One batch of forward frames of one tag. */
export function framesOf(tag: string, events: readonly Buffer[]): Batch {
  const frames = new ForwardFrames(events.reduce((size, { length }) => size + length, 65_536))
  addFrames(frames, tag, events)
  return frames.finish('bench')
}

function addFrames(frames: ForwardFrames, tag: string, events: readonly Buffer[]): void {
  const header = strValue(tag)
  for (let at = 0; at < events.length; at += FRAME_EVENTS) {
    frames.open(header, 0, header.length)
    const joined = Buffer.concat(events.slice(at, at + FRAME_EVENTS))
    frames.append(joined, 0, joined.length)
    frames.close(null)
  }
}

/** Frames back to back in a padded buffer, as a source hands them over. */
export function framedBatch(format: Batch['format'], frames: readonly Uint8Array[]): Batch {
  const size = frames.reduce((sum, frame) => sum + frame.length, 0)
  const bytes = new Uint8Array(new ArrayBuffer(size + BATCH_PAD_BYTES), 0, size)
  const ends = new Uint32Array(frames.length)
  let at = 0
  for (const [i, frame] of frames.entries()) {
    bytes.set(frame, at)
    at += frame.length
    ends[i] = at
  }
  return { format, bytes, ends, origin: 'bench' }
}
