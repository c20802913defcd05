// The `json` format: the event itself, field by field as docs/siem.md names them.
import type { EventFormat } from '../../core/event_format.ts'

export const json: EventFormat = {
  summary: 'the event as it is, one JSON document',
  content_type: 'application/json',
  render: (event) => ({ ...event }),
}
