// A resource or a scope that was told as a map, as the messages of OTLP: what stands in a ResourceLogs or ScopeLogs
// beside its records. Members that the message has no field for are attributes.
import { field, readField, Type } from '../protobuf.ts'
import { FieldOutput } from './field_output.ts'
import type { Output } from './output.ts'

const decoder = new TextDecoder('latin1')
const STRING = 0x0a
const INT = 0x18
const ARRAY = 0x2a
const MAP = 0x32

interface Member {
  /** The whole KeyValue, and its AnyValue: the tag byte of its only field and what that holds. */
  readonly item: Uint8Array
  readonly name: string
  readonly tag: number
  readonly value: Uint8Array
}

/** The members of a KeyValueList. */
function membersOf(list: Uint8Array): Member[] {
  return itemsOf(list).map((item) => {
    readField(item, 0, item.length)
    const name = decoder.decode(item.subarray(field.start, field.end))
    readField(item, field.end, item.length)
    return { item, name, ...anyOf(item.subarray(field.start, field.end)) }
  })
}

/** The AnyValue in `bytes`: the tag of its only field, or 0, and what that holds. */
export function anyOf(bytes: Uint8Array): { tag: number; value: Uint8Array } {
  if (!readField(bytes, 0, bytes.length)) return { tag: 0, value: bytes }
  return { tag: bytes[0], value: bytes.subarray(field.start, field.end) }
}

function itemsOf(list: Uint8Array): Uint8Array[] {
  const items: Uint8Array[] = []
  for (let at = 0; at < list.length; at = field.end) {
    readField(list, at, list.length)
    if (field.type === Type.bytes) items.push(list.subarray(field.start, field.end))
  }
  return items
}

/** `value` holds the AnyValue that was told. */
export function resourceLogsHead(value: Output): Uint8Array {
  const message = new FieldOutput(256)
  const schema = writeHolder(value, message, 'resource', (member) => {
    if (member.name === 'dropped_attributes_count' && member.tag === INT) message.out.push(0x10)
    else if (member.name === 'entity_refs' && member.tag === ARRAY) return writeEntities(member.value, message)
    else return false
    message.out.append(member.value)
    return true
  })
  return headOf(message, schema)
}

export function scopeLogsHead(value: Output): Uint8Array {
  const message = new FieldOutput(256)
  const schema = writeHolder(value, message, 'scope', (member) => {
    if (member.name === 'name' && member.tag === STRING) message.whole(0x0a, member.value)
    else if (member.name === 'version' && member.tag === STRING) message.whole(0x12, member.value)
    else if (member.name === 'dropped_attributes_count' && member.tag === INT) {
      message.out.push(0x20)
      message.out.append(member.value)
    } else return false
    return true
  })
  return headOf(message, schema)
}

/** Writes the members into the message; returns the schema URL, which stands beside it. */
function writeHolder(
  told: Output,
  message: FieldOutput,
  name: 'resource' | 'scope',
  own: (member: Member) => boolean,
): Uint8Array | undefined {
  const attribute = name === 'resource' ? 0x0a : 0x1a
  const { tag, value } = anyOf(told.bytes.subarray(0, told.used))
  let schema: Uint8Array | undefined
  if (tag !== MAP) {
    if (told.used > 0) writeAttribute(message, attribute, name, told.bytes.subarray(0, told.used))
    return schema
  }
  for (const member of membersOf(value)) {
    if (member.name === 'attributes' && member.tag === MAP) {
      for (const item of itemsOf(member.value)) message.whole(attribute, item)
    } else if (member.name === 'schema_url' && member.tag === STRING) schema = member.value
    else if (!own(member)) message.whole(attribute, member.item)
  }
  return schema
}

function writeAttribute(message: FieldOutput, tag: number, name: string, value: Uint8Array): void {
  message.open(tag)
  message.whole(0x0a, new TextEncoder().encode(name))
  message.whole(0x12, value)
  message.close()
}

function headOf(message: FieldOutput, schema: Uint8Array | undefined): Uint8Array {
  const head = new FieldOutput(message.out.used + 16)
  head.range(0x0a, message.out.bytes, 0, message.out.used)
  if (schema !== undefined) head.whole(0x1a, schema)
  return head.taken()
}

const ENTITY_TAGS: ReadonlyMap<string, number> = new Map([
  ['schema_url', 0x0a],
  ['type', 0x12],
  ['id_keys', 0x1a],
  ['description_keys', 0x22],
])

/** False when the array is not one of entity references: then nothing was written. */
function writeEntities(array: Uint8Array, message: FieldOutput): boolean {
  const entities = itemsOf(array).map(anyOf)
  const isOwn = entities.every(({ tag, value }) => tag === MAP && membersOf(value).every(isEntityMember))
  if (!isOwn) return false
  for (const { value } of entities) {
    message.open(0x1a)
    for (const { name, tag, value: inner } of membersOf(value)) {
      const texts = tag === ARRAY ? itemsOf(inner).map((item) => anyOf(item).value) : [inner]
      for (const text of texts) message.whole(ENTITY_TAGS.get(name) ?? 0, text)
    }
    message.close()
  }
  return true
}

function isEntityMember({ name, tag, value }: Member): boolean {
  const field = ENTITY_TAGS.get(name)
  if (field === undefined) return false
  if (field <= 0x12) return tag === STRING
  return tag === ARRAY && itemsOf(value).every((item) => anyOf(item).tag === STRING)
}
