// OTLP requests for tests, written field by field (opentelemetry-proto v1.11, logs/v1).
import { bytesField } from '../../../src/net/protobuf.ts'

const text = (value: string) => Buffer.from(value)

/** ExportLogsServiceRequest with a resource for the service and a record for each body. */
export function logsRequest(bodies: readonly string[], service = 'checkout'): Buffer {
  const name = Buffer.concat([bytesField(1, text('service.name')), bytesField(2, bytesField(1, text(service)))])
  const records = bodies.map((body) => bytesField(2, bytesField(5, bytesField(1, text(body)))))
  const scope = bytesField(1, bytesField(1, text('test')))
  const scopeLogs = Buffer.concat([scope, ...records])
  return Buffer.from(bytesField(1, Buffer.concat([bytesField(1, bytesField(1, name)), bytesField(2, scopeLogs)])))
}

export function logsJson(bodies: readonly string[], service = 'checkout'): string {
  const logRecords = bodies.map((body) => ({ timeUnixNano: '1764000000000000001', body: { stringValue: body } }))
  const attributes = [{ key: 'service.name', value: { stringValue: service } }]
  return JSON.stringify({ resourceLogs: [{ resource: { attributes }, scopeLogs: [{ scope: {}, logRecords }] }] })
}
