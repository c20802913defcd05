// The messages of an OTLP logs request that hold leaves, in place: LogRecord, Resource and InstrumentationScope
// (opentelemetry/proto v1.11, logs/v1 and resource/v1). Ids, times, flags and enums are no leaves and never change.
//
//   LogRecord ::= { 1 time, 2 severity_number, 3 severity_text, 5 body, 6 attributes*, 7 dropped, 8 flags, 9 trace_id,
//                   10 span_id, 11 observed_time, 12 event_name }
//   Resource  ::= { 1 attributes*, 2 dropped, 3 EntityRef* }
//   EntityRef ::= { 1 schema_url, 2 type, 3 id_keys*, 4 description_keys* }
//   Scope     ::= { 1 name, 2 version, 3 attributes*, 4 dropped }
import type { Leaves } from '../core/leaves.ts'
import { type Paths, ROOT } from '../core/paths.ts'
import { Step } from '../core/wire.ts'
import { OtlpNames } from './otlp_names.ts'
import { known, OtlpValue } from './otlp_value.ts'
import { walkerOf } from './walker.ts'

const LOG_RECORD = known(1, 2, 3, 5, 6, 7, 8, 9, 10, 11, 12)
const RESOURCE = known(1, 2, 3)
const ENTITY_REF = known(1, 2, 3, 4)
const SCOPE = known(1, 2, 3, 4)

const TRACE_ID_BYTES = 16
const SPAN_ID_BYTES = 8

/** Each method walks the content [at, end) of one message; the result is Step.record or a failure. */
export class OtlpMessages {
  private readonly value: OtlpValue
  private named: Paths | undefined
  private names!: OtlpNames
  /** A record with findings is walked again with other paths, and the next one with these. */
  private readonly known = new WeakMap<Paths, OtlpNames>()

  constructor(dropsUnknown: boolean) {
    this.value = new OtlpValue(dropsUnknown)
  }

  begin(bytes: Uint8Array, leaves: Leaves, paths: Paths): void {
    this.value.bytes = bytes
    this.value.leaves = leaves
    if (paths === this.named) return
    this.named = paths
    this.names = this.known.get(paths) ?? new OtlpNames(paths)
    this.known.set(paths, this.names)
    this.value.paths = paths
    this.value.walker = walkerOf(paths)
    this.value.unknownPath = this.names.unknown
  }

  logRecord(at: number, end: number): number {
    const { value, names } = this
    const { bytes } = value
    value.openList(0)
    while (at < end) {
      switch (bytes[at]) {
        case 0x09:
        case 0x59:
          at += 9
          break
        case 0x45:
          at += 5
          break
        case 0x10:
        case 0x38:
          at = value.varint(at, end)
          break
        case 0x1a:
          at = value.text(at, end, names.severityText, at)
          break
        case 0x2a: {
          const stop = value.content(at, end)
          at = stop < 0 ? stop : value.any(value.contentFrom, stop, names.log, ROOT, at, 0)
          break
        }
        case 0x32:
          at = value.keyValue(at, end, names.attributes, 0)
          break
        case 0x4a:
          at = this.id(at, end, TRACE_ID_BYTES)
          break
        case 0x52:
          at = this.id(at, end, SPAN_ID_BYTES)
          break
        case 0x62:
          at = value.text(at, end, names.eventName, at)
          break
        default:
          at = value.unknown(at, end, LOG_RECORD)
      }
      if (at < 0) return at
    }
    return at === end ? Step.record : Step.malformed
  }

  resource(at: number, end: number): number {
    const { value, names } = this
    value.openList(0)
    while (at < end) {
      switch (value.bytes[at]) {
        case 0x0a:
          at = value.keyValue(at, end, names.resourceAttributes, 0)
          break
        case 0x10:
          at = value.varint(at, end)
          break
        case 0x1a: {
          const stop = value.content(at, end)
          at = stop < 0 ? stop : this.entity(value.contentFrom, stop)
          break
        }
        default:
          at = value.unknown(at, end, RESOURCE)
      }
      if (at < 0) return at
    }
    return Step.record
  }

  scope(at: number, end: number): number {
    const { value, names } = this
    value.openList(0)
    while (at < end) {
      switch (value.bytes[at]) {
        case 0x0a:
          at = value.text(at, end, names.scopeName, at)
          break
        case 0x12:
          at = value.text(at, end, names.scopeVersion, at)
          break
        case 0x1a:
          at = value.keyValue(at, end, names.scopeAttributes, 0)
          break
        case 0x20:
          at = value.varint(at, end)
          break
        default:
          at = value.unknown(at, end, SCOPE)
      }
      if (at < 0) return at
    }
    return Step.record
  }

  /** A field of ResourceLogs beside its messages: the schema URL, or one that nobody knows. */
  resourceField(at: number, end: number): number {
    return this.value.bytes[at] === 0x1a
      ? this.value.text(at, end, this.names.resourceSchema, at)
      : this.unknown(at, end)
  }

  scopeField(at: number, end: number): number {
    return this.value.bytes[at] === 0x1a ? this.value.text(at, end, this.names.scopeSchema, at) : this.unknown(at, end)
  }

  unknown(at: number, end: number): number {
    return this.value.unknown(at, end, 0)
  }

  private entity(at: number, end: number): number {
    const { value, names } = this
    const paths = [names.entitySchema, names.entityType, names.entityIdKeys, names.entityDescriptionKeys]
    while (at < end) {
      const byte = value.bytes[at]
      const isText = byte === 0x0a || byte === 0x12 || byte === 0x1a || byte === 0x22
      at = isText ? value.text(at, end, paths[(byte >> 3) - 1], at) : value.unknown(at, end, ENTITY_REF)
      if (at < 0) return at
    }
    return end
  }

  /** An id of its own length is random bytes and stays; one of any other is looked at like an unknown field. */
  private id(at: number, end: number, size: number): number {
    const { value } = this
    const stop = value.content(at, end)
    if (stop < 0) return stop
    const length = stop - value.contentFrom
    return length === 0 || length === size ? stop : value.unknown(at, end, 0)
  }
}
