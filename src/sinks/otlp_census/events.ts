// Census records as events of OpenTelemetry's log data model. Every field of a record becomes an attribute `logveil.…`,
// so a field that the census gets one day comes along by itself.
import { type AnyValueMap, SeverityNumber } from '@opentelemetry/api-logs'
import { type Resource, resourceFromAttributes } from '@opentelemetry/resources'
import type { ReadableLogRecord } from '@opentelemetry/sdk-logs'
import type { Batch } from '../../core/batch.ts'
import { version } from '../../core/version.ts'

/** What is read of a census record; the rest of it is copied. */
interface CensusRecord {
  readonly event: 'finding' | 'coverage'
  readonly instance: string
  readonly window_end: string
  readonly severity?: string
  readonly [field: string]: unknown
}

const SEVERITY: Readonly<Record<string, SeverityNumber>> = {
  low: SeverityNumber.INFO,
  medium: SeverityNumber.WARN,
  high: SeverityNumber.ERROR,
  critical: SeverityNumber.FATAL,
}

/** These stand elsewhere in the event: its name, its resource, its severity. */
const ELSEWHERE: readonly string[] = ['event', 'instance', 'severity']

export class Events {
  readonly #release = version()
  readonly #scope = { name: 'logveil.census', version: this.#release }
  /** One object an instance: exporters group by identity. */
  readonly #resources = new Map<string, Resource>()

  /** The events of a batch of census records, one JSON document each. `observed_ms`: now. */
  of(batch: Batch, observed_ms: number): ReadableLogRecord[] {
    const texts = Buffer.from(batch.bytes.buffer, batch.bytes.byteOffset, batch.bytes.length).toString().split('\n')
    return texts.filter((text) => text !== '').map((text) => this.#event(JSON.parse(text), observed_ms))
  }

  #event(record: CensusRecord, observed_ms: number): ReadableLogRecord {
    const { event, severity } = record
    return {
      eventName: `logveil.${event}`,
      hrTime: hrTime(Date.parse(record.window_end)),
      hrTimeObserved: hrTime(observed_ms),
      severityNumber: SEVERITY[severity ?? ''] ?? SeverityNumber.INFO,
      severityText: severity ?? 'info',
      body: sentence(record),
      attributes: attributesOf(record),
      resource: this.#resource(record.instance),
      instrumentationScope: this.#scope,
      droppedAttributesCount: 0,
    }
  }

  #resource(instance: string): Resource {
    let resource = this.#resources.get(instance)
    if (!resource) {
      resource = resourceFromAttributes({
        'service.name': 'logveil',
        'service.version': this.#release,
        'service.instance.id': instance,
      })
      this.#resources.set(instance, resource)
    }
    return resource
  }
}

function attributesOf(record: CensusRecord): AnyValueMap {
  const attributes: AnyValueMap = {}
  for (const [field, value] of Object.entries(record)) {
    if (ELSEWHERE.includes(field)) continue
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
      for (const [inner, count] of Object.entries(value)) attributes[`logveil.${field}.${inner}`] = count
    } else {
      attributes[`logveil.${field}`] = value as string | number | boolean | string[]
    }
  }
  return attributes
}

/** For people who read a list of events. */
function sentence({ event, service, rule, action, matches, records_seen, records_affected }: CensusRecord): string {
  if (event === 'finding') return `${matches} findings of ${rule} in ${service}: ${action}`
  return `${records_seen} records of ${service} inspected, ${records_affected} with findings`
}

function hrTime(ms: number): [number, number] {
  return [Math.floor(ms / 1000), (ms % 1000) * 1_000_000]
}
