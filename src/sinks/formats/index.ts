// Every format in which events can leave. A new one is its file and one line here. Records never come this way: a sink
// that takes both asks `holdsEvents` first.
import { z } from 'zod'
import type { Batch } from '../../core/batch.ts'
import type { EventFormat, Rendered } from '../../core/event_format.ts'
import { tamed } from '../../core/event_text.ts'
import { eventsIn, type SiemEvent } from '../../core/siem_event.ts'
import type { Document } from '../../net/documents.ts'
import { cef } from './cef.ts'
import { ecs } from './ecs.ts'
import { json } from './json.ts'
import { leef } from './leef.ts'
import { ocsf } from './ocsf.ts'
import { otlp } from './otlp.ts'

const formats = { json, ocsf, ecs, cef, leef, otlp } as const satisfies Record<string, EventFormat>

export type FormatName = keyof typeof formats

export const eventFormats: Readonly<Record<FormatName, EventFormat>> = formats

const NAMES = Object.keys(formats) as [FormatName, ...FormatName[]]

/** The setting `format` of every sink that writes events. */
export const formatSetting = z
  .enum(NAMES)
  .default('json')
  .describe('How counts and alerts are written; records are not changed by it. See docs/siem.md')

/** An event as a document, or as a line without its end. Its texts are bounded and well-formed. */
export function rendered(event: SiemEvent, name: FormatName): Rendered {
  return eventFormats[name].render(tamed(event))
}

/** The events of a batch, one line each, with its line feed. */
export function eventLines(batch: Batch, name: FormatName): Buffer[] {
  return eventsIn(batch).map((event) => {
    const one = rendered(event, name)
    return Buffer.from(`${typeof one === 'string' ? one : JSON.stringify(one)}\n`)
  })
}

/** The events of a batch as documents; formats of lines become JSON strings, unless they are wanted as they are. */
export function eventDocuments(batch: Batch, name: FormatName, quoted = true): Document[] {
  return eventsIn(batch).map((event) => {
    const one = rendered(event, name)
    const text = typeof one === 'string' && !quoted ? one : JSON.stringify(one)
    const seconds = Math.floor(Date.parse(event.window_end) / 1000)
    const severity = 'severity' in event ? event.severity : ''
    const members = typeof one === 'string' ? null : one
    const time = { seconds, nanos: 0 }
    const facts = { members, time, service: event.service, severity, trace_id: '', span_id: '' }
    return { bytes: Buffer.from(text), id: event.id, facts }
  })
}
