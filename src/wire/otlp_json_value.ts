// Attributes and values of OTLP's JSON in place, and what a message of it holds besides: the leaves are those of the
// same data in protobuf (wire/otlp_value.ts). Every object was looked at before and is well-formed.
import { Kind, type Leaves } from '../core/leaves.ts'
import { LIMITS } from '../core/limits.ts'
import { ELEMENT, type Paths } from '../core/paths.ts'
import { Step } from '../core/wire.ts'
import { JsonText } from './json.ts'
import { boxEnd, firstItem, nextItem, valueAt, valueEnd } from './json_cursor.ts'
import type { OtlpJsonNames } from './otlp_json_names.ts'
import { ANY_VALUE, Kind as Is, KEY_VALUE, type OtlpField } from './otlp_schema.ts'
import { hexValue, seen, skipString } from './transcode/json_skip.ts'
import type { Walker } from './walker.ts'

const QUOTE = 0x22
const OBJECT = 0x7b
const ARRAY = 0x5b
const NULL = 0x6e
const TRUE = 0x74
const FALSE = 0x66
/** Digits and signs of the longest number of 64 bits, or of a double. */
const NUMBER_BYTES_MAX = 32

/** Each method walks what is at `at` and returns where it ends, or a failed Step. */
export class OtlpJsonValue {
  bytes: Uint8Array = new Uint8Array(0)
  leaves!: Leaves
  paths!: Paths
  walker!: Walker
  names!: OtlpJsonNames
  private readonly dropsUnknown: boolean
  private readonly json = new JsonText(true)

  constructor(dropsUnknown: boolean) {
    this.dropsUnknown = dropsUnknown
  }

  /** The KeyValues of the array at `box`. */
  keyValues(box: number, above: number, depth: number): number {
    const { bytes } = this
    let end = box + 1
    for (let at = firstItem(bytes, box); at >= 0; at = nextItem(bytes, end)) {
      end = bytes[at] === OBJECT ? this.keyValue(at, box, above, depth) : this.strange(at, above, at, box)
      if (end < 0) return end
    }
    return boxEnd(bytes, end)
  }

  /** Nearly always: the key, then the value, and no more. */
  private keyValue(at: number, box: number, above: number, depth: number): number {
    const { bytes, paths, names, leaves } = this
    const before = leaves.count
    const first = firstItem(bytes, at)
    const text = first >= 0 && names.fieldOf(bytes, first, KEY_VALUE)?.snake === 'key' ? valueAt(bytes, first) : -1
    if (text < 0 || bytes[text] !== QUOTE) return this.anyKeyValue(at, box, above, depth)
    const path = paths.child(above, names.keyOf(bytes, text))
    this.key(text, path, at, box)
    let end = skipString(bytes, text, bytes.length)
    const second = nextItem(bytes, end)
    if (second < 0) return boxEnd(bytes, end)
    const value = names.fieldOf(bytes, second, KEY_VALUE)?.snake === 'value' ? valueAt(bytes, second) : -1
    if (value >= 0 && bytes[value] === OBJECT) {
      end = this.any(value, path, path, at, box, depth)
      if (end < 0) return end
      if (nextItem(bytes, end) < 0) return boxEnd(bytes, end)
    }
    leaves.count = before
    return this.anyKeyValue(at, box, above, depth)
  }

  /** A KeyValue whose members come in any order: the last key names it; each of its keys and values is looked at. */
  private anyKeyValue(at: number, box: number, above: number, depth: number): number {
    const { bytes, paths, names } = this
    let key = -1
    for (let name = firstItem(bytes, at); name >= 0; name = nextItem(bytes, valueEnd(bytes, valueAt(bytes, name)))) {
      const value = valueAt(bytes, name)
      if (bytes[value] === QUOTE && names.fieldOf(bytes, name, KEY_VALUE)?.snake === 'key') key = value
    }
    const path = paths.child(above, key < 0 ? paths.keyOf(bytes, 0, 0) : names.keyOf(bytes, key))
    let end = at + 1
    for (let name = firstItem(bytes, at); name >= 0; name = nextItem(bytes, end)) {
      const value = valueAt(bytes, name)
      const field = names.fieldOf(bytes, name, KEY_VALUE)
      if (field === undefined) end = this.unknown(name, value, at)
      else if (field.kind === Is.message && bytes[value] === OBJECT) {
        end = this.any(value, path, path, at, box, depth)
      } else {
        end = valueEnd(bytes, value)
        if (field.kind === Is.text && bytes[value] === QUOTE) this.key(value, path, at, box)
        else if (!this.isPlain(field, value, end)) this.strange(value, path, name, at)
      }
      if (end < 0) return end
    }
    return boxEnd(bytes, end)
  }

  private key(at: number, path: number, member: number, box: number): void {
    if (this.paths.cleanKeys[this.paths.key[path]] !== 0) return
    const end = skipString(this.bytes, at, this.bytes.length) - 1
    if (end === at + 1) return
    const leaf = this.leaves.add(at + 1, end, path, Kind.key, at, member, box)
    if (seen.escape) this.leaves.markEscaped(leaf)
  }

  /** The AnyValue at `at`. `inMap` is the path above its members when it is a map. */
  any(at: number, path: number, inMap: number, member: number, box: number, depth: number): number {
    const { bytes, names } = this
    let end = at + 1
    for (let name = firstItem(bytes, at); name >= 0; name = nextItem(bytes, end)) {
      const value = valueAt(bytes, name)
      const field = names.fieldOf(bytes, name, ANY_VALUE)
      if (field === undefined) end = this.unknown(name, value, at)
      else if (field.kind === Is.message && bytes[value] === OBJECT) {
        if (depth >= LIMITS.depth_max) return Step.too_deep
        end = this.list(field, value, path, inMap, depth + 1)
      } else {
        end = valueEnd(bytes, value)
        if (!this.scalar(field, name, value, end, path, member, box)) this.strange(value, path, name, at)
      }
      if (end < 0) return end
    }
    return boxEnd(bytes, end)
  }

  /** An ArrayValue or KeyValueList. */
  private list(of: OtlpField, at: number, path: number, inMap: number, depth: number): number {
    const { bytes, names, paths } = this
    const isMap = of.snake === 'kvlist_value'
    let end = at + 1
    for (let name = firstItem(bytes, at); name >= 0; name = nextItem(bytes, end)) {
      const value = valueAt(bytes, name)
      if (names.fieldOf(bytes, name, of.message) === undefined) end = this.unknown(name, value, at)
      else if (bytes[value] !== ARRAY) end = this.strange(value, path, name, at)
      else if (isMap) end = this.keyValues(value, inMap, depth)
      else end = this.items(value, paths.child(path, ELEMENT), depth)
      if (end < 0) return end
    }
    return boxEnd(bytes, end)
  }

  private items(box: number, path: number, depth: number): number {
    const { bytes } = this
    let end = box + 1
    for (let at = firstItem(bytes, box); at >= 0; at = nextItem(bytes, end)) {
      end = bytes[at] === OBJECT ? this.any(at, path, path, at, box, depth) : this.strange(at, path, at, box)
      if (end < 0) return end
    }
    return boxEnd(bytes, end)
  }

  /** A value of AnyValue in the kind that its member says; false when it is of another. */
  private scalar(
    field: OtlpField,
    name: number,
    value: number,
    end: number,
    path: number,
    member: number,
    box: number,
  ): boolean {
    const { bytes } = this
    const isString = bytes[value] === QUOTE
    switch (field.kind) {
      case Is.text:
      case Is.bytes:
        if (isString) this.text(value, path, member, box, field.kind === Is.bytes ? Kind.base64 : Kind.text)
        return isString || bytes[value] === NULL
      case Is.int64:
      case Is.double: {
        const [from, stop] = isString ? [value + 1, end - 1] : [value, end]
        if (!isNumber(bytes, from, stop)) return bytes[value] === NULL
        const silence = this.paths.silence[path]
        const isSilent = silence === 2 || (silence === 1 && stop - from < this.paths.digitsMin)
        if (!isSilent) this.leaves.add(from, stop, path, Kind.typed_number, name, member, box)
        return true
      }
      default:
        return this.isPlain(field, value, end)
    }
  }

  /** The string at `at`. */
  text(at: number, path: number, member: number, box: number, kind: number): void {
    const { bytes, paths } = this
    const end = skipString(bytes, at, bytes.length) - 1
    if (end === at + 1 || paths.silence[path] === 2) return
    const isEscaped = seen.escape
    if (kind === Kind.text && !isEscaped && this.walker.isQuiet(bytes, at + 1, end, path)) return
    const leaf = this.leaves.add(at + 1, end, path, kind, at, member, box)
    if (isEscaped) this.leaves.markEscaped(leaf)
  }

  /** True for what is no leaf and never changes: enums, counts, times, ids, booleans, null, where they belong. */
  isPlain({ kind, snake }: OtlpField, value: number, end: number): boolean {
    const { bytes } = this
    const first = bytes[value]
    if (first === NULL) return true
    if (kind === Is.bool) return first === TRUE || first === FALSE
    if (kind === Is.message || kind === Is.text || kind === Is.bytes) return false
    const [from, stop] = first === QUOTE ? [value + 1, end - 1] : [value, end]
    if (kind !== Is.id) return isNumber(bytes, from, stop)
    const letters = snake === 'trace_id' ? 32 : 16
    return first === QUOTE && (stop === from || (stop - from === letters && isHex(bytes, from, stop)))
  }

  /** A member that its object does not have in OTLP. */
  unknown(name: number, value: number, box: number): number {
    const { bytes, names, paths, leaves } = this
    const path = paths.child(names.unknown, names.keyOf(bytes, name))
    if (this.dropsUnknown) {
      const end = valueEnd(bytes, value)
      leaves.add(value, end, path, Kind.unreadable, value, name, box)
      return end
    }
    this.key(name, path, name, box)
    return this.strange(value, path, name, box)
  }

  /** A value that is not what its place wants, leaf by leaf; one that is nested too deep is taken out. */
  strange(value: number, path: number, member: number, box: number): number {
    const { bytes, leaves, paths } = this
    const before = leaves.count
    const end = valueEnd(bytes, value)
    if (this.json.walk(bytes, value, end, leaves, paths, path) !== Step.record) {
      leaves.count = before
      leaves.add(value, end, path, Kind.unreadable, value, member, box)
    }
    for (let leaf = before; leaf < leaves.count; leaf++) {
      if (leaves.member[leaf] >= 0) continue
      leaves.member[leaf] = member
      leaves.box[leaf] = box
    }
    return end
  }
}

function isNumber(bytes: Uint8Array, start: number, end: number): boolean {
  if (end - start > NUMBER_BYTES_MAX) return false
  let hasDigit = false
  for (let at = start; at < end; at++) {
    const byte = bytes[at]
    if (byte >= 0x30 && byte <= 0x39) hasDigit = true
    else if (byte !== 0x2d && byte !== 0x2b && byte !== 0x2e && (byte | 0x20) !== 0x65) return false
  }
  return hasDigit
}

function isHex(bytes: Uint8Array, start: number, end: number): boolean {
  for (let at = start; at < end; at++) if (hexValue(bytes[at]) < 0) return false
  return true
}
