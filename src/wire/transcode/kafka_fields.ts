// Tells the records of a value to a writer, with where they came from beside what they say themselves: the timestamp
// when they have none of their own, and attributes. The rest passes through.
import type { KafkaFrame } from '../kafka_frame.ts'
import { Field, type RecordWriter } from '../record.ts'

/**
 * Key and headers stand in each record of a value, so a few of their bytes can become many. When they have repeated
 * this many times the frame's size, the other records go without.
 */
const REPEATED_MAX = 64
const TEXT = new TextEncoder()
const TOPIC = TEXT.encode('kafka.topic')
const PARTITION = TEXT.encode('kafka.partition')
const OFFSET = TEXT.encode('kafka.offset')
const KEY = TEXT.encode('kafka.key')
const HEADERS = TEXT.encode('kafka.headers')

export class KafkaFields implements RecordWriter {
  private readonly frame: KafkaFrame
  private readonly to: RecordWriter
  private readonly frameBytes: number
  private repeatable: number
  /** The last field that was told of the open record; -1 outside of records. */
  private last = -1
  private isGroup = false
  private hasAttributes = false
  /** The map that opens next is that of the record's own attributes. */
  private opensAttributes = false

  constructor(frame: KafkaFrame, frameBytes: number, to: RecordWriter) {
    this.frame = frame
    this.to = to
    this.frameBytes = frameBytes
    this.repeatable = frameBytes * REPEATED_MAX
  }

  openRecord(): void {
    this.to.openRecord()
    this.last = Field.timestamp
    this.hasAttributes = false
    this.isTimed = false
  }

  closeRecord(): void {
    this.before(Field.body)
    this.to.closeRecord()
    this.last = -1
  }

  private isTimed = false

  field(field: number): void {
    if (this.isGroup || this.last < 0) {
      this.to.field(field)
      return
    }
    if (field === Field.timestamp) this.isTimed = true
    this.before(field)
    this.to.field(field)
    this.last = field
    if (field === Field.attributes) this.opensAttributes = true
  }

  /** What has to be told before a field of this number. */
  private before(field: number): void {
    const { to, frame } = this
    if (!this.isTimed && field > Field.timestamp) {
      this.isTimed = true
      const millis = frame.timestamp_ms
      if (millis >= 0n && millis < 253_402_300_800_000n) {
        to.field(Field.timestamp)
        to.time(Number(millis / 1000n), Number(millis % 1000n) * 1_000_000)
      }
    }
    if (field <= Field.attributes || this.hasAttributes) return
    to.field(Field.attributes)
    to.openMap()
    this.attributes()
    to.closeMap()
  }

  private attributes(): void {
    const { to, frame } = this
    this.hasAttributes = true
    to.key(TOPIC, 0, TOPIC.length)
    to.str(frame.topic, 0, frame.topic.length)
    to.key(PARTITION, 0, PARTITION.length)
    to.int(frame.partition)
    to.key(OFFSET, 0, OFFSET.length)
    to.wide(Number(frame.offset >> 32n), Number(frame.offset & 0xffffffffn), false)
    this.repeatable -= this.frameBytes
    if (this.repeatable < 0) return
    if (frame.key !== null) {
      to.key(KEY, 0, KEY.length)
      to.bin(frame.key, 0, frame.key.length)
    }
    if (frame.headers.length === 0) return
    to.key(HEADERS, 0, HEADERS.length)
    to.openMap()
    for (const { name, value } of frame.headers) {
      to.key(name, 0, name.length)
      if (value === null) to.none()
      else to.bin(value, 0, value.length)
    }
    to.closeMap()
  }

  openMap(): void {
    this.to.openMap()
    if (!this.opensAttributes) return
    this.opensAttributes = false
    this.attributes()
  }

  openGroup(): void {
    this.isGroup = true
    this.to.openGroup()
  }

  closeGroup(): void {
    this.isGroup = false
    this.to.closeGroup()
  }

  endGroup(): void {
    this.to.endGroup()
  }

  none(): void {
    this.to.none()
  }

  bool(value: boolean): void {
    this.to.bool(value)
  }

  int(value: number): void {
    this.to.int(value)
  }

  wide(high: number, low: number, negative: boolean): void {
    this.to.wide(high, low, negative)
  }

  double(value: number): void {
    this.to.double(value)
  }

  time(seconds: number, nanos: number): void {
    this.to.time(seconds, nanos)
  }

  id(bytes: Uint8Array, start: number, end: number): void {
    this.to.id(bytes, start, end)
  }

  str(bytes: Uint8Array, start: number, end: number): void {
    this.to.str(bytes, start, end)
  }

  bin(bytes: Uint8Array, start: number, end: number): void {
    this.to.bin(bytes, start, end)
  }

  ext(type: number, bytes: Uint8Array, start: number, end: number): void {
    this.to.ext(type, bytes, start, end)
  }

  closeMap(): void {
    this.to.closeMap()
  }

  openArray(): void {
    this.to.openArray()
  }

  closeArray(): void {
    this.to.closeArray()
  }

  key(bytes: Uint8Array, start: number, end: number): void {
    this.to.key(bytes, start, end)
  }

  openKey(): void {
    this.to.openKey()
  }

  closeKey(): void {
    this.to.closeKey()
  }
}
