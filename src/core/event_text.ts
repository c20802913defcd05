// Makes the texts of an event harmless, once for all formats: bounded in bytes and well-formed. What a format must not
// hold besides (line feeds in CEF, quotes in JSON) is the format's to escape.
import { LIMITS } from './limits.ts'
import type { SiemEvent } from './siem_event.ts'

const CUT = '…'
/** Controls, invisible formatting (what turns a line around among it), line and paragraph separators. */
const CONTROLS = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu

/** The same event with texts that no receiver stumbles over. */
export function tamed(event: SiemEvent): SiemEvent {
  return tamedValue(event) as SiemEvent
}

/** At most so many bytes of UTF-8; what was cut shows. */
export function bounded(text: string, bytes_max: number): string {
  if (text.length * 3 <= bytes_max || Buffer.byteLength(text) <= bytes_max) return text
  const room = bytes_max - Buffer.byteLength(CUT)
  let bytes = 0
  let kept = ''
  for (const character of text) {
    bytes += Buffer.byteLength(character)
    if (bytes > room) break
    kept += character
  }
  return kept + CUT
}

/** For formats of lines: a space for each of them. */
export function withoutControls(text: string): string {
  return text.replace(CONTROLS, ' ')
}

function tamedText(text: string): string {
  // Through UTF-8 and back: a lone surrogate has no bytes and becomes the replacement character.
  const wellFormed = Buffer.from(text).toString()
  return bounded(wellFormed, LIMITS.event_text_bytes_max)
}

function tamedValue(value: unknown): unknown {
  if (typeof value === 'string') return tamedText(value)
  if (Array.isArray(value)) return value.slice(0, LIMITS.event_list_max).map(tamedValue)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, tamedValue(inner)]))
}

/** What happened, in one sentence of names and numbers. */
export function sentence(event: SiemEvent): string {
  if (event.event === 'alert') return event.title
  if (event.event === 'finding')
    return `${event.matches} findings of ${event.rule} in ${event.service}: ${event.action}`
  const { service, records_seen, records_affected, not_inspected } = event
  const lost = not_inspected > 0 ? `, ${not_inspected} not inspected` : ''
  return `${records_seen} records of ${service} inspected, ${records_affected} with findings${lost}`
}
