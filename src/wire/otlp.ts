// OTLP logs in place: a frame is one ExportLogsServiceRequest in protobuf. Its messages may hold their fields in any
// order: of each, what stands around its records is walked before them.
//
//   Request      ::= { 1 ResourceLogs* }
//   ResourceLogs ::= { 1 Resource, 2 ScopeLogs*, 3 schema_url }
//   ScopeLogs    ::= { 1 Scope, 2 LogRecord*, 3 schema_url }
import type { Leaves } from '../core/leaves.ts'
import type { Paths } from '../core/paths.ts'
import { type Place, Step, type Walk, type Wire } from '../core/wire.ts'
import { OtlpMessages } from './otlp_messages.ts'
import { spliceOtlp } from './otlp_splice.ts'
import { encodeBytes, encodeVarint, field, readField, Type } from './protobuf.ts'

/** What is walked next; in this order, the last five over and over. */
const Stage = {
  begin: 0,
  /** Fields of the request that are no ResourceLogs. */
  envelope: 1,
  resources: 2,
  resource: 3,
  besidesResource: 4,
  scopes: 5,
  besidesScope: 6,
  scope: 7,
  records: 8,
  done: 9,
} as const

class OtlpWalk implements Walk {
  recordStart = 0
  recordEnd = 0
  place: Place = 'record'
  private bytes: Uint8Array = new Uint8Array(0)
  private start = 0
  private end = 0
  private stage: number = Stage.done
  /** Stage of the part that was walked last, and its content. */
  private walked: number = Stage.done
  private partStart = 0
  /** Next field of the request, of the open ResourceLogs and of the open ScopeLogs, and where those lie. */
  private at = 0
  private resourceAt = 0
  private resourceStart = 0
  private resourceEnd = 0
  private scopeAt = 0
  private scopeStart = 0
  private scopeEnd = 0
  /** The first field 1 of the message whose other fields are taken was passed. */
  private sawMain = false
  private readonly messages: OtlpMessages

  constructor(dropsUnknown: boolean) {
    this.messages = new OtlpMessages(dropsUnknown)
  }

  begin(bytes: Uint8Array, start: number, end: number): void {
    this.bytes = bytes
    this.start = start
    this.end = end
    this.stage = Stage.begin
    this.place = 'record'
  }

  next(leaves: Leaves, paths: Paths): number {
    this.messages.begin(this.bytes, leaves, paths)
    if (this.stage === Stage.begin) {
      if (!isFramed(this.bytes, this.start, this.end, 0)) {
        this.stage = Stage.done
        this.recordStart = this.start
        this.recordEnd = this.end
        return Step.malformed
      }
      this.at = this.start
      this.stage = Stage.envelope
    }
    for (;;) {
      if (this.stage === Stage.records) {
        if (this.take(this.scopeAt, this.scopeEnd, 2, true)) {
          this.scopeAt = this.recordEnd
          return this.walk(Stage.records)
        }
        this.stage = Stage.scopes
      } else {
        const step = this.around()
        if (step !== NOTHING_YET) return step
      }
    }
  }

  again(leaves: Leaves, paths: Paths): void {
    this.messages.begin(this.bytes, leaves, paths)
    this.walk(this.walked)
  }

  /** What is walked at the stages before the records of a scope. */
  private around(): number {
    switch (this.stage) {
      case Stage.envelope:
        if (this.take(this.at, this.end, 1, false)) {
          this.at = this.recordEnd
          return this.walk(Stage.envelope)
        }
        this.at = this.start
        this.stage = Stage.resources
        return NOTHING_YET
      case Stage.resources:
        if (!this.take(this.at, this.end, 1, true)) {
          this.stage = Stage.done
          return Step.end
        }
        this.at = this.recordEnd
        this.resourceStart = this.partStart
        this.resourceEnd = this.recordEnd
        this.resourceAt = this.partStart
        this.stage = Stage.besidesResource
        this.sawMain = false
        // The first Resource opens the group; there is none, it opens all the same.
        if (!this.take(this.resourceStart, this.resourceEnd, 1, true)) this.nothingAt(this.resourceStart)
        return this.walk(Stage.resource)
      case Stage.besidesResource:
        if (this.takeBesides(this.resourceAt, this.resourceEnd)) {
          this.resourceAt = this.recordEnd
          return this.walk(Stage.besidesResource)
        }
        this.resourceAt = this.resourceStart
        this.stage = Stage.scopes
        return NOTHING_YET
      case Stage.scopes:
        if (!this.take(this.resourceAt, this.resourceEnd, 2, true)) {
          this.stage = Stage.resources
          return NOTHING_YET
        }
        this.resourceAt = this.recordEnd
        this.scopeStart = this.partStart
        this.scopeEnd = this.recordEnd
        this.scopeAt = this.partStart
        this.stage = Stage.besidesScope
        this.sawMain = false
        return NOTHING_YET
      case Stage.besidesScope:
        if (this.takeBesides(this.scopeAt, this.scopeEnd)) {
          this.scopeAt = this.recordEnd
          return this.walk(Stage.besidesScope)
        }
        this.scopeAt = this.scopeStart
        this.stage = Stage.records
        if (!this.take(this.scopeStart, this.scopeEnd, 1, true)) this.nothingAt(this.scopeStart)
        return this.walk(Stage.scope)
      default:
        return Step.end
    }
  }

  /** Walks the part that was taken. */
  private walk(stage: number): number {
    this.walked = stage
    const { messages, recordStart, recordEnd, partStart } = this
    const isMessage = this.bytes[recordStart] === 0x0a
    switch (stage) {
      case Stage.records:
        this.place = 'record'
        return stepOf(messages.logRecord(partStart, recordEnd), Step.record)
      case Stage.envelope:
        return stepOf(messages.unknown(recordStart, recordEnd), Step.envelope)
      case Stage.resource:
        this.place = 'resource'
        return stepOf(messages.resource(partStart, recordEnd), Step.group)
      case Stage.scope:
        this.place = 'scope'
        return stepOf(messages.scope(partStart, recordEnd), Step.scope)
      case Stage.besidesResource:
        this.place = 'resource'
        if (isMessage) return stepOf(messages.resource(partStart, recordEnd), Step.scope)
        return stepOf(messages.resourceField(recordStart, recordEnd), Step.scope)
      default:
        this.place = 'scope'
        if (isMessage) return stepOf(messages.scope(partStart, recordEnd), Step.scope)
        return stepOf(messages.scopeField(recordStart, recordEnd), Step.scope)
    }
  }

  /** Takes the first field from `at` on that has this number, or with `has` false: that has another. */
  private take(at: number, end: number, number: number, has: boolean): boolean {
    for (; at < end; at = field.end) {
      readField(this.bytes, at, end)
      if ((field.number === number) !== has) continue
      this.taken(at)
      return true
    }
    return false
  }

  /** Takes the next field from `at` on that is neither the first field 1 of its message nor a field 2. */
  private takeBesides(at: number, end: number): boolean {
    for (; at < end; at = field.end) {
      readField(this.bytes, at, end)
      const isMain = field.number === 2 || (field.number === 1 && !this.sawMain)
      if (field.number === 1) this.sawMain = true
      if (isMain) continue
      this.taken(at)
      return true
    }
    return false
  }

  private taken(at: number): void {
    this.recordStart = at
    this.recordEnd = field.end
    this.partStart = field.start
  }

  private nothingAt(at: number): void {
    this.recordStart = at
    this.recordEnd = at
    this.partStart = at
  }
}

const NOTHING_YET = -100

function stepOf(result: number, step: number): number {
  return result < 0 ? result : step
}

/** True when the fields of the request and of its ResourceLogs and ScopeLogs follow one another to the end. */
function isFramed(bytes: Uint8Array, start: number, end: number, level: number): boolean {
  for (let at = start; at < end; ) {
    if (!readField(bytes, at, end)) return false
    const { number, type, start: content, end: stop } = field
    // Their known fields are all of bytes: 1 and, below the request, 2 and 3.
    if (number <= (level === 0 ? 1 : 3) && (type !== Type.bytes || bytes[at] !== ((number << 3) | 2))) return false
    if (level < 2 && number === level + 1 && !isFramed(bytes, content, stop, level + 1)) return false
    at = stop
  }
  return true
}

function ascii(text: string): Uint8Array {
  return Uint8Array.from(text, (letter) => letter.charCodeAt(0))
}

/** `{ key, AnyValue { field } }` as an item of a KeyValueList or of attributes with the tag byte `tag`. */
function keyValue(tag: number, key: string, value: Uint8Array): Uint8Array {
  return encodeBytes(tag, Buffer.concat([encodeBytes(0x0a, ascii(key)), encodeBytes(0x12, value)]))
}

function unreadable(tag: number, reason: string, size: number): Uint8Array {
  return Buffer.concat([
    keyValue(tag, 'logveil_unreadable', encodeBytes(0x0a, ascii(reason))),
    keyValue(tag, 'bytes', Buffer.concat([Uint8Array.of(0x18), encodeVarint(size)])),
  ])
}

export const otlp: Wire = {
  walk: (dropsUnknown) => new OtlpWalk(dropsUnknown ?? false),
  splice: spliceOtlp,
  encodeText: (text) => encodeBytes(0x0a, text),
  marker(reason, size, place) {
    // Resource and scope are fields 1 of what holds them; their attributes are 1 and 3.
    if (place === 'resource') return encodeBytes(0x0a, unreadable(0x0a, reason, size))
    if (place === 'scope') return encodeBytes(0x0a, unreadable(0x1a, reason, size))
    const body = encodeBytes(0x2a, encodeBytes(0x32, unreadable(0x0a, reason, size)))
    const record = encodeBytes(0x12, body)
    return place === 'frame' ? encodeBytes(0x0a, encodeBytes(0x12, record)) : record
  },
}
