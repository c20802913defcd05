// What sinks want to know of a JSON document besides its bytes, to name an index, an object or a stream by: its time,
// its service, its severity and its trace. Reads the line that json_writer.ts makes as well as any document that came
// as JSON. The document was walked before: it is well-formed.
import { firstItem, nextItem, valueAt, valueEnd } from '../json_cursor.ts'
import { parseTime, TIMES } from './from_json.ts'
import { skipString } from './json_skip.ts'
import { jsonText, text } from './json_text.ts'
import type { Instant } from './rfc3339.ts'

export interface Facts {
  /** Null when it says none that can be read. */
  time: Instant | null
  /** Empty when it has none, like the texts below. */
  service: string
  severity: string
  trace_id: string
  span_id: string
}

const decoder = new TextDecoder()
/** A name in the quotes of a member that is looked for is not longer. */
const LONGEST = 'app.kubernetes.io/name'.length + 2
/** A value that is longer names nothing. */
const NAME_BYTES_MAX = 1024

/** Where the service is looked for in the record, best first: the places where the policy looks by default. */
const SERVICES: readonly (readonly string[])[] = [
  ['kubernetes', 'labels', 'app.kubernetes.io/name'],
  ['kubernetes', 'labels', 'app'],
  ['kubernetes', 'container_name'],
]
const PLAIN_SERVICES: readonly string[] = ['service.name', 'service', 'service_name', 'container_name']
const SEVERITIES: readonly string[] = ['severity_text', 'severity', 'level', 'log.level']

type Members = ReadonlyMap<string, number>

/** `document` begins with its first byte and ends with its last one. */
export function factsOf(document: Uint8Array): Facts {
  const outer = membersOf(document, 0)
  const body = outer.get('body')
  // A document that came as JSON has no body, or is its own.
  const inner = body === undefined ? outer : membersOf(document, body)
  return {
    time: timeIn(document, outer) ?? (inner === outer ? null : timeIn(document, inner)),
    service: serviceIn(document, outer, inner),
    severity: firstText(document, outer, SEVERITIES) || firstText(document, inner, SEVERITIES),
    trace_id: firstText(document, outer, ['trace_id']) || firstText(document, inner, ['trace_id']),
    span_id: firstText(document, outer, ['span_id']) || firstText(document, inner, ['span_id']),
  }
}

/** Where the value of the member of this name begins (null: of any) in the object that `document` is; else -1. */
export function offsetOf(document: Uint8Array, name: string | null): number {
  const members = membersOf(document, 0)
  if (name !== null) return members.get(name) ?? -1
  for (const at of members.values()) return at
  return -1
}

/** Milliseconds since 1970; `otherwise_ms` when it says no time. */
export function timeOf_ms({ time }: Facts, otherwise_ms: number): number {
  return time === null ? otherwise_ms : time.seconds * 1000 + Math.floor(time.nanos / 1e6)
}

function timeIn(bytes: Uint8Array, members: Members): Instant | null {
  for (const name of TIMES) {
    const at = members.get(name)
    const time = at === undefined ? null : parseTime(bytes, at, valueEnd(bytes, at))
    if (time !== null) return time
  }
  return null
}

function serviceIn(bytes: Uint8Array, outer: Members, inner: Members): string {
  for (const path of SERVICES) {
    const found = textAlong(bytes, inner, path)
    if (found !== '') return found
  }
  return (
    textAlong(bytes, outer, ['resource', 'attributes', 'service.name']) ||
    textAlong(bytes, inner, ['service', 'name']) ||
    firstText(bytes, inner, PLAIN_SERVICES) ||
    firstText(bytes, outer, ['tag'])
  )
}

function textAlong(bytes: Uint8Array, members: Members, path: readonly string[]): string {
  let here = members
  for (const name of path.slice(0, -1)) {
    const at = here.get(name)
    if (at === undefined || bytes[at] !== 0x7b) return ''
    here = membersOf(bytes, at)
  }
  return firstText(bytes, here, path.slice(-1))
}

function firstText(bytes: Uint8Array, members: Members, names: readonly string[]): string {
  for (const name of names) {
    const at = members.get(name)
    if (at === undefined || bytes[at] !== 0x22) continue
    const end = skipString(bytes, at, bytes.length)
    if (end - at > NAME_BYTES_MAX) continue
    jsonText(bytes, at + 1, end - 1)
    return decoder.decode(text.bytes.subarray(text.start, text.end))
  }
  return ''
}

/** Where the value of each member of the object at `at` begins; none when there is no object. */
function membersOf(bytes: Uint8Array, at: number): Members {
  const members = new Map<string, number>()
  if (bytes[at] !== 0x7b) return members
  for (let name = firstItem(bytes, at); name >= 0; ) {
    const end = skipString(bytes, name, bytes.length)
    const value = valueAt(bytes, name)
    // Names in escapes name nothing that is looked for.
    if (end - name <= LONGEST) members.set(decoder.decode(bytes.subarray(name + 1, end - 1)), value)
    name = nextItem(bytes, valueEnd(bytes, value))
  }
  return members
}
