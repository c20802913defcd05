// The messages of an OTLP logs request as a table (opentelemetry-proto v1.11), for what goes by names: its JSON form.
// Names are lowerCamelCase there; those of the .proto files are known too, though OTLP does not allow them.

/** How a value is written: on the wire, and in JSON. */
export const Kind = {
  /** A nested message. */
  message: 0,
  text: 1,
  /** Base64 in JSON. */
  bytes: 2,
  /** Bytes that are hex in JSON: ids of traces and spans. */
  id: 3,
  bool: 4,
  /** 64 bits as a varint; digits in a string in JSON. */
  int64: 5,
  /** 32 bits as a varint; a number in JSON. */
  int32: 6,
  fixed64: 7,
  fixed32: 8,
  double: 9,
  /** Like `int32`, without a sign. */
  uint32: 10,
} as const

const WIRE_TYPES = [2, 2, 2, 2, 0, 0, 0, 1, 5, 1, 0]

export interface OtlpField {
  /** Tag byte. */
  readonly tag: number
  readonly name: string
  /** As in the .proto file. */
  readonly snake: string
  readonly kind: number
  readonly isList: boolean
  /** With `Kind.message`: fields of that message. */
  readonly message: OtlpMessage
}

export interface OtlpMessage {
  readonly name: string
  readonly fields: OtlpField[]
}

function messageOf(name: string): OtlpMessage {
  return { name, fields: [] }
}

const NONE = messageOf('')
export const REQUEST = messageOf('request')
export const RESOURCE_LOGS = messageOf('resource logs')
export const RESOURCE = messageOf('resource')
export const ENTITY_REF = messageOf('entity reference')
export const SCOPE_LOGS = messageOf('scope logs')
export const SCOPE = messageOf('scope')
export const LOG_RECORD = messageOf('log record')
export const KEY_VALUE = messageOf('key and value')
export const ANY_VALUE = messageOf('value')
const ARRAY = messageOf('array')
const KEY_VALUE_LIST = messageOf('list of keys and values')

function add(to: OtlpMessage, number: number, snake: string, kind: number | OtlpMessage, isList = false): void {
  const [first, ...words] = snake.split('_')
  const name = [first, ...words.map((word) => word[0].toUpperCase() + word.slice(1))].join('')
  const isMessage = typeof kind === 'object'
  const type = isMessage ? WIRE_TYPES[Kind.message] : WIRE_TYPES[kind]
  to.fields.push({
    tag: (number << 3) | type,
    name,
    snake,
    kind: isMessage ? Kind.message : kind,
    isList,
    message: isMessage ? kind : NONE,
  })
}

add(REQUEST, 1, 'resource_logs', RESOURCE_LOGS, true)
add(RESOURCE_LOGS, 1, 'resource', RESOURCE)
add(RESOURCE_LOGS, 2, 'scope_logs', SCOPE_LOGS, true)
add(RESOURCE_LOGS, 3, 'schema_url', Kind.text)
add(RESOURCE, 1, 'attributes', KEY_VALUE, true)
add(RESOURCE, 2, 'dropped_attributes_count', Kind.uint32)
add(RESOURCE, 3, 'entity_refs', ENTITY_REF, true)
add(ENTITY_REF, 1, 'schema_url', Kind.text)
add(ENTITY_REF, 2, 'type', Kind.text)
add(ENTITY_REF, 3, 'id_keys', Kind.text, true)
add(ENTITY_REF, 4, 'description_keys', Kind.text, true)
add(SCOPE_LOGS, 1, 'scope', SCOPE)
add(SCOPE_LOGS, 2, 'log_records', LOG_RECORD, true)
add(SCOPE_LOGS, 3, 'schema_url', Kind.text)
add(SCOPE, 1, 'name', Kind.text)
add(SCOPE, 2, 'version', Kind.text)
add(SCOPE, 3, 'attributes', KEY_VALUE, true)
add(SCOPE, 4, 'dropped_attributes_count', Kind.uint32)
add(LOG_RECORD, 1, 'time_unix_nano', Kind.fixed64)
add(LOG_RECORD, 11, 'observed_time_unix_nano', Kind.fixed64)
add(LOG_RECORD, 2, 'severity_number', Kind.int32)
add(LOG_RECORD, 3, 'severity_text', Kind.text)
add(LOG_RECORD, 12, 'event_name', Kind.text)
add(LOG_RECORD, 5, 'body', ANY_VALUE)
add(LOG_RECORD, 6, 'attributes', KEY_VALUE, true)
add(LOG_RECORD, 7, 'dropped_attributes_count', Kind.uint32)
add(LOG_RECORD, 8, 'flags', Kind.fixed32)
add(LOG_RECORD, 9, 'trace_id', Kind.id)
add(LOG_RECORD, 10, 'span_id', Kind.id)
add(KEY_VALUE, 1, 'key', Kind.text)
add(KEY_VALUE, 2, 'value', ANY_VALUE)
add(KEY_VALUE, 3, 'key_strindex', Kind.int32)
add(ANY_VALUE, 1, 'string_value', Kind.text)
add(ANY_VALUE, 2, 'bool_value', Kind.bool)
add(ANY_VALUE, 3, 'int_value', Kind.int64)
add(ANY_VALUE, 4, 'double_value', Kind.double)
add(ANY_VALUE, 5, 'array_value', ARRAY)
add(ANY_VALUE, 6, 'kvlist_value', KEY_VALUE_LIST)
add(ANY_VALUE, 7, 'bytes_value', Kind.bytes)
add(ANY_VALUE, 8, 'string_value_strindex', Kind.int32)
add(ARRAY, 1, 'values', ANY_VALUE, true)
add(KEY_VALUE_LIST, 1, 'values', KEY_VALUE, true)
