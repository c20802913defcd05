// Attributes and values of OTLP in place (opentelemetry/proto/common/v1/common.proto): where each key, string and
// number of them lies. It copies nothing, and reads the fields in any order and as often as they come.
//
//   KeyValue ::= { 1 key, 2 AnyValue, 3 key_strindex }
//   AnyValue ::= { 1 string | 2 bool | 3 int | 4 double | 5 ArrayValue | 6 KeyValueList | 7 bytes | 8 strindex }
//   ArrayValue ::= { 1 AnyValue* }    KeyValueList ::= { 1 KeyValue* }
import { Kind, type Leaves } from '../core/leaves.ts'
import { LIMITS } from '../core/limits.ts'
import { ELEMENT, type Paths } from '../core/paths.ts'
import { Step } from '../core/wire.ts'
import { isPlainText } from './plain_text.ts'
import { field, readField, readVarint32, Type, varintEnd } from './protobuf.ts'
import { mayHaveDigits } from './protobuf_number.ts'
import type { Walker } from './walker.ts'

/** Numbers of the fields of a message, as bits: those come in the type that the protocol gives them, or not at all. */
export function known(...numbers: number[]): number {
  return numbers.reduce((bits, number) => bits | (1 << number), 0)
}

const KEY_VALUE = known(1, 2, 3)
const ANY_VALUE = known(1, 2, 3, 4, 5, 6, 7, 8)
const LIST = known(1)

/** Every method reads from `at` (a tag, or a content's first byte) and returns where it stopped, or a failed Step. */
export class OtlpValue {
  bytes: Uint8Array = new Uint8Array(0)
  leaves!: Leaves
  paths!: Paths
  walker!: Walker
  /** Path of fields that nobody knows. */
  unknownPath = 0
  /** Takes out such fields instead of looking into them. */
  private readonly dropsUnknown: boolean
  /** By depth: path of the last key of the list that is open there; -1 before its first. */
  private readonly lastPaths = new Int32Array(LIMITS.depth_max + 2)
  /** Where the content of the field begins that `content` was asked for. */
  private from = 0

  constructor(dropsUnknown: boolean) {
    this.dropsUnknown = dropsUnknown
  }

  /** Forgets the keys of the list at `depth` that was open before. */
  openList(depth: number): void {
    this.lastPaths[depth] = -1
  }

  /** The field of text or bytes at `at`, with a tag of one byte. */
  text(at: number, end: number, path: number, member: number): number {
    const stop = this.content(at, end)
    if (stop < 0) return stop
    const { bytes, paths, from } = this
    if (from === stop || paths.silence[path] === 2 || this.walker.isQuiet(bytes, from, stop, path)) return stop
    this.leaves.add(from, stop, path, Kind.text, at, member, member)
    return stop
  }

  /** The KeyValue in the field at `at`, an item of the list at `depth` whose path is `above`. */
  keyValue(at: number, end: number, above: number, depth: number): number {
    const stop = this.content(at, end)
    if (stop < 0) return stop
    const { bytes } = this
    const start = this.from
    // Nearly always: the key, then the value.
    if (start === stop || bytes[start] !== 0x0a) return this.anyKeyValue(at, start, stop, above, depth)
    const keyEnd = this.content(start, stop)
    if (keyEnd < 0) return keyEnd
    if (bytes[keyEnd] !== 0x12 || keyEnd === stop) return this.anyKeyValue(at, start, stop, above, depth)
    const keyStart = this.from
    const valueEnd = this.content(keyEnd, stop)
    if (valueEnd !== stop) return valueEnd < 0 ? valueEnd : this.anyKeyValue(at, start, stop, above, depth)
    const valueStart = this.from
    const path = this.key(start, keyStart, keyEnd, above, depth, at)
    return this.any(valueStart, stop, path, path, at, depth)
  }

  /** A KeyValue whose fields come in any order: the last key names it, and each of its keys and values is looked at. */
  private anyKeyValue(member: number, start: number, stop: number, above: number, depth: number): number {
    const { bytes } = this
    let keyStart = start
    let keyEnd = start
    for (let at = start; at < stop; at = field.end) {
      if (!readField(bytes, at, stop)) return Step.malformed
      if (bytes[at] !== 0x0a) continue
      keyStart = field.start
      keyEnd = field.end
    }
    const path = this.keyPath(keyStart, keyEnd, above, depth)
    for (let at = start; at < stop; ) {
      switch (bytes[at]) {
        case 0x0a: {
          const end = this.content(at, stop)
          if (end > this.from) this.leaves.add(this.from, end, path, Kind.key, at, member, member)
          at = end
          break
        }
        case 0x12: {
          const end = this.content(at, stop)
          at = end < 0 ? end : this.any(this.from, end, path, path, member, depth)
          break
        }
        case 0x18:
          at = this.varint(at, stop)
          break
        default:
          at = this.unknown(at, stop, KEY_VALUE)
      }
      if (at < 0) return at
    }
    return stop
  }

  private key(at: number, start: number, stop: number, above: number, depth: number, member: number): number {
    const path = this.keyPath(start, stop, above, depth)
    if (this.paths.cleanKeys[this.paths.key[path]] === 0 && stop > start) {
      this.leaves.add(start, stop, path, Kind.key, at, member, member)
    }
    return path
  }

  private keyPath(start: number, stop: number, above: number, depth: number): number {
    const { paths, bytes, lastPaths } = this
    const last = lastPaths[depth]
    const guess = last < 0 ? paths.first[above] : paths.next[last]
    let path = guess
    if (guess === 0 || paths.isKeyAt(guess, bytes, start, stop) !== stop - start) {
      path = paths.child(above, paths.keyOf(bytes, start, stop))
      if (last < 0) paths.first[above] = path
      else paths.next[last] = path
    }
    lastPaths[depth] = path
    return path
  }

  /** The AnyValue in [at, end). `inMap` is the path above its members when it is a map; `member`, what holds it. */
  any(at: number, end: number, path: number, inMap: number, member: number, depth: number): number {
    const { bytes } = this
    while (at < end) {
      switch (bytes[at]) {
        case 0x0a:
        case 0x3a:
          at = this.text(at, end, path, member)
          break
        case 0x10:
        case 0x40:
          at = this.varint(at, end)
          break
        case 0x18: {
          const stop = this.varint(at, end)
          if (stop > 0) this.number(at, stop, path, member)
          at = stop
          break
        }
        case 0x21:
          if (at + 9 > end) return Step.malformed
          this.number(at, at + 9, path, member)
          at += 9
          break
        case 0x2a:
        case 0x32: {
          if (depth >= LIMITS.depth_max) return Step.too_deep
          const isMap = bytes[at] === 0x32
          const stop = this.content(at, end)
          if (stop < 0) return stop
          const from = this.from
          at = isMap ? this.map(from, stop, inMap, depth + 1) : this.array(from, stop, path, depth + 1)
          break
        }
        default:
          at = this.unknown(at, end, ANY_VALUE)
      }
      if (at < 0) return at
    }
    return end
  }

  private map(at: number, end: number, path: number, depth: number): number {
    this.openList(depth)
    while (at < end) {
      at = this.bytes[at] === 0x0a ? this.keyValue(at, end, path, depth) : this.unknown(at, end, LIST)
      if (at < 0) return at
    }
    return end
  }

  private array(at: number, end: number, path: number, depth: number): number {
    const element = this.paths.child(path, ELEMENT)
    while (at < end) {
      const item = at
      if (this.bytes[at] === 0x0a) {
        const stop = this.content(at, end)
        at = stop < 0 ? stop : this.any(this.from, stop, element, element, item, depth)
      } else at = this.unknown(at, end, LIST)
      if (at < 0) return at
    }
    return end
  }

  private number(at: number, end: number, path: number, member: number): void {
    const silence = this.paths.silence[path]
    if (silence === 2 || (silence === 1 && !mayHaveDigits(this.bytes, at, this.paths.digitsMin))) return
    this.leaves.add(at, end, path, Kind.protobuf_number, at, member, member)
  }

  /** Where the varint field at `at` ends. */
  varint(at: number, end: number): number {
    return varintEnd(this.bytes, at + 1, end)
  }

  /** Where the content of the bytes field at `at` ends; `from` is where it begins. Its tag has one byte. */
  content(at: number, end: number): number {
    const { bytes } = this
    let from = at + 1
    if (from >= end) return Step.malformed
    let length = bytes[from++]
    if (length >= 0x80) {
      length = readVarint32(bytes, at + 1, end)
      if (length < 0) return Step.malformed
      from = varintEnd(bytes, at + 1, end)
    }
    this.from = from
    return from + length > end ? Step.malformed : from + length
  }

  get contentFrom(): number {
    return this.from
  }

  /** A field whose tag is none of its message's: malformed when its number is, else one of another version. */
  unknown(at: number, end: number, fields: number): number {
    if (!readField(this.bytes, at, end)) return Step.malformed
    if (field.number < 32 && ((fields >> field.number) & 1) === 1) return Step.malformed
    const stop = field.end
    this.strange(at, stop, 0)
    return stop
  }

  /** A field of a message of which nothing is known. What is neither a number, text nor a message is taken out. */
  private strange(at: number, stop: number, depth: number): void {
    readField(this.bytes, at, stop)
    const { type, start, end } = field
    const { unknownPath: path, leaves } = this
    if (this.dropsUnknown) leaves.add(start, end, path, Kind.unreadable, at, at, at)
    else if (type !== Type.bytes) leaves.add(at, end, path, Kind.protobuf_number, at, at, at)
    else if (isPlainText(this.bytes, start, end)) {
      if (end > start) leaves.add(start, end, path, Kind.text, at, at, at)
    } else if (depth < LIMITS.unknown_message_depth_max && this.isMessage(start, end)) {
      for (let next = start; next < end; ) {
        readField(this.bytes, next, end)
        const after = field.end
        this.strange(next, after, depth + 1)
        next = after
      }
    } else leaves.add(start, end, path, Kind.unreadable, at, at, at)
  }

  private isMessage(start: number, end: number): boolean {
    for (let at = start; at < end; at = field.end) if (!readField(this.bytes, at, end)) return false
    return true
  }
}
