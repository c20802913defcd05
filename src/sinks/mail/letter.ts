// One mail for the events of a batch: the worst of them in the subject, all of them in the text. Names and numbers
// only, as in the events themselves.
import { bounded, sentence, tamed, withoutControls } from '../../core/event_text.ts'
import type { Severity } from '../../core/policy.ts'
import type { SiemEvent } from '../../core/siem_event.ts'

const SUBJECT_BYTES_MAX = 200
/** In one mail; how many more there were is said. */
const EVENTS_MAX = 200
const RANKS: readonly Severity[] = ['low', 'medium', 'high', 'critical']

export interface Letter {
  readonly subject: string
  readonly text: string
}

export function letterOf(events: readonly SiemEvent[], prefix: string): Letter {
  const ranked = events.map(tamed).sort((a, b) => rank(b) - rank(a))
  const [worst] = ranked
  const more = events.length > 1 ? ` (and ${events.length - 1} more)` : ''
  const subject = bounded(withoutControls(`${prefix} ${line(worst)}${more}`), SUBJECT_BYTES_MAX)
  const shown = ranked.slice(0, EVENTS_MAX).map(paragraph)
  const rest = ranked.length > EVENTS_MAX ? [`… and ${ranked.length - EVENTS_MAX} more`] : []
  return { subject, text: `${[...shown, ...rest].join('\n\n')}\n` }
}

function rank(event: SiemEvent): number {
  return 'severity' in event ? RANKS.indexOf(event.severity) : -1
}

function line(event: SiemEvent): string {
  return 'severity' in event ? `${event.severity}: ${sentence(event)}` : sentence(event)
}

function paragraph(event: SiemEvent): string {
  const { instance, policy_version, window_start, window_end, id } = event
  const answer = event.event === 'alert' && event.until !== undefined ? [`${event.response} until ${event.until}`] : []
  const facts = [
    line(event),
    ...answer,
    `${window_start} to ${window_end}`,
    `${instance}, policy ${policy_version}, ${id}`,
  ]
  return facts.map(withoutControls).join('\n  ')
}
