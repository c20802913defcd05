// OTLP's JSON in place: a frame is one ExportLogsServiceRequest as a JSON document. Its members may come in any order
// and more than once; of each object, what stands around its records is walked before them.
import type { Leaves } from '../core/leaves.ts'
import { type Paths, ROOT } from '../core/paths.ts'
import { type Place, Step, type Walk, type Wire } from '../core/wire.ts'
import { json } from './json.ts'
import { boxEnd, firstItem, nextItem, valueAt, valueEnd } from './json_cursor.ts'
import { OtlpJsonMessages } from './otlp_json_messages.ts'
import { spliceOtlpJson } from './otlp_json_splice.ts'
import { LOG_RECORD, type OtlpMessage, REQUEST, RESOURCE, RESOURCE_LOGS, SCOPE, SCOPE_LOGS } from './otlp_schema.ts'
import { skipJson, skipSpace } from './transcode/json_skip.ts'

const OBJECT = 0x7b
const ARRAY = 0x5b
const encoder = new TextEncoder()

/** Goes through the elements of all lists of messages in an object. */
class Items {
  /** The element that `next` found. */
  at = -1
  private bytes: Uint8Array = new Uint8Array(0)
  /** The member that is next, or in whose list `at` is. */
  private name = -1
  private readonly messages: OtlpJsonMessages
  private readonly message: OtlpMessage

  constructor(messages: OtlpJsonMessages, message: OtlpMessage) {
    this.messages = messages
    this.message = message
  }

  /** From the beginning of the object at `object`; of anything else there are no elements. */
  begin(bytes: Uint8Array, object: number): void {
    this.bytes = bytes
    this.at = -1
    this.name = bytes[object] === OBJECT ? firstItem(bytes, object) : -1
  }

  /** `end` is where the element ends that was found before. */
  next(end: number): boolean {
    const { bytes } = this
    if (this.at >= 0) {
      this.at = nextItem(bytes, end)
      if (this.at < 0) this.name = nextItem(bytes, boxEnd(bytes, end))
    }
    while (this.at < 0 && this.name >= 0) {
      const value = valueAt(bytes, this.name)
      const field = this.messages.fieldOf(this.name, this.message)
      if (field?.isList && bytes[value] === ARRAY) this.at = firstItem(bytes, value)
      if (this.at < 0) this.name = nextItem(bytes, valueEnd(bytes, value))
    }
    return this.at >= 0
  }
}

const Stage = {
  begin: 0,
  /** The next ResourceLogs: its Resource. */
  resources: 1,
  /** What stands beside that. */
  resource: 2,
  scopes: 3,
  /** What stands beside the Scope. */
  scope: 4,
  records: 5,
  done: 6,
  /** All of the request that is none of its ResourceLogs. */
  envelope: 7,
} as const

class OtlpJsonWalk implements Walk {
  recordStart = 0
  recordEnd = 0
  place: Place = 'record'
  private bytes: Uint8Array = new Uint8Array(0)
  private start = 0
  private end = 0
  private stage: number = Stage.done
  /** What was walked last. */
  private walked: number = Stage.done
  private root = 0
  /** Value of the main `resource` or `scope` of what is open; -1 when there is none. */
  private main = -1
  /** Where the open ResourceLogs and ScopeLogs end. */
  private resourceEnd = 0
  private scopeEnd = 0
  private readonly messages: OtlpJsonMessages
  private readonly resources: Items
  private readonly scopes: Items
  private readonly records: Items

  constructor(dropsUnknown: boolean) {
    this.messages = new OtlpJsonMessages(dropsUnknown)
    this.resources = new Items(this.messages, REQUEST)
    this.scopes = new Items(this.messages, RESOURCE_LOGS)
    this.records = new Items(this.messages, SCOPE_LOGS)
  }

  begin(bytes: Uint8Array, start: number, end: number): void {
    this.bytes = bytes
    this.start = start
    this.end = end
    this.place = 'record'
    this.root = skipSpace(bytes, start, end)
    // An empty line is no request.
    this.stage = this.root === end ? Stage.done : Stage.begin
  }

  next(leaves: Leaves, paths: Paths): number {
    const { bytes } = this
    this.messages.begin(bytes, leaves, paths)
    for (;;) {
      switch (this.stage) {
        case Stage.begin:
          return this.request()
        case Stage.resources:
          if (!this.resources.next(this.resourceEnd)) {
            this.stage = Stage.done
            return Step.end
          }
          this.scopes.begin(bytes, this.resources.at)
          return this.holder(this.resources.at, RESOURCE_LOGS)
        case Stage.resource:
          this.stage = Stage.scopes
          this.take(this.resources.at, 'record')
          this.walk(Stage.resource)
          this.resourceEnd = this.recordEnd
          return Step.scope
        case Stage.scopes:
          if (!this.scopes.next(this.scopeEnd)) {
            this.stage = Stage.resources
            break
          }
          this.records.begin(bytes, this.scopes.at)
          return this.holder(this.scopes.at, SCOPE_LOGS)
        case Stage.scope:
          this.stage = Stage.records
          this.take(this.scopes.at, 'record')
          this.walk(Stage.scope)
          this.scopeEnd = this.recordEnd
          return Step.scope
        case Stage.records:
          if (!this.records.next(this.recordEnd)) {
            this.stage = Stage.scopes
            break
          }
          this.take(this.records.at, 'record')
          return this.walk(Stage.records)
        default:
          return Step.end
      }
    }
  }

  again(leaves: Leaves, paths: Paths): void {
    this.messages.begin(this.bytes, leaves, paths)
    this.walk(this.walked)
  }

  /** Makes sure that the frame is an object and no more, and walks what it holds besides its resources. */
  private request(): number {
    const { bytes, root, start, end } = this
    const stop = bytes[root] === OBJECT ? skipJson(bytes, root, end) : -1
    if (stop < 0 || skipSpace(bytes, stop, end) !== end) {
      this.stage = Stage.done
      this.recordStart = start
      this.recordEnd = end
      return Step.malformed
    }
    this.resources.begin(bytes, root)
    this.stage = Stage.resources
    this.take(root, 'record')
    return this.walk(Stage.envelope)
  }

  /** Walks the main `resource` or `scope` of the element at `at`: its first one that is an object. */
  private holder(at: number, message: OtlpMessage): number {
    const { bytes } = this
    const isResource = message === RESOURCE_LOGS
    this.stage = isResource ? Stage.resource : Stage.scope
    this.main = -1
    this.take(at, 'record')
    for (let name = bytes[at] === OBJECT ? firstItem(bytes, at) : -1; name >= 0 && this.main < 0; ) {
      const value = valueAt(bytes, name)
      const field = this.messages.fieldOf(name, message)
      if (field?.snake === (isResource ? 'resource' : 'scope') && bytes[value] === OBJECT) {
        this.main = value
        this.take(value, isResource ? 'resource' : 'scope')
      } else name = nextItem(bytes, valueEnd(bytes, value))
    }
    return this.walk(isResource ? Stage.resources : Stage.scopes)
  }

  /** The value at `at` is walked next; where it ends is known then. */
  private take(at: number, place: Place): void {
    this.recordStart = at
    this.recordEnd = at
    this.place = place
  }

  private walk(what: number): number {
    this.walked = what
    const { messages, bytes, recordStart: at, main } = this
    const isObject = bytes[at] === OBJECT
    switch (what) {
      case Stage.envelope:
        return this.ended(messages.besides(this.root, REQUEST, -1), Step.envelope)
      case Stage.resources:
        return main < 0 ? Step.group : this.ended(messages.walk(main, RESOURCE), Step.group)
      case Stage.scopes:
        return main < 0 ? Step.scope : this.ended(messages.walk(main, SCOPE), Step.scope)
      case Stage.records:
        return this.ended(isObject ? messages.walk(at, LOG_RECORD) : this.strange(ROOT), Step.record)
      default: {
        const message = what === Stage.resource ? RESOURCE_LOGS : SCOPE_LOGS
        const end = isObject ? messages.besides(at, message, main) : this.strange(messages.value.names.unknown)
        return this.ended(end, Step.scope)
      }
    }
  }

  /** An element that is no object. */
  private strange(path: number): number {
    return this.messages.value.strange(this.recordStart, path, this.recordStart, -1)
  }

  /** What was walked ended there, or failed. */
  private ended(end: number, step: number): number {
    this.recordEnd = end < 0 ? valueEnd(this.bytes, this.recordStart) : end
    return end < 0 ? end : step
  }
}

function marker(reason: string, size: number, place: Place): string {
  const reasonValue = `{"key":"logveil_unreadable","value":{"stringValue":"${reason}"}}`
  const values = `[${reasonValue},{"key":"bytes","value":{"intValue":"${size}"}}]`
  if (place === 'resource' || place === 'scope') return `{"attributes":${values}}`
  const record = `{"body":{"kvlistValue":{"values":${values}}}}`
  return place === 'frame' ? `{"resourceLogs":[{"scopeLogs":[{"logRecords":[${record}]}]}]}\n` : record
}

export const otlpJson: Wire = {
  walk: (dropsUnknown) => new OtlpJsonWalk(dropsUnknown ?? false),
  splice: spliceOtlpJson,
  encodeText: json.encodeText,
  marker: (reason, size, place) => encoder.encode(marker(reason, size, place)),
}
