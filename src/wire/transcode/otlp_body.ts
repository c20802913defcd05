// The body of a record on its way into OTLP. A record of Fluent Bit's or a JSON document says more than a body does:
//
//   { "log": x }              x is the body
//   { "kubernetes": {…} }     goes into the resource, when nobody else has said what that is
//   { "level": "warn" }       says the severity, too; it stays in the body
import { field, readField } from '../protobuf.ts'
import { FieldOutput } from './field_output.ts'
import { attributeName, isKubernetes, prefixOf } from './kubernetes.ts'
import { isSame } from './otlp_frames.ts'
import { anyOf } from './otlp_holders.ts'
import type { Output } from './output.ts'
import { severityOfNumber, severityOfText, severityRank } from './severity.ts'

const STRING = 0x0a
const INT = 0x18
const MAP = 0x32
const NOTHING = new Uint8Array(0)
const POD_SLOTS = 64

export const NO_BODY = { bytes: NOTHING, used: 0 }

/** One body at a time. */
export class OtlpBody {
  severity = 0
  private bytes: Uint8Array = NOTHING
  private end = 0
  /** The only member `log` of the body: its AnyValue; or -1. */
  private logStart = -1
  private logEnd = -1
  private count = 0
  private severityAt = -1
  private rank = Number.POSITIVE_INFINITY
  /** The member `kubernetes`: the whole item, and the KeyValueList in it; -1 when there is none. */
  private podStart = -1
  private podEnd = -1
  private podList: Uint8Array = NOTHING
  private readonly made = new FieldOutput(1024)
  /** Pods of earlier records: there are few, and each has many records. */
  private readonly pods: ({ list: Uint8Array; resource: Uint8Array } | undefined)[] = []

  /** `body` holds the content of an AnyValue. `takesPod`: its pod becomes the resource. */
  read(body: Pick<Output, 'bytes' | 'used'>, takesPod: boolean): void {
    this.bytes = body.bytes
    this.end = body.used
    this.logStart = -1
    this.podStart = -1
    this.count = 0
    this.severity = 0
    this.severityAt = -1
    this.rank = Number.POSITIVE_INFINITY
    if (this.end === 0 || this.bytes[0] !== MAP) return
    readField(this.bytes, 0, this.end)
    for (let at = field.start; at < this.end; ) {
      readField(this.bytes, at, this.end)
      const { start, end } = field
      this.member(at, start, end, takesPod)
      at = end
    }
  }

  /** The content of the AnyValue that the body becomes. */
  content(): Uint8Array {
    const { bytes, end } = this
    const hasPod = this.podStart >= 0
    if (this.logStart >= 0 && this.count === 1) return bytes.subarray(this.logStart, this.logEnd)
    if (!hasPod) return bytes.subarray(0, end)
    const { made } = this
    made.clear()
    made.open(MAP)
    readField(bytes, 0, end)
    made.out.appendRange(bytes, field.start, this.podStart)
    made.out.appendRange(bytes, this.podEnd, end)
    made.close()
    return made.out.bytes.subarray(0, made.out.used)
  }

  /** What stands in a ResourceLogs for the pod that the body named. */
  resource(): Uint8Array {
    if (this.podStart < 0) return NOTHING
    const list = this.podList
    const slot = slotOf(list)
    const known = this.pods[slot]
    if (known !== undefined && isSame(known.list, list)) return known.resource
    const resource = resourceOf(list)
    this.pods[slot] = { list: list.slice(), resource }
    return resource
  }

  /** The text from which the severity was told, as a field of the LogRecord. */
  tellSeverityText(record: FieldOutput): void {
    readField(this.bytes, this.severityAt, this.end)
    if (this.bytes[this.severityAt] === STRING) record.range(0x1a, this.bytes, field.start, field.end)
  }

  /** The KeyValue with the content [start, end). */
  private member(at: number, start: number, end: number, takesPod: boolean): void {
    const { bytes } = this
    readField(bytes, start, end)
    const { start: nameStart, end: nameEnd } = field
    readField(bytes, nameEnd, end)
    const { start: from, end: stop } = field
    if (
      takesPod &&
      this.podStart < 0 &&
      isKubernetes(bytes, nameStart, nameEnd) &&
      bytes[from] === MAP &&
      from < stop
    ) {
      this.podStart = at
      this.podEnd = end
      this.podList = anyOf(bytes.subarray(from, stop)).value
      return
    }
    this.count++
    if (isLog(bytes, nameStart, nameEnd)) {
      this.logStart = from
      this.logEnd = stop
    }
    const rank = severityRank(bytes, nameStart, nameEnd)
    if (rank < 0 || rank >= this.rank || from === stop) return
    const severity = severityAt(bytes, from, stop)
    if (severity === 0) return
    this.rank = rank
    this.severity = severity
    this.severityAt = from
  }
}

function severityAt(bytes: Uint8Array, at: number, end: number): number {
  if (bytes[at] === INT) return severityOfNumber(bytes[at + 1])
  if (bytes[at] !== STRING || !readField(bytes, at, end)) return 0
  return severityOfText(bytes, field.start, field.end)
}

function isLog(bytes: Uint8Array, start: number, end: number): boolean {
  return end - start === 3 && bytes[start] === 0x6c && bytes[start + 1] === 0x6f && bytes[start + 2] === 0x67
}

/** A member of `kubernetes`, the KeyValue [start, end) of `list`, as attributes of a Resource. */
function writePodMember(list: Uint8Array, start: number, end: number, to: FieldOutput): void {
  readField(list, start, end)
  const { start: nameStart, end: nameEnd } = field
  readField(list, nameEnd, end)
  const value = list.subarray(field.start, field.end)
  const prefix = value.length > 0 && value[0] === MAP ? prefixOf(list, nameStart, nameEnd) : undefined
  if (prefix === undefined) {
    writeAttribute(attributeName(list, nameStart, nameEnd), value, to)
    return
  }
  const inner = anyOf(value).value
  for (let at = 0; at < inner.length; ) {
    readField(inner, at, inner.length)
    const { start: from, end: stop } = field
    at = stop
    readField(inner, from, stop)
    const name = inner.subarray(field.start, field.end)
    readField(inner, field.end, stop)
    const label = new Uint8Array(prefix.length + name.length)
    label.set(prefix)
    label.set(name, prefix.length)
    writeAttribute(label, inner.subarray(field.start, field.end), to)
  }
}

function writeAttribute(name: Uint8Array, value: Uint8Array, to: FieldOutput): void {
  to.open(0x0a)
  to.whole(0x0a, name)
  to.whole(0x12, value)
  to.close()
}

/** What stands in a ResourceLogs for the pod that the KeyValueList describes. */
function resourceOf(list: Uint8Array): Uint8Array {
  const head = new FieldOutput(list.length * 2)
  head.open(0x0a)
  for (let at = 0; at < list.length; ) {
    readField(list, at, list.length)
    const { start, end } = field
    writePodMember(list, start, end, head)
    at = end
  }
  head.close()
  return head.taken()
}

function slotOf(list: Uint8Array): number {
  let told = list.length
  for (let at = 0; at < list.length; at++) told = Math.imul(told ^ list[at], 0x01000193)
  return (told >>> 16) % POD_SLOTS
}
