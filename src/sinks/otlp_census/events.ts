// Events as OpenTelemetry's exporters take them. What an event is there, the format `otlp` says.
import type { AnyValueMap } from '@opentelemetry/api-logs'
import { type Resource, resourceFromAttributes } from '@opentelemetry/resources'
import type { ReadableLogRecord } from '@opentelemetry/sdk-logs'
import type { Batch } from '../../core/batch.ts'
import { tamed } from '../../core/event_text.ts'
import { eventsIn, type SiemEvent } from '../../core/siem_event.ts'
import { EVENT_SCOPE, otlpEvent } from '../formats/otlp.ts'

export class Events {
  /** One object each: exporters group by identity. */
  readonly #resources = new Map<string, Resource>()
  readonly #scopes = new Map<string, { name: string; version: string }>()

  /** The events of a batch. `observed_ms`: now. */
  of(batch: Batch, observed_ms: number): ReadableLogRecord[] {
    return eventsIn(batch).map((event) => this.#event(tamed(event), observed_ms))
  }

  #event(event: SiemEvent, observed_ms: number): ReadableLogRecord {
    const { name, time_ms, severity, severity_text, body, attributes, resource } = otlpEvent(event)
    return {
      eventName: name,
      hrTime: hrTime(time_ms),
      hrTimeObserved: hrTime(observed_ms),
      severityNumber: severity,
      severityText: severity_text,
      body,
      attributes: attributes as AnyValueMap,
      resource: once(this.#resources, JSON.stringify(resource), () => resourceFromAttributes(resource)),
      instrumentationScope: once(this.#scopes, event.version, () => ({ name: EVENT_SCOPE, version: event.version })),
      droppedAttributesCount: 0,
    }
  }
}

function once<Made>(known: Map<string, Made>, key: string, make: () => Made): Made {
  const made = known.get(key) ?? make()
  known.set(key, made)
  return made
}

function hrTime(ms: number): [number, number] {
  return [Math.floor(ms / 1000), (ms % 1000) * 1_000_000]
}
