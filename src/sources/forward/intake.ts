// Turns the requests of one connection into batches and the acks that they promise. Pure: no socket, no clock of its
// own; what has to wait (compressed events) is handed out to the caller, in its place in the order.
import { createHash } from 'node:crypto'
import type { Batch } from '../../core/batch.ts'
import type { Clock } from '../../core/clock.ts'
import type { Naming } from '../../core/component.ts'
import { type Compression, sniffCompression } from '../../net/compression.ts'
import { BROKEN, isArray, isStr, rawText, SHORT, strValue } from '../../net/msgpack.ts'
import { ForwardFrames } from '../../wire/forward_frame.ts'
import { Assembly, type AssemblyBudget } from './assembly.ts'
import { JsonScan } from './json_scan.ts'
import { msgpackOfJson } from './json_value.ts'
import { Request } from './request.ts'
import { RequestScan, TOO_LARGE } from './scan.ts'

/** What came out of the bytes, in the order of the connection. */
export type Taken =
  /** Deliver it (null: there is nothing to deliver), then write the acks. */
  | { kind: 'batch'; batch: Batch | null; acks: Uint8Array[] }
  /** Decompress, then call `inflated` with the outcome, then go on. */
  | { kind: 'compressed'; compression: Compression; events: Uint8Array }
  /** Close: the stream can not be read any further. */
  | { kind: 'broken'; event: 'malformed_request' | 'frame_too_large' | 'assembly_full' }
  /** All is taken; read more. */
  | { kind: 'more' }

/** Requests that are acknowledged and not forwarded, by why. */
export interface Refused {
  signal: number
  undecodable: number
}

/** Of the digest that stands for a client's name of a chunk, which may be as long as it likes. */
const NAME_BYTES = 16
const ACK_HEAD = Buffer.from([0x81, 0xa3, 0x61, 0x63, 0x6b])
const MORE: Taken = { kind: 'more' }

export class Intake {
  readonly refused: Refused = { signal: 0, undecodable: 0 }
  private readonly assembly: Assembly
  private readonly msgpackScan: RequestScan
  private scan: RequestScan | JsonScan
  private readonly request = new Request()
  private frames: ForwardFrames | null = null
  private acks: Uint8Array[] = []
  private begun = false
  private overBudget = false
  private compressed: Taken = MORE
  private readonly limits: { frame_bytes_max: number }
  private readonly origin: string
  private readonly clock: Clock
  private readonly naming: () => Naming
  /** What `inflated` needs of the compressed request. */
  private waiting: { tag: Uint8Array; rest: Uint8Array | null; chunk: Uint8Array | null } | null = null

  constructor(
    origin: string,
    limits: { frame_bytes_max: number },
    budget: AssemblyBudget,
    clock: Clock,
    naming: () => Naming = () => 'none',
  ) {
    this.naming = naming
    this.origin = origin
    this.limits = limits
    this.clock = clock
    this.assembly = new Assembly(budget)
    this.msgpackScan = new RequestScan(limits.frame_bytes_max)
    this.scan = this.msgpackScan
  }

  /** True while the beginning of a request is here and its end is not. */
  get halfReceived(): boolean {
    return this.assembly.length > 0
  }

  /** True while bytes of this read may still be looked at. */
  holds(chunk: Uint8Array): boolean {
    return this.waiting !== null || (this.assembly.bytes === chunk && this.assembly.length > 0)
  }

  push(chunk: Uint8Array): void {
    if (!this.begun && chunk.length > 0) {
      this.begun = true
      if (chunk[0] === 0x5b || chunk[0] === 0x7b) this.scan = new JsonScan(this.limits.frame_bytes_max)
    }
    if (!this.assembly.push(chunk, this.scan.expected)) this.overBudget = true
  }

  /** Gives the memory back. Nothing may be called after it. */
  release(): void {
    this.assembly.release()
  }

  /** Call it until it says `more` or `broken`. */
  take(): Taken {
    if (this.overBudget) return { kind: 'broken', event: 'assembly_full' }
    const { assembly } = this
    for (;;) {
      if (this.naming() === 'alone') {
        const before = this.flush()
        if (before !== null) return before
      }
      const { start } = assembly
      const end = this.scan.next(assembly.bytes, start, assembly.limit)
      if (end === SHORT || end === BROKEN || end === TOO_LARGE) return this.pause(end)
      const whole = this.scan instanceof JsonScan ? this.takeJson(start, end) : this.takeRequest(assembly.bytes, start)
      // A broken request stays where it is: what came before it goes out, then this is found again.
      if (!whole) return this.flush() ?? { kind: 'broken', event: 'malformed_request' }
      if (this.waiting !== null) {
        const before = this.flush()
        // What came before goes first; the compressed request is then read once more.
        if (before !== null) {
          this.waiting = null
          this.scan.reset()
          return before
        }
      }
      assembly.start = end
      this.scan.reset()
      if (this.waiting !== null) return this.compressed
    }
  }

  /** The events of the compressed request that `take` handed out; null when they can not be had. */
  inflated(events: Uint8Array | null): void {
    const waiting = this.waiting
    if (waiting === null) return
    this.waiting = null
    if (waiting.chunk !== null) this.acks.push(waiting.chunk)
    if (events === null) this.refused.undecodable++
    else if (events.length > 0) {
      const frames = this.framesFor(events.length)
      frames.open(waiting.tag, 0, waiting.tag.length)
      frames.append(events, 0, events.length)
      frames.close(waiting.rest)
    }
  }

  private pause(code: number): Taken {
    const before = this.flush()
    if (before !== null) return before
    if (code === SHORT && this.scan instanceof JsonScan && this.scan.isIdle) {
      this.assembly.start = this.assembly.limit
      this.scan.reset()
    }
    if (code === SHORT) return MORE
    return { kind: 'broken', event: code === TOO_LARGE ? 'frame_too_large' : 'malformed_request' }
  }

  private flush(): Taken | null {
    if (this.frames === null && this.acks.length === 0) return null
    const { acks } = this
    const made = this.frames?.finish(this.origin) ?? null
    const isNamed = made !== null && acks.length > 0 && this.naming() !== 'none'
    const batch = isNamed ? { ...made, ids: acks.map(nameOf) } : made
    this.frames = null
    this.acks = []
    return { kind: 'batch', batch, acks }
  }

  private takeJson(start: number, end: number): boolean {
    const bytes = msgpackOfJson(this.assembly.bytes, start, end)
    if (bytes === null) return false
    this.msgpackScan.reset()
    const isWhole = this.msgpackScan.next(bytes, 0, bytes.length) === bytes.length
    return isWhole && this.msgpackScan.count > 0 && this.takeRequest(bytes, 0)
  }

  /** Puts a whole request where it belongs. False when it is none. */
  private takeRequest(bytes: Uint8Array, start: number): boolean {
    if (this.msgpackScan.count === 0) return true
    const { request } = this
    if (!request.read(bytes, start, this.msgpackScan)) return false
    if (request.signal !== 0) {
      this.refused.signal++
      if (request.chunk !== null) this.acks.push(this.ackOf(request.chunk))
      return true
    }
    if (request.mode === 'packed' && this.isCompressed(bytes)) return true
    if (request.eventsFrom < request.eventsTo) this.takeEvents(bytes)
    if (request.chunk !== null) this.acks.push(this.ackOf(request.chunk))
    return true
  }

  private takeEvents(bytes: Uint8Array): void {
    const { request } = this
    const frames = this.framesFor(this.assembly.length)
    const rest = request.rest(bytes)
    const isMessage = request.mode === 'message'
    let { tagFrom: from, tagTo: to } = request
    let tagBytes = bytes
    if (!isStr(bytes[from])) {
      tagBytes = this.tagOf(bytes)
      from = 0
      to = tagBytes.length
    }
    // Messages come one by one; a run of them with one tag becomes one frame.
    if (!isMessage || rest !== null || !frames.isOpen(tagBytes, from, to)) frames.open(tagBytes, from, to)
    if (isMessage) this.takeMessage(frames, bytes)
    else frames.append(bytes, request.eventsFrom, request.eventsTo)
    if (!isMessage || rest !== null) frames.close(rest)
  }

  private takeMessage(frames: ForwardFrames, bytes: Uint8Array): void {
    const { request } = this
    const { eventsFrom: time, eventsTo: end, metadataFrom, metadataTo } = request
    frames.appendByte(0x92)
    const hasMetadata = metadataTo > metadataFrom
    if (hasMetadata) frames.appendByte(0x92)
    const record = time + this.msgpackScan.starts[2] - this.msgpackScan.starts[1]
    if (bytes[time] === 0xc0) frames.append(this.eventTime(), 0, 10)
    else frames.append(bytes, time, record)
    if (hasMetadata) frames.append(bytes, metadataFrom, metadataTo)
    frames.append(bytes, record, end)
  }

  /** True when the events are compressed; then they are kept aside for `take` to hand out. */
  private isCompressed(bytes: Uint8Array): boolean {
    const { request } = this
    const { eventsFrom: from, eventsTo: to } = request
    // Bytes decide, since senders declare wrongly: an event begins with an array, never with a magic number.
    const compression = sniffCompression(bytes, from, to)
    const isDeclared = request.compressed !== '' && request.compressed !== 'text'
    if (compression === null && !(isDeclared && from < to && !isArray(bytes[from]))) return false
    const chunk = request.chunk === null ? null : this.ackOf(request.chunk)
    this.waiting = { tag: this.tagOf(bytes), rest: request.rest(bytes), chunk }
    if (compression === null) this.inflated(null)
    else this.compressed = { kind: 'compressed', compression, events: bytes.subarray(from, to) }
    return true
  }

  /** A copy of the tag, as str. */
  private tagOf(bytes: Uint8Array): Uint8Array {
    const { tagFrom, tagTo } = this.request
    if (isStr(bytes[tagFrom])) return Buffer.from(bytes.subarray(tagFrom, tagTo))
    return strValue(rawText(bytes, tagFrom) ?? '')
  }

  private framesFor(bytes_hint: number): ForwardFrames {
    this.frames ??= new ForwardFrames(bytes_hint)
    return this.frames
  }

  /** In the language of the connection: a JSON client gets JSON. */
  private ackOf(chunk: Uint8Array): Uint8Array {
    if (!(this.scan instanceof JsonScan)) {
      const ack = Buffer.allocUnsafe(ACK_HEAD.length + chunk.length)
      ack.set(ACK_HEAD)
      ack.set(chunk, ACK_HEAD.length)
      return ack
    }
    const token = Buffer.from(rawText(chunk, 0) ?? '').toString('utf8')
    return Buffer.from(JSON.stringify({ ack: token }))
  }

  /** For a message without a time: now, as fluentd does it. */
  private eventTime(): Uint8Array {
    const now_ms = this.clock.now_ms()
    const time = Buffer.alloc(10)
    time.writeUInt16BE(0xd700, 0)
    time.writeUInt32BE(Math.floor(now_ms / 1000), 2)
    time.writeUInt32BE((now_ms % 1000) * 1_000_000, 6)
    return time
  }
}

function nameOf(ack: Uint8Array): string {
  return createHash('sha256').update(ack).digest().subarray(0, NAME_BYTES).toString('base64')
}
