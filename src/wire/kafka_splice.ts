// Puts edits into records of Kafka: each part is written anew with its length, the value by the wire of its format. A
// frame without an edit is copied; one whose record was dropped is left out.
import { BATCH_PAD_BYTES } from '../core/batch.ts'
import { DROPPED, Edits } from '../core/edits.ts'
import type { Spliced, Wire } from '../core/wire.ts'
import { type FrameHeader, FrameWriter, frameSize, type KafkaFrame, readKafkaFrame } from './kafka_frame.ts'
import { guessFormat } from './kafka_value.ts'
import { spliceMsgpack } from './msgpack_splice.ts'
import { otlp } from './otlp.ts'
import { otlpJson } from './otlp_json.ts'
import { ascending } from './splice.ts'

const NOTHING = new Uint8Array(0)
/** Formats that have lengths to be mended, or commas; in the others an edit is a change of bytes and no more. */
const SPLICES: Partial<Record<KafkaFrame['format'], Wire['splice']>> = {
  msgpack: spliceMsgpack,
  otlp: otlp.splice,
  otlp_json: otlpJson.splice,
}

export function spliceKafka(bytes: Uint8Array, ends: Uint32Array, planned: Edits): Spliced {
  const edits = ascending(planned)
  const parts: Uint8Array[] = []
  const moved: number[] = []
  let size = 0
  let start = 0
  let next = 0
  for (const end of ends) {
    const first = next
    while (next < edits.count && edits.start[next] < end) next++
    const frame = next === first ? bytes.subarray(start, end) : editedFrame(bytes, start, end, edits, first, next)
    if (frame.length > 0) {
      parts.push(frame)
      size += frame.length
      moved.push(size)
    }
    start = end
  }
  const out = new Uint8Array(new ArrayBuffer(size + BATCH_PAD_BYTES), 0, size)
  let at = 0
  for (const part of parts) {
    out.set(part, at)
    at += part.length
  }
  return { bytes: out, ends: Uint32Array.from(moved) }
}

/** Empty when the record goes. */
function editedFrame(
  bytes: Uint8Array,
  start: number,
  end: number,
  edits: Edits,
  first: number,
  next: number,
): Uint8Array {
  const frame = readKafkaFrame(bytes, start)
  const own = new Range(bytes, edits, first, next)
  if (own.coversAll(start, end)) {
    if (edits.head[first] === DROPPED) return NOTHING
    // Only what stands for the record is left of it, and where it came from.
    return encoded({ ...frame, key: null, headers: [], value: own.replacement(first) })
  }
  const headers: FrameHeader[] = []
  const topic = own.text(frame.topic)
  const key = frame.key === null ? null : own.text(frame.key)
  for (const { name, value } of frame.headers) {
    headers.push({ name: own.text(name), value: value === null ? null : own.text(value) })
  }
  const value = frame.value === null ? null : own.value(frame.value, frame.format)
  return value === undefined ? NOTHING : encoded({ ...frame, topic, key, headers, value })
}

function encoded(frame: KafkaFrame): Uint8Array {
  const { format, partition, topic, prefix, value } = frame
  const whole = value === null || prefix.length === 0 ? frame : { ...frame, value: Buffer.concat([prefix, value]) }
  const bytes = new Uint8Array(frameSize(topic, whole))
  new FrameWriter(bytes).frame(format, partition, topic, whole, prefix.length)
  return bytes
}

/** The edits of one frame, taken in order by one part after the other. */
class Range {
  private readonly bytes: Uint8Array
  private readonly edits: Edits
  private next: number
  private readonly last: number

  constructor(bytes: Uint8Array, edits: Edits, first: number, last: number) {
    this.bytes = bytes
    this.edits = edits
    this.next = first
    this.last = last
  }

  coversAll(start: number, end: number): boolean {
    return this.edits.start[this.next] === start && this.edits.end[this.next] === end
  }

  replacement(at: number): Uint8Array {
    return this.edits.bytes.subarray(this.edits.from[at], this.edits.to[at])
  }

  /** The part with its edits; parts are views of the batch. */
  text(part: Uint8Array): Uint8Array {
    const start = part.byteOffset - this.bytes.byteOffset
    const end = start + part.length
    if (!this.isInside(end)) return part
    const pieces: Uint8Array[] = []
    let at = start
    for (; this.isInside(end); this.next++) {
      pieces.push(this.bytes.subarray(at, this.edits.start[this.next]), this.replacement(this.next))
      at = this.edits.end[this.next]
    }
    pieces.push(this.bytes.subarray(at, end))
    return Buffer.concat(pieces)
  }

  /** Undefined when the record was dropped, or nothing is left of it. */
  value(part: Uint8Array, format: KafkaFrame['format']): Uint8Array | undefined {
    const start = part.byteOffset - this.bytes.byteOffset
    const end = start + part.length
    if (!this.isInside(end)) return part
    const splice = SPLICES[format === 'auto' ? guessFormat(part, 0, part.length) : format]
    if (splice === undefined) {
      return this.edits.head[this.next] === DROPPED ? undefined : this.text(part)
    }
    const inner = this.moved(start, end)
    const spliced = splice(part, Uint32Array.of(part.length), inner).bytes
    return spliced.length === 0 ? undefined : spliced
  }

  /** The edits that are left, as offsets behind `start`. */
  private moved(start: number, end: number): Edits {
    const { edits } = this
    const inner = new Edits()
    for (; this.next < this.last; this.next++) {
      const head = edits.head[this.next]
      const movedHead = head < 0 ? head : head - start
      inner.add(edits.start[this.next] - start, edits.end[this.next] - start, movedHead, this.replacement(this.next))
    }
    for (const box of edits.boxes) if (box >= start && box < end) inner.boxes.push(box - start)
    return inner
  }

  private isInside(end: number): boolean {
    return this.next < this.last && this.edits.start[this.next] < end
  }
}
