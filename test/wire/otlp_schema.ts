// OTLP's log messages for @bufbuild/protobuf, an implementation of protobuf that is not ours: the tests make requests
// with it and read back with it what logveil made of them. Numbers of opentelemetry-proto v1.11.
import {
  create,
  createFileRegistry,
  type DescMessage,
  fromBinary,
  fromJson,
  type Message,
  toBinary,
  toJson,
} from '@bufbuild/protobuf'
import {
  FileDescriptorProtoSchema,
  FileDescriptorSetSchema,
  FieldDescriptorProto_Label as Label,
  FieldDescriptorProto_Type as Type,
} from '@bufbuild/protobuf/wkt'

/** `name: 'number type'`, with `*` for a repeated field and `|` for one of AnyValue's oneof. */
const MESSAGES: Record<string, Record<string, string>> = {
  ExportLogsServiceRequest: { resource_logs: '1 ResourceLogs*' },
  ResourceLogs: { resource: '1 Resource', scope_logs: '2 ScopeLogs*', schema_url: '3 string' },
  Resource: { attributes: '1 KeyValue*', dropped_attributes_count: '2 uint32', entity_refs: '3 EntityRef*' },
  EntityRef: { schema_url: '1 string', type: '2 string', id_keys: '3 string*', description_keys: '4 string*' },
  ScopeLogs: { scope: '1 InstrumentationScope', log_records: '2 LogRecord*', schema_url: '3 string' },
  InstrumentationScope: {
    name: '1 string',
    version: '2 string',
    attributes: '3 KeyValue*',
    dropped_attributes_count: '4 uint32',
  },
  LogRecord: {
    time_unix_nano: '1 fixed64',
    severity_number: '2 int32',
    severity_text: '3 string',
    body: '5 AnyValue',
    attributes: '6 KeyValue*',
    dropped_attributes_count: '7 uint32',
    flags: '8 fixed32',
    trace_id: '9 bytes',
    span_id: '10 bytes',
    observed_time_unix_nano: '11 fixed64',
    event_name: '12 string',
  },
  KeyValue: { key: '1 string', value: '2 AnyValue', key_strindex: '3 int32' },
  AnyValue: {
    string_value: '1 string|',
    bool_value: '2 bool|',
    int_value: '3 int64|',
    double_value: '4 double|',
    array_value: '5 ArrayValue|',
    kvlist_value: '6 KeyValueList|',
    bytes_value: '7 bytes|',
    string_value_strindex: '8 int32|',
  },
  ArrayValue: { values: '1 AnyValue*' },
  KeyValueList: { values: '1 KeyValue*' },
}

const SCALARS: Record<string, Type> = {
  string: Type.STRING,
  bytes: Type.BYTES,
  bool: Type.BOOL,
  int32: Type.INT32,
  int64: Type.INT64,
  uint32: Type.UINT32,
  double: Type.DOUBLE,
  fixed32: Type.FIXED32,
  fixed64: Type.FIXED64,
}

function fieldOf([name, written]: [string, string]) {
  const [number, marked] = written.split(' ')
  const type = marked.replace(/[*|]$/, '')
  return {
    name,
    jsonName: name.replace(/_(.)/g, (_, letter: string) => letter.toUpperCase()),
    number: Number(number),
    label: marked.endsWith('*') ? Label.REPEATED : Label.OPTIONAL,
    type: SCALARS[type] ?? Type.MESSAGE,
    typeName: type in SCALARS ? '' : `.otlp.${type}`,
    ...(marked.endsWith('|') ? { oneofIndex: 0 } : {}),
  }
}

const file = create(FileDescriptorProtoSchema, {
  name: 'otlp.proto',
  package: 'otlp',
  syntax: 'proto3',
  messageType: Object.entries(MESSAGES).map(([name, fields]) => ({
    name,
    field: Object.entries(fields).map(fieldOf),
    ...(name === 'AnyValue' ? { oneofDecl: [{ name: 'value' }] } : {}),
  })),
})

const registry = createFileRegistry(create(FileDescriptorSetSchema, { file: [file] }))

function schemaOf(name: string): DescMessage {
  const found = registry.getMessage(`otlp.${name}`)
  if (found === undefined) throw new Error(`no message ${name}`)
  return found
}

/** The walk takes 64 levels of values, each of which is up to three messages. */
const DEEP = { recursionLimit: 1000 }
const REQUEST = schemaOf('ExportLogsServiceRequest')

// biome-ignore lint/suspicious/noExplicitAny: the messages are made of a descriptor, so they have no types.
export type Plain = any

/** Bytes of a request given in the library's own JSON: bytes (ids too) are base64 there. */
export function requestBytes(plain: Plain, message = 'ExportLogsServiceRequest'): Uint8Array {
  const schema = schemaOf(message)
  return toBinary(schema, fromJson(schema, plain, DEEP))
}

/** The library's JSON of the bytes; throws when they are no such message. Fields that it does not know are left out. */
export function requestPlain(bytes: Uint8Array, message = 'ExportLogsServiceRequest'): Plain {
  const schema = schemaOf(message)
  return toJson(schema, fromBinary(schema, bytes, DEEP))
}

/** The message itself, unknown fields included, so that it can be compared. */
export function requestMessage(bytes: Uint8Array): Message {
  return fromBinary(REQUEST, bytes, DEEP)
}

/** One request with one resource, one scope and these records. */
export function request(records: Plain[], resource: Plain = {}, scope: Plain = {}): Uint8Array {
  return requestBytes({ resourceLogs: [{ resource, scopeLogs: [{ scope, logRecords: records }] }] })
}

/** `{ a: 'x' }` as a list of KeyValue. */
export function pairs(values: Record<string, Plain>): Plain[] {
  return Object.entries(values).map(([key, value]) => ({ key, value: anyValue(value) }))
}

/** A value of JavaScript as AnyValue: strings, booleans, numbers (doubles), bigints (ints), bytes, arrays, objects. */
export function anyValue(value: Plain): Plain {
  if (value === null || value === undefined) return {}
  if (typeof value === 'string') return { stringValue: value }
  if (typeof value === 'boolean') return { boolValue: value }
  if (typeof value === 'bigint') return { intValue: String(value) }
  if (typeof value === 'number') return { doubleValue: value }
  if (value instanceof Uint8Array) return { bytesValue: Buffer.from(value).toString('base64') }
  if (Array.isArray(value)) return { arrayValue: value.length > 0 ? { values: value.map(anyValue) } : {} }
  const values = pairs(value)
  return { kvlistValue: values.length > 0 ? { values } : {} }
}

/** The records of all resources and scopes. */
export function recordsOf(bytes: Uint8Array): Plain[] {
  return (requestPlain(bytes).resourceLogs ?? []).flatMap((resource: Plain) =>
    (resource.scopeLogs ?? []).flatMap((scope: Plain) => scope.logRecords ?? []),
  )
}
