// The `leef` format: IBM QRadar's Log Event Extended Format 2.0, a line for syslog.
//
//   LEEF:2.0|vendor|product|version|event id|x09|key=value<tab>key=value …
//
// It knows no escapes: what would end a field is replaced, `|` in the header, tabs and line ends in values.
import type { EventFormat } from '../../core/event_format.ts'
import { sentence, withoutControls } from '../../core/event_text.ts'
import type { SiemEvent } from '../../core/siem_event.ts'

/** 1 to 10. */
const SEVERITY: Readonly<Record<string, number>> = { low: 3, medium: 5, high: 8, critical: 10 }
/** These have names of LEEF's own. */
const RENAMED: Readonly<Record<string, string>> = { category: 'cat', policy_version: 'policy', service: 'resource' }

export const leef: EventFormat = {
  summary: 'QRadar Log Event Extended Format 2.0, one line, attributes divided by tabs',
  content_type: 'text/plain; charset=utf-8',
  render(event) {
    const header = ['LEEF:2.0', 'logveil', 'logveil', event.version, eventId(event), 'x09']
    const attributes = { devTime: Date.parse(event.window_end), sev: severity(event), ...flat(event) }
    const pairs = Object.entries(attributes).map(([key, value]) => `${key}=${withoutControls(String(value))}`)
    return `${header.map((field) => withoutControls(field).replaceAll('|', '_')).join('|')}|${pairs.join('\t')}`
  },
}

function eventId(event: SiemEvent): string {
  if (event.event === 'finding') return event.rule
  return event.event === 'alert' ? event.alert : 'coverage'
}

function severity(event: SiemEvent): number {
  if (event.event !== 'coverage') return SEVERITY[event.severity] ?? 1
  return event.not_inspected > 0 ? SEVERITY.medium : 1
}

/** Each field by its own name; counts within one as `failures.malformed`, lists with commas. */
function flat(event: SiemEvent): Record<string, string | number> {
  const attributes: Record<string, string | number> = { msg: sentence(event) }
  if (event.event === 'coverage') attributes.cat = 'coverage'
  for (const [field, value] of Object.entries(event)) {
    const name = RENAMED[field] ?? field
    if (Array.isArray(value)) attributes[name] = value.join(', ')
    else if (typeof value === 'object' && value !== null) {
      for (const [inner, count] of Object.entries(value)) attributes[`${name}.${inner}`] = count as number
    } else if (value !== undefined) attributes[name] = value
  }
  return attributes
}
