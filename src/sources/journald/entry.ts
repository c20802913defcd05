// One entry of the journal as a JSON record: its fields by their own names, after its time and its severity. A field
// that stands there several times, which journald allows, has a list of its values.
import { writeLatin1 } from '../../wire/foreign_text.ts'
import { writeString } from '../../wire/transcode/escape.ts'
import type { Output } from '../../wire/transcode/output.ts'
import { isUtf8 } from '../../wire/transcode/utf8.ts'
import type { Fields } from './export_format.ts'

const SEVERITIES = ['emerg', 'alert', 'crit', 'err', 'warning', 'notice', 'info', 'debug']
/** Addresses of the entry, which say nothing outside of its journal; and its time, which is `timestamp`. */
const LEFT_OUT = new Set(['__CURSOR', '__MONOTONIC_TIMESTAMP', '__SEQNUM', '__SEQNUM_ID', '__REALTIME_TIMESTAMP'])

/** Appends a frame. */
export function writeEntry(out: Output, bytes: Uint8Array, fields: Fields): void {
  const places = new Map<string, number[]>()
  for (let n = 0; n < fields.length; n += 4) {
    const name = textOf(bytes, fields[n], fields[n + 1])
    const known = places.get(name)
    if (known === undefined) places.set(name, [n])
    else known.push(n)
  }
  out.push(0x7b)
  out.append(Buffer.from(headOf(bytes, fields, places)))
  const foreign: string[] = []
  let first = out.bytes[out.used - 1] === 0x7b
  for (const [name, values] of places) {
    if (LEFT_OUT.has(name)) continue
    if (!first) out.push(0x2c)
    first = false
    writeString(out, bytes, fields[values[0]], fields[values[0] + 1])
    out.push(0x3a)
    const isText = values.every((n) => isUtf8(bytes, fields[n + 2], fields[n + 3]))
    const write = isText ? writeString : writeLatin1
    if (!isText) foreign.push(`${JSON.stringify(name)}:"latin1"`)
    if (values.length > 1) out.push(0x5b)
    for (const [at, n] of values.entries()) {
      if (at > 0) out.push(0x2c)
      write(out, bytes, fields[n + 2], fields[n + 3])
    }
    if (values.length > 1) out.push(0x5d)
  }
  out.append(Buffer.from(foreign.length === 0 ? '}\n' : `,"encoding":{${foreign.join(',')}}}\n`))
  out.endFrame()
}

function headOf(bytes: Uint8Array, fields: Fields, places: ReadonlyMap<string, readonly number[]>): string {
  const value = (name: string): string => {
    const [n] = places.get(name) ?? []
    return n === undefined ? '' : textOf(bytes, fields[n + 2], fields[n + 3])
  }
  const time = timestampOf(value('__REALTIME_TIMESTAMP'))
  const severity = SEVERITIES[/^[0-7]$/.test(value('PRIORITY')) ? Number(value('PRIORITY')) : -1]
  const members = [
    ...(time === null ? [] : [`"timestamp":"${time}"`]),
    ...(severity === undefined ? [] : [`"severity":"${severity}"`]),
  ]
  return members.join(',')
}

/** Microseconds since 1970 in RFC 3339; null when they are none. */
function timestampOf(text: string): string | null {
  const micros = /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN
  const date = new Date(Math.floor(micros / 1000))
  if (Number.isNaN(date.getTime())) return null
  return date.toISOString().replace('Z', `${String(micros % 1000).padStart(3, '0')}Z`)
}

function textOf(bytes: Uint8Array, start: number, end: number): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString('latin1')
}
