// The bodies of Splunk's HTTP Event Collector. `event`: objects back to back, each a frame as it came. `raw`: lines,
// each a frame of the same form. What the address says of all of them (host, source, …) is put into each.
import type { Framed } from '../../net/intake/intake.ts'
import { writeForeignText } from '../../wire/foreign_text.ts'
import { skipJson, skipSpace, skipString } from '../../wire/transcode/json_skip.ts'
import { Output } from '../../wire/transcode/output.ts'
import { frameDocument, lineEnd } from './records.ts'

/** What an event may say of itself, and the address of all. */
const METADATA = ['time', 'host', 'source', 'sourcetype', 'index']

/** Splunk's codes for an event that is not taken. */
export type HecFault = 6 | 12 | 13 | 15

export interface HecEvents {
  readonly framed: Framed
  /** The first event that is not taken; those before it are, those behind it are not (as in Splunk). */
  readonly fault: { readonly code: HecFault; readonly event: number } | null
}

export function readEvents(bytes: Uint8Array, query: URLSearchParams): HecEvents {
  const out = new Output(bytes.length + 64)
  const end = bytes.length
  const names = METADATA.filter((name) => query.has(name))
  let events = 0
  let code: HecFault | null = null
  for (let at = skipSpace(bytes, 0, end); at < end; at = skipSpace(bytes, at, end)) {
    const stop = bytes[at] === 0x7b ? skipJson(bytes, at, end) : -1
    const members = stop < 0 ? 0 : readMembers(bytes, at, stop)
    code = stop < 0 ? 6 : faultOf(members)
    if (code !== null) break
    const more = names.filter((name) => (members & (1 << NAMES.indexOf(name))) === 0)
    if (more.length === 0) frameDocument(out, bytes, at, stop)
    else {
      const head = Buffer.from(`{${more.map((name) => member(name, query)).join('')}`)
      const whole = Buffer.concat([head, bytes.subarray(at + 1, stop)])
      frameDocument(out, whole, 0, whole.length)
    }
    events++
    at = stop
  }
  return { framed: { format: 'json', ...out.finish() }, fault: code === null ? null : { code, event: events } }
}

/** Blank lines are none. */
export function readRaw(bytes: Uint8Array, query: URLSearchParams): HecEvents {
  const names = METADATA.filter((name) => query.has(name))
  const head = Buffer.from(`{${names.map((name) => member(name, query)).join('')}"event":`)
  const out = new Output(bytes.length * 1.25)
  for (let at = 0; at < bytes.length; ) {
    const stop = lineEnd(bytes, at)
    const end = stop > at && bytes[stop - 1] === 0x0d ? stop - 1 : stop
    if (skipSpace(bytes, at, end) < end) {
      out.append(head)
      const isUtf8 = writeForeignText(out, bytes, at, end)
      out.append(isUtf8 ? CLOSE : CLOSE_LATIN1)
      out.endFrame()
    }
    at = stop + 1
  }
  return { framed: { format: 'json', ...out.finish() }, fault: null }
}

const CLOSE = Buffer.from('}\n')
const CLOSE_LATIN1 = Buffer.from(',"encoding":"latin1"}\n')

/** With its comma. */
function member(name: string, query: URLSearchParams): string {
  return `${JSON.stringify(name)}:${JSON.stringify(query.get(name))},`
}

/** Names that mean something, each a bit of what `readMembers` says; and what else it saw. */
const NAMES = [...METADATA, 'event', 'fields']
const NAME_BYTES = NAMES.map((name) => Buffer.from(name))
const EVENT = 1 << NAMES.indexOf('event')
const FIELDS = NAMES.indexOf('fields')
const BLANK = 1 << NAMES.length
const NESTED = 2 << NAMES.length

/** Which members the event has, as bits. */
function readMembers(bytes: Uint8Array, start: number, end: number): number {
  let members = 0
  for (let at = skipSpace(bytes, start + 1, end); bytes[at] === 0x22; at = skipSpace(bytes, at, end)) {
    const nameEnd = skipString(bytes, at, end)
    const name = nameOf(bytes, at + 1, nameEnd - 1)
    const value = skipSpace(bytes, skipSpace(bytes, nameEnd, end) + 1, end)
    at = skipJson(bytes, value, end)
    if (name >= 0) members |= 1 << name
    // Empty text, or null.
    const isBlank = bytes[value] === 0x6e || (bytes[value] === 0x22 && at === value + 2)
    if (1 << name === EVENT && isBlank) members |= BLANK
    if (name === FIELDS && !isFlat(bytes, value, at)) members |= NESTED
    at = skipSpace(bytes, at, end)
    if (bytes[at] === 0x2c) at++
  }
  return members
}

/** Why Splunk would not take it. */
function faultOf(members: number): HecFault | null {
  if ((members & EVENT) === 0) return 12
  if ((members & BLANK) !== 0) return 13
  return (members & NESTED) === 0 ? null : 15
}

/** Its place among the known ones, or -1. */
function nameOf(bytes: Uint8Array, start: number, end: number): number {
  for (let n = 0; n < NAME_BYTES.length; n++) {
    const name = NAME_BYTES[n]
    let at = 0
    if (name.length !== end - start) continue
    while (at < name.length && name[at] === bytes[start + at]) at++
    if (at === name.length) return n
  }
  return -1
}

/** An object whose values are plain, or lists of plain ones. */
function isFlat(bytes: Uint8Array, start: number, end: number): boolean {
  if (bytes[start] !== 0x7b) return false
  for (let at = start + 1; at < end; at++) {
    if (bytes[at] === 0x22) at = skipString(bytes, at, end) - 1
    else if (bytes[at] === 0x7b) return false
  }
  return true
}
