// The opponent for OTLP: decode the request with protobufjs, which compiles a decoder and an encoder for each message,
// redact every string as the usual way does, encode. It is here to be beaten; nothing of it runs in the pipeline.
import protobuf from 'protobufjs'
import { NAMES, redactText, TRACE_NAMES } from './usual_way.ts'

/** The log messages of opentelemetry-proto v1.11. */
const PROTO = `syntax = "proto3";
message Request { repeated ResourceLogs resource_logs = 1; }
message ResourceLogs { Resource resource = 1; repeated ScopeLogs scope_logs = 2; string schema_url = 3; }
message Resource { repeated KeyValue attributes = 1; uint32 dropped_attributes_count = 2; }
message ScopeLogs { Scope scope = 1; repeated LogRecord log_records = 2; string schema_url = 3; }
message Scope { string name = 1; string version = 2; repeated KeyValue attributes = 3; uint32 dropped = 4; }
message LogRecord {
  fixed64 time_unix_nano = 1; int32 severity_number = 2; string severity_text = 3; AnyValue body = 5;
  repeated KeyValue attributes = 6; uint32 dropped_attributes_count = 7; fixed32 flags = 8; bytes trace_id = 9;
  bytes span_id = 10; fixed64 observed_time_unix_nano = 11; string event_name = 12;
}
message KeyValue { string key = 1; AnyValue value = 2; }
message AnyValue {
  oneof value {
    string string_value = 1; bool bool_value = 2; int64 int_value = 3; double double_value = 4;
    ArrayValue array_value = 5; KeyValueList kvlist_value = 6; bytes bytes_value = 7;
  }
}
message ArrayValue { repeated AnyValue values = 1; }
message KeyValueList { repeated KeyValue values = 1; }`

const { root } = protobuf.parse(PROTO)
const Request = root.lookupType('Request')
const AnyValue = root.lookupType('AnyValue')

/** As protobufjs decodes an AnyValue: `value` says which one of the others is there. */
interface Value {
  readonly value?: string
  stringValue: string
  arrayValue: { values: Value[] }
  kvlistValue: { values: KeyValue[] }
}

interface KeyValue {
  key: string
  value?: Value | null
}

interface LogRecord {
  severityText: string
  eventName: string
  body?: Value | null
  attributes: KeyValue[]
}

interface ResourceLogs {
  resource?: { attributes: KeyValue[] } | null
  scopeLogs: { scope?: { name: string; attributes: KeyValue[] } | null; logRecords: LogRecord[] }[]
}

/** Requests to requests; `ends` says where each one ends. */
export function usualOtlp(bytes: Uint8Array, ends: Uint32Array): Uint8Array {
  const frames: Uint8Array[] = []
  let from = 0
  for (const end of ends) {
    const request = Request.decode(bytes.subarray(from, end))
    for (const logs of (request as unknown as { resourceLogs: ResourceLogs[] }).resourceLogs) redactLogs(logs)
    frames.push(Request.encode(request).finish())
    from = end
  }
  return Buffer.concat(frames)
}

function redactLogs({ resource, scopeLogs }: ResourceLogs): void {
  redactPairs(resource?.attributes ?? [])
  for (const { scope, logRecords } of scopeLogs) {
    if (scope) {
      scope.name = redactText(scope.name)
      redactPairs(scope.attributes)
    }
    for (const record of logRecords) {
      record.severityText = redactText(record.severityText)
      if (record.eventName) record.eventName = redactText(record.eventName)
      if (record.body) redactAny(record.body)
      redactPairs(record.attributes)
    }
  }
}

function redactPairs(pairs: readonly KeyValue[]): void {
  for (const pair of pairs) {
    const { key, value } = pair
    if (TRACE_NAMES.has(key)) continue
    pair.key = redactText(key)
    if (NAMES.test(key)) pair.value = AnyValue.create({ stringValue: '[REDACTED]' }) as unknown as Value
    else if (value) redactAny(value)
  }
}

function redactAny(any: Value): void {
  if (any.value === 'stringValue') any.stringValue = redactText(any.stringValue)
  else if (any.value === 'kvlistValue') redactPairs(any.kvlistValue.values)
  else if (any.value === 'arrayValue') for (const value of any.arrayValue.values) redactAny(value)
}
