// How a format of events declares itself (sinks/formats).
import type { SiemEvent } from './siem_event.ts'

/** A document, to be written as JSON, or a line of text without its line feed. */
export type Rendered = string | Readonly<Record<string, unknown>>

export interface EventFormat {
  /** One sentence, for the docs. */
  readonly summary: string
  /** Of one rendered event. */
  readonly content_type: string
  /** The event's texts are bounded and well-formed already (core/event_text). It throws at nothing. */
  render(event: SiemEvent): Rendered
}
