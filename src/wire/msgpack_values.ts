// Bare msgpack values, one behind the other, without the envelope of a forward chunk: what stands in a Kafka topic.
import type { Leaves } from '../core/leaves.ts'
import { type Paths, ROOT } from '../core/paths.ts'
import { Step, type Walk, type Wire } from '../core/wire.ts'
import { msgpack } from './msgpack.ts'
import { MsgpackValue, SHAPE, Shape } from './msgpack_value.ts'

class MsgpackValuesWalk implements Walk {
  recordStart = 0
  recordEnd = 0
  private bytes: Uint8Array = new Uint8Array(0)
  private at = 0
  private end = 0
  private readonly value = new MsgpackValue()

  begin(bytes: Uint8Array, start: number, end: number): void {
    this.bytes = bytes
    this.at = start
    this.end = end
  }

  next(leaves: Leaves, paths: Paths): number {
    if (this.at >= this.end) return Step.end
    this.recordStart = this.at
    // Each letter of plain text is a number of msgpack: what is no map, array or text can not be a record.
    const shape = SHAPE[this.bytes[this.at]]
    const isRecord = shape === Shape.map || shape === Shape.array || shape === Shape.text
    const step = isRecord ? this.value.walk(this.bytes, this.at, this.end, leaves, paths, ROOT) : Step.malformed
    // What is behind something unreadable cannot be found: it fails with it.
    this.at = step < 0 ? this.end : this.value.at
    this.recordEnd = this.at
    return step
  }

  again(leaves: Leaves, paths: Paths): void {
    this.value.walk(this.bytes, this.recordStart, this.end, leaves, paths, ROOT)
  }
}

export const msgpackValues: Wire = { ...msgpack, walk: () => new MsgpackValuesWalk() }
