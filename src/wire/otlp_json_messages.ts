// The messages of OTLP's JSON that hold leaves: LogRecord, Resource, InstrumentationScope, and what stands beside them.
import { Kind, type Leaves } from '../core/leaves.ts'
import { ELEMENT, type Paths, ROOT } from '../core/paths.ts'
import { boxEnd, firstItem, nextItem, valueAt, valueEnd } from './json_cursor.ts'
import { OtlpJsonNames } from './otlp_json_names.ts'
import { OtlpJsonValue } from './otlp_json_value.ts'
import { ANY_VALUE, Kind as Is, KEY_VALUE, type OtlpField, type OtlpMessage, RESOURCE, SCOPE } from './otlp_schema.ts'
import { walkerOf } from './walker.ts'

const QUOTE = 0x22
const OBJECT = 0x7b
const ARRAY = 0x5b

export class OtlpJsonMessages {
  readonly value: OtlpJsonValue
  private named: Paths | undefined
  /** A record with findings is walked again with other paths, and the next one with these. */
  private readonly known = new WeakMap<Paths, OtlpJsonNames>()

  constructor(dropsUnknown: boolean) {
    this.value = new OtlpJsonValue(dropsUnknown)
  }

  begin(bytes: Uint8Array, leaves: Leaves, paths: Paths): void {
    this.value.bytes = bytes
    this.value.leaves = leaves
    this.value.paths = paths
    if (paths === this.named) return
    this.named = paths
    this.value.walker = walkerOf(paths)
    this.value.names = this.known.get(paths) ?? new OtlpJsonNames(paths)
    this.known.set(paths, this.value.names)
  }

  fieldOf(name: number, message: OtlpMessage): OtlpField | undefined {
    return this.value.names.fieldOf(this.value.bytes, name, message)
  }

  /** Walks the message at `at`; returns where it ends, or a failed Step. */
  walk(at: number, message: OtlpMessage): number {
    const { bytes } = this.value
    let end = at + 1
    for (let name = firstItem(bytes, at); name >= 0; name = nextItem(bytes, end)) {
      const value = valueAt(bytes, name)
      const field = this.fieldOf(name, message)
      end = field === undefined ? this.value.unknown(name, value, at) : this.member(field, name, value, at)
      if (end < 0) return end
    }
    return boxEnd(bytes, end)
  }

  /**
   * Walks what the object at `at` holds besides its list of messages and the value at `main`; returns where it ends. A
   * resource or scope that came once more and cannot be walked is taken out.
   */
  besides(at: number, message: OtlpMessage, main: number): number {
    const { value: values } = this
    const { bytes, leaves } = values
    let end = at + 1
    for (let name = firstItem(bytes, at); name >= 0; name = nextItem(bytes, end)) {
      const value = valueAt(bytes, name)
      const field = this.fieldOf(name, message)
      const isList = field?.kind === Is.message && field.isList && bytes[value] === ARRAY
      if (field === undefined) end = values.unknown(name, value, at)
      else if (value === main || isList) end = valueEnd(bytes, value)
      else {
        const before = leaves.count
        end = this.member(field, name, value, at)
        if (end >= 0) continue
        end = valueEnd(bytes, value)
        leaves.count = before
        leaves.add(value, end, values.names.unknown, Kind.unreadable, value, name, at)
      }
    }
    return boxEnd(bytes, end)
  }

  private member(field: OtlpField, name: number, value: number, box: number): number {
    const { value: values } = this
    const { bytes, names } = values
    const path = names.pathOf(field)
    if (field.isList && bytes[value] === ARRAY) return this.list(field, value, path)
    if (!field.isList && field.kind === Is.message && bytes[value] === OBJECT) {
      if (field.message === ANY_VALUE) return values.any(value, names.log, ROOT, name, box, 0)
      if (field.message === RESOURCE || field.message === SCOPE) return this.walk(value, field.message)
    }
    const end = valueEnd(bytes, value)
    if (!field.isList && field.kind === Is.text && bytes[value] === QUOTE) {
      values.text(value, path, name, box, Kind.text)
      return end
    }
    if (values.isPlain(field, value, end)) return end
    // What claims to be an id or a time and is none is not trusted by its name.
    const isNamed = field.kind === Is.message || field.kind === Is.text
    return values.strange(value, isNamed ? path : names.unknown, name, box)
  }

  /** Attributes, entity references or texts. */
  private list(field: OtlpField, box: number, path: number): number {
    const { value: values } = this
    const { bytes, paths } = values
    if (field.message === KEY_VALUE) return values.keyValues(box, path, 0)
    let end = box + 1
    for (let at = firstItem(bytes, box); at >= 0; at = nextItem(bytes, end)) {
      const isText = field.kind === Is.text && bytes[at] === QUOTE
      if (isText) values.text(at, paths.child(path, ELEMENT), at, box, Kind.text)
      if (isText) end = valueEnd(bytes, at)
      else if (field.kind === Is.message && bytes[at] === OBJECT) end = this.walk(at, field.message)
      else end = values.strange(at, paths.child(path, ELEMENT), at, box)
    }
    return boxEnd(bytes, end)
  }
}
