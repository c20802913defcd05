// Redacted frames as the records that they become, one behind the other: bytes are copied, and nothing else is made.
import type { RecordRun } from '../../net/kafka/client.ts'
import { putVarint, putVarlong, varintSize, varlongSize } from '../../net/kafka/varint.ts'
import { eachHeader, FrameParts, partLength } from '../../wire/kafka_frame.ts'

const LENGTH_BYTES = 4

/** Null when all of them were dropped. A frame is always larger than the record that it becomes. */
export function runOf(frames: Uint8Array, ends: Uint32Array): RecordRun | null {
  const run = new Run(frames)
  let start = 0
  for (const end of ends) {
    if (end > start) run.add(start)
    start = end
  }
  return run.count === 0 ? null : { count: run.count, bytes: run.written(), first_ms: run.first_ms, max_ms: run.max_ms }
}

class Run {
  count = 0
  first_ms = 0n
  max_ms = 0n
  private readonly frames: Uint8Array
  private readonly out: Uint8Array
  private readonly parts = new FrameParts()
  private at = 0
  private headers = 0

  constructor(frames: Uint8Array) {
    this.frames = frames
    this.out = new Uint8Array(frames.length)
  }

  written(): Uint8Array {
    return this.out.subarray(0, this.at)
  }

  add(start: number): void {
    const { parts, out } = this
    parts.read(this.frames, start)
    const { timestamp_ms } = parts
    if (this.count === 0) this.first_ms = timestamp_ms
    if (this.count === 0 || timestamp_ms > this.max_ms) this.max_ms = timestamp_ms
    const delta_ms = timestamp_ms - this.first_ms
    const valueBytes =
      parts.valueStart < 0 ? -1 : parts.valueEnd - parts.valueStart + parts.prefixEnd - parts.prefixStart
    const size =
      1 +
      varlongSize(delta_ms) +
      varintSize(this.count) +
      sizeOf(parts.keyStart < 0 ? -1 : parts.keyEnd - parts.keyStart) +
      sizeOf(valueBytes) +
      this.headersSize()
    this.at = putVarint(out, this.at, size)
    out[this.at++] = 0
    this.at = putVarlong(out, this.at, delta_ms)
    this.at = putVarint(out, this.at, this.count++)
    this.part(parts.keyStart, parts.keyEnd)
    this.at = putVarint(out, this.at, valueBytes)
    if (valueBytes > 0) {
      this.copy(parts.prefixStart, parts.prefixEnd)
      this.copy(parts.valueStart, parts.valueEnd)
    }
    this.at = putVarint(out, this.at, this.headers)
    if (this.headers > 0) this.putHeaders()
  }

  private headersSize(): number {
    const { frames, parts } = this
    this.headers = 0
    let size = 0
    if (parts.headersEnd > parts.headersStart) {
      eachHeader(frames, parts.headersStart, parts.headersEnd, (name, value) => {
        this.headers++
        size += sizeOf(partLength(frames, name)) + sizeOf(partLength(frames, value))
      })
    }
    return varintSize(this.headers) + size
  }

  private putHeaders(): void {
    const { frames, parts } = this
    eachHeader(frames, parts.headersStart, parts.headersEnd, (name, value) => {
      for (const at of [name, value]) {
        const length = partLength(frames, at)
        this.part(length < 0 ? -1 : at + LENGTH_BYTES, at + LENGTH_BYTES + length)
      }
    })
  }

  private part(start: number, end: number): void {
    this.at = putVarint(this.out, this.at, start < 0 ? -1 : end - start)
    if (start >= 0) this.copy(start, end)
  }

  private copy(start: number, end: number): void {
    if (end <= start) return
    this.out.set(this.frames.subarray(start, end), this.at)
    this.at += end - start
  }
}

/** Of a part with its length in front of it; -1 for null. */
function sizeOf(length: number): number {
  return varintSize(length) + Math.max(0, length)
}
