// Puts made-up records into OTLP requests, as a Collector that tails containers would: the text is the body, members
// are attributes, what is known of the pod is the resource. It only encodes.
//
//   Request ::= (1 ResourceLogs)*                      ResourceLogs ::= 1 Resource, (2 ScopeLogs)*
//   Resource ::= (1 KeyValue)*                         ScopeLogs ::= 1 Scope { 1 name }, (2 LogRecord)*
//   LogRecord ::= 1 fixed64 time, 2 severity, 3 severity text, 5 AnyValue body, (6 KeyValue)*, 9 trace id, 10 span id,
//                 11 fixed64 observed time
//   KeyValue ::= 1 key, 2 AnyValue
//   AnyValue ::= 1 string | 2 bool | 3 int64 | 4 double | 5 { (1 AnyValue)* } | 6 { (1 KeyValue)* }
import type { Batch } from '../../core/batch.ts'
import { bytesField, bytesHead, varintField } from '../../net/protobuf.ts'
import { framedBatch } from './encode.ts'
import { recordAt, type TrafficOptions, type TrafficRecord } from './records.ts'

/** Records of one request; they come from all services. */
const REQUEST_RECORDS = 200
const SEVERITY_INFO = 9
/** Of these the first that is there is the body. */
const TEXTS = ['log', 'message', 'text', 'note', 'request']

/** One batch of requests of about `bytes`, from record `from` on. */
export function otlpBatch(
  from: number,
  bytes: number,
  options: TrafficOptions,
  view: 'raw' | 'redacted' = 'raw',
  request_records = REQUEST_RECORDS,
): Batch & { records: number } {
  const requests: Uint8Array[] = []
  let size = 0
  while (size < bytes) {
    const first = from + requests.length * request_records
    const records = Array.from({ length: request_records }, (_, n) => recordAt(first + n, options, view))
    const request = otlpRequest(records)
    requests.push(request)
    size += request.length
  }
  return { ...framedBatch('otlp', requests), records: requests.length * request_records }
}

/** An ExportLogsServiceRequest with a resource for each service. */
function otlpRequest(records: readonly TrafficRecord[]): Uint8Array {
  const services = new Map<string, TrafficRecord[]>()
  for (const record of records) services.set(record.service, [...(services.get(record.service) ?? []), record])
  return Buffer.concat([...services].map(([service, own]) => message(1, resourceLogs(service, own))))
}

function resourceLogs(service: string, records: readonly TrafficRecord[]): Uint8Array {
  const { kubernetes } = records[0].body as { kubernetes?: Record<string, unknown> }
  const pod = Object.entries(kubernetes ?? {}).filter(([, value]) => typeof value === 'string')
  const attributes = [['service.name', service], ...pod.map(([key, value]) => [`k8s.${key}`, value])]
  const resource = attributes.map(([key, value]) => message(1, keyValue(String(key), value)))
  const scope = bytesField(1, Buffer.from('otelcol/filelog'))
  const logs = [message(1, scope), ...records.map((record) => message(2, logRecord(record)))]
  return Buffer.concat([message(1, Buffer.concat(resource)), message(2, Buffer.concat(logs))])
}

function logRecord({ time_ms, body }: TrafficRecord): Uint8Array {
  const { kubernetes, trace_id, span_id, ...members } = body
  const text = TEXTS.find((key) => typeof members[key] === 'string')
  const attributes = Object.entries(members).filter(([key]) => key !== text)
  return Buffer.concat([
    fixed64(1, time_ms),
    varintField(2, SEVERITY_INFO),
    bytesField(3, Buffer.from('INFO')),
    message(5, text === undefined ? new Uint8Array(0) : anyValue(members[text])),
    ...attributes.map(([key, value]) => message(6, keyValue(key, value))),
    bytesField(9, Buffer.from(String(trace_id ?? ''), 'hex')),
    bytesField(10, Buffer.from(String(span_id ?? ''), 'hex')),
    fixed64(11, time_ms),
  ])
}

function keyValue(key: string, value: unknown): Uint8Array {
  return Buffer.concat([bytesField(1, Buffer.from(key)), message(2, anyValue(value))])
}

function anyValue(value: unknown): Uint8Array {
  if (typeof value === 'string') return message(1, Buffer.from(value))
  if (typeof value === 'boolean') return Buffer.of(0x10, value ? 1 : 0)
  if (typeof value === 'number') return numberValue(value)
  if (Array.isArray(value)) return message(5, Buffer.concat(value.map((item) => message(1, anyValue(item)))))
  if (value === null || value === undefined) return new Uint8Array(0)
  return message(6, Buffer.concat(Object.entries(value).map(([key, inner]) => message(1, keyValue(key, inner)))))
}

function numberValue(value: number): Uint8Array {
  if (Number.isSafeInteger(value) && value >= 0) return value === 0 ? Buffer.of(0x18, 0) : varintField(3, value)
  const field = Buffer.alloc(9)
  field[0] = 0x21
  field.writeDoubleLE(value, 1)
  return field
}

/** Unlike bytesField it writes an empty one too: an empty AnyValue is a value. */
function message(number: number, content: Uint8Array): Uint8Array {
  return Buffer.concat([bytesHead(number, content.length), content])
}

function fixed64(number: number, time_ms: number): Uint8Array {
  const field = Buffer.alloc(9)
  field[0] = number * 8 + 1
  field.writeBigUInt64LE(BigInt(time_ms) * 1_000_000n, 1)
  return field
}
