// The `otlp` format: an event of OpenTelemetry's log data model. Every field that has no place there is an attribute
// `logveil.…`, so a field that events get one day comes along by itself. Written as OTLP's JSON; the sink
// `otlp_census` sends the same over gRPC.
import type { EventFormat } from '../../core/event_format.ts'
import { sentence } from '../../core/event_text.ts'
import type { SiemEvent } from '../../core/siem_event.ts'

type AttributeValue = string | number | readonly string[]

interface OtlpEvent {
  readonly name: string
  readonly time_ms: number
  /** OpenTelemetry's severity number: 9 info, 13 warn, 17 error, 21 fatal. */
  readonly severity: number
  readonly severity_text: string
  readonly body: string
  readonly attributes: Readonly<Record<string, AttributeValue>>
  readonly resource: Readonly<Record<string, string>>
}

/** Name of the instrumentation scope. */
export const EVENT_SCOPE = 'logveil.census'

const INFO = 9
const SEVERITY: Readonly<Record<string, number>> = { low: INFO, medium: 13, high: 17, critical: 21 }
/** These stand elsewhere: in the name, the resource, the severity. */
const ELSEWHERE: readonly string[] = ['event', 'instance', 'severity', 'version']
const NANOS = '000000'

export const otlp: EventFormat = {
  summary: "OTLP's JSON: one document of resource logs with one event, as Collectors read from files",
  content_type: 'application/json',
  render(event) {
    const { name, time_ms, severity, severity_text, body, attributes, resource } = otlpEvent(event)
    const record = {
      timeUnixNano: `${time_ms}${NANOS}`,
      observedTimeUnixNano: `${time_ms}${NANOS}`,
      severityNumber: severity,
      severityText: severity_text,
      eventName: name,
      body: { stringValue: body },
      attributes: keyValues(attributes),
    }
    const scope = { name: EVENT_SCOPE, version: event.version }
    const scopeLogs = [{ scope, logRecords: [record] }]
    return { resourceLogs: [{ resource: { attributes: keyValues(resource) }, scopeLogs }] }
  },
}

export function otlpEvent(event: SiemEvent): OtlpEvent {
  const severity_text = event.event === 'coverage' ? 'info' : event.severity
  return {
    name: `logveil.${event.event}`,
    time_ms: Date.parse(event.window_end),
    severity: SEVERITY[severity_text] ?? INFO,
    severity_text,
    body: sentence(event),
    attributes: attributesOf(event),
    resource: {
      'service.name': 'logveil',
      'service.version': event.version,
      'service.instance.id': event.instance,
    },
  }
}

function attributesOf(event: SiemEvent): Record<string, AttributeValue> {
  const attributes: Record<string, AttributeValue> = {}
  for (const [field, value] of Object.entries(event)) {
    if (ELSEWHERE.includes(field) || value === undefined) continue
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
      for (const [inner, count] of Object.entries(value)) attributes[`logveil.${field}.${inner}`] = count as number
    } else attributes[`logveil.${field}`] = value
  }
  return attributes
}

function keyValues(attributes: Readonly<Record<string, AttributeValue>>): { key: string; value: unknown }[] {
  return Object.entries(attributes).map(([key, value]) => ({ key, value: anyValue(value) }))
}

function anyValue(value: AttributeValue): Record<string, unknown> {
  if (typeof value === 'string') return { stringValue: value }
  if (typeof value === 'number') return Number.isInteger(value) ? { intValue: String(value) } : { doubleValue: value }
  return { arrayValue: { values: value.map((one) => ({ stringValue: one })) } }
}
