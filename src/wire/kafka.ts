// Records of Kafka in place: topic, key and headers, then the value, which is walked by the wire of its own format.
// The layout of a frame is in kafka_frame.ts.
import type { Format } from '../core/batch.ts'
import { Kind, type Leaves, RECORD_KEY } from '../core/leaves.ts'
import { type Paths, ROOT } from '../core/paths.ts'
import { type Place, Step, type Walk, type Wire, type Within } from '../core/wire.ts'
import { json } from './json.ts'
import { eachHeader, FrameParts, partLength, type ValueFormat } from './kafka_frame.ts'
import { spliceKafka } from './kafka_splice.ts'
import { guessFormat } from './kafka_value.ts'
import { msgpackValues } from './msgpack_values.ts'
import { otlp } from './otlp.ts'
import { otlpJson } from './otlp_json.ts'
import { text } from './text.ts'
import { type Walker, walkerOf } from './walker.ts'

const TOPIC_PATH = '@tag'
const METADATA_PATH = '@metadata'
const KAFKA_PATH = 'kafka'
const KEY_PATH = 'key'
const HEADERS_PATH = 'headers'

class KafkaWalk implements Walk {
  recordStart = 0
  recordEnd = 0
  readonly within: Within = { format: 'kafka', start: 0, end: 0, nameStart: 0, nameEnd: 0 }
  private bytes: Uint8Array = new Uint8Array(0)
  private start = 0
  private end = 0
  private readonly parts = new FrameParts()
  private isEnvelopeNext = false
  /** The walk of the value; undefined while the envelope is walked, or when there is none. */
  private value: Walk | undefined
  private readonly values: Readonly<Record<Exclude<ValueFormat, 'auto'>, Walk>>
  private named: Paths | undefined
  private walker!: Walker
  private topicPath = 0
  private keyPath = 0
  private headersPath = 0

  constructor(dropsUnknown: boolean) {
    this.values = {
      json: json.walk(),
      text: text.walk(),
      msgpack: msgpackValues.walk(),
      otlp: otlp.walk(dropsUnknown),
      otlp_json: otlpJson.walk(dropsUnknown),
      opaque: new OpaqueWalk(),
    }
  }

  get place(): Place | undefined {
    return this.value?.place
  }

  begin(bytes: Uint8Array, start: number, end: number): void {
    this.bytes = bytes
    this.start = start
    this.end = end
    this.parts.read(bytes, start)
    this.isEnvelopeNext = true
    this.value = undefined
    // The partition and the topic, which stand side by side.
    this.within.nameStart = start + 1
    this.within.nameEnd = this.parts.topicEnd
  }

  next(leaves: Leaves, paths: Paths): number {
    if (this.isEnvelopeNext) {
      this.isEnvelopeNext = false
      return this.envelope(leaves, paths, true)
    }
    const { parts } = this
    if (this.value === undefined) {
      if (parts.valueEnd <= parts.valueStart) return Step.end
      if (parts.format !== 'auto') this.open(parts.format)
      else {
        const guess = guessFormat(this.bytes, parts.valueStart, parts.valueEnd)
        this.open(guess)
        if (guess === 'json') return this.jsonOrText(leaves, paths)
      }
    }
    return this.step(leaves, paths)
  }

  private open(format: Exclude<ValueFormat, 'auto'>): void {
    const { valueStart, valueEnd } = this.parts
    this.value = this.values[format]
    this.value.begin(this.bytes, valueStart, valueEnd)
    // Whose escapes and markers it has.
    this.setWithin(format === 'opaque' ? 'text' : format, valueStart, valueEnd)
  }

  /** What begins like JSON and is none is text. */
  private jsonOrText(leaves: Leaves, paths: Paths): number {
    const step = this.step(leaves, paths)
    if (step !== Step.malformed) return step
    leaves.reset()
    this.open('text')
    return this.step(leaves, paths)
  }

  private step(leaves: Leaves, paths: Paths): number {
    if (this.value === undefined) return Step.end
    const step = this.value.next(leaves, paths)
    this.recordStart = this.value.recordStart
    this.recordEnd = this.value.recordEnd
    return step
  }

  again(leaves: Leaves, paths: Paths): void {
    if (this.value === undefined) this.envelope(leaves, paths, false)
    else this.value.again(leaves, paths)
  }

  private setWithin(format: Format, start: number, end: number): void {
    this.within.format = format
    this.within.start = start
    this.within.end = end
  }

  /** A tombstone is a record without a value, or an empty one: its envelope is all there is to count. */
  private envelope(leaves: Leaves, paths: Paths, skipsQuiet: boolean): number {
    const { bytes, parts } = this
    if (paths !== this.named) this.name(paths)
    this.setWithin('kafka', this.start, this.end)
    this.recordStart = this.start
    this.recordEnd = this.end
    this.leaf(leaves, parts.topicStart, parts.topicEnd, this.topicPath, skipsQuiet, Kind.text)
    if (parts.keyStart >= 0) this.leaf(leaves, parts.keyStart, parts.keyEnd, this.keyPath, skipsQuiet, Kind.text)
    if (parts.headersEnd > parts.headersStart) {
      eachHeader(bytes, parts.headersStart, parts.headersEnd, (name, value) => {
        const nameEnd = name + 4 + partLength(bytes, name)
        const path = paths.child(this.headersPath, paths.keyOf(bytes, name + 4, nameEnd))
        this.leaf(leaves, name + 4, nameEnd, path, skipsQuiet, Kind.key)
        const length = partLength(bytes, value)
        if (length > 0) this.leaf(leaves, value + 4, value + 4 + length, path, skipsQuiet, Kind.text)
      })
    }
    return parts.valueEnd <= parts.valueStart ? Step.record : Step.envelope
  }

  private leaf(leaves: Leaves, start: number, end: number, path: number, skipsQuiet: boolean, kind: number): void {
    if (end <= start) return
    if (
      skipsQuiet &&
      kind === Kind.text &&
      path !== this.topicPath &&
      this.walker.isQuiet(this.bytes, start, end, path)
    )
      return
    leaves.add(start, end, path, kind, start, path === this.keyPath ? RECORD_KEY : -1, -1)
  }

  private name(paths: Paths): void {
    this.named = paths
    this.walker = walkerOf(paths)
    this.topicPath = paths.childNamed(ROOT, TOPIC_PATH)
    const kafkaPath = paths.childNamed(paths.childNamed(ROOT, METADATA_PATH), KAFKA_PATH)
    this.keyPath = paths.childNamed(kafkaPath, KEY_PATH)
    this.headersPath = paths.childNamed(kafkaPath, HEADERS_PATH)
  }
}

/** A value that nobody can read. */
class OpaqueWalk implements Walk {
  recordStart = 0
  recordEnd = 0
  private isDone = false

  begin(_bytes: Uint8Array, start: number, end: number): void {
    this.recordStart = start
    this.recordEnd = end
    this.isDone = false
  }

  next(): number {
    if (this.isDone) return Step.end
    this.isDone = true
    return Step.malformed
  }

  again(): void {}
}

export const kafka: Wire = {
  walk: (dropsUnknown = false) => new KafkaWalk(dropsUnknown),
  splice: spliceKafka,
  encodeText: (bytes) => bytes,
  marker: text.marker,
}
