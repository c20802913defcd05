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
  let events = 0
  let code: HecFault | null = null
  for (let at = skipSpace(bytes, 0, end); at < end; at = skipSpace(bytes, at, end)) {
    const stop = bytes[at] === 0x7b ? skipJson(bytes, at, end) : -1
    const members = stop < 0 ? 6 : readMembers(bytes, at, stop)
    if (typeof members === 'number') {
      code = members
      break
    }
    const more = METADATA.filter((name) => query.has(name) && !members.has(name))
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

/** The names of the event's members, or why Splunk would not take it. */
function readMembers(bytes: Uint8Array, start: number, end: number): Set<string> | HecFault {
  const names = new Set<string>()
  let isBlank = false
  let hasNestedFields = false
  for (let at = skipSpace(bytes, start + 1, end); bytes[at] === 0x22; at = skipSpace(bytes, at, end)) {
    const nameEnd = skipString(bytes, at, end)
    const name = Buffer.from(bytes.buffer, bytes.byteOffset + at + 1, nameEnd - at - 2).toString('latin1')
    const value = skipSpace(bytes, skipSpace(bytes, nameEnd, end) + 1, end)
    at = skipJson(bytes, value, end)
    // Empty text, or null.
    if (name === 'event') isBlank = bytes[value] === 0x6e || (bytes[value] === 0x22 && at === value + 2)
    if (name === 'fields') hasNestedFields = !isFlat(bytes, value, at)
    names.add(name)
    at = skipSpace(bytes, at, end)
    if (bytes[at] === 0x2c) at++
  }
  if (!names.has('event')) return 12
  if (isBlank) return 13
  return hasNestedFields ? 15 : names
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
