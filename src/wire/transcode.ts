// Frames of one format as frames of another, for sinks that do not store what a source sent. Runs in workers, on bytes
// that were redacted before; it finds nothing and hides nothing.
//
//   msgpack → json   one NDJSON line a record (transcode/json_writer.ts shows it)
//   text    → json   {"body": line}
//   json    → msgpack, text → msgpack   one forward frame with the origin as its tag; a record that names no time gets
//                    the caller's
//   → text           like → json: a JSON line is text
import type { Format } from '../core/batch.ts'
import { readJsonDocument } from './transcode/from_json.ts'
import { readMsgpackFrame } from './transcode/from_msgpack.ts'
import { readTextLine } from './transcode/from_text.ts'
import { JsonWriter } from './transcode/json_writer.ts'
import { MsgpackWriter } from './transcode/msgpack_writer.ts'
import { Output } from './transcode/output.ts'

export interface Transcoded {
  bytes: Uint8Array
  ends: Uint32Array
  /** Frames that could not be read. The walk failed them closed before, so this only guards; they are left out. */
  unreadable: number
}

/** `now_ns` is in nanoseconds since 1970. Never throws on any bytes. */
export function transcode(
  format: Format,
  bytes: Uint8Array,
  ends: Uint32Array,
  to: Format,
  origin: string,
  now_ns: bigint,
): Transcoded {
  if (format === to) return { bytes, ends, unreadable: 0 }
  // Not yet: readers and writers of OTLP come next.
  if (isOtlp(format) || isOtlp(to)) return { ...new Output(0).finish(), unreadable: ends.length }
  if (to === 'msgpack') return toMsgpack(format, bytes, ends, origin, now_ns)
  if (format === 'msgpack') return fromMsgpack(bytes, ends)
  return format === 'text' ? textToJson(bytes, ends) : jsonToText(bytes, ends)
}

function isOtlp(format: Format): boolean {
  return format === 'otlp' || format === 'otlp_json'
}

function fromMsgpack(bytes: Uint8Array, ends: Uint32Array): Transcoded {
  const writer = new JsonWriter(bytes.length * 2)
  let unreadable = 0
  let start = 0
  for (const end of ends) {
    if (!readMsgpackFrame(bytes, start, end, writer)) unreadable++
    start = end
  }
  return { ...writer.out.finish(), unreadable }
}

function toMsgpack(format: Format, bytes: Uint8Array, ends: Uint32Array, origin: string, now_ns: bigint): Transcoded {
  const now = { seconds: Number(now_ns / 1_000_000_000n), nanos: Number(now_ns % 1_000_000_000n) }
  const writer = new MsgpackWriter(bytes.length * 2, origin)
  let unreadable = 0
  let start = 0
  for (const end of ends) {
    if (format === 'text') readTextLine(bytes, start, end, now, writer)
    else if (!readJsonDocument(bytes, start, end, now, writer)) unreadable++
    start = end
  }
  writer.endFrame()
  return { ...writer.out.finish(), unreadable }
}

function textToJson(bytes: Uint8Array, ends: Uint32Array): Transcoded {
  const writer = new JsonWriter(bytes.length * 2)
  let start = 0
  for (const end of ends) {
    readTextLine(bytes, start, end, null, writer)
    start = end
  }
  return { ...writer.out.finish(), unreadable: 0 }
}

/** A document on one line: line feeds in JSON stand between tokens only, where a space says the same. */
function jsonToText(bytes: Uint8Array, ends: Uint32Array): Transcoded {
  const out = new Output(bytes.length + ends.length)
  let start = 0
  for (const end of ends) {
    const from = out.used
    out.append(bytes.subarray(start, end))
    while (out.used > from && isBreak(out.bytes[out.used - 1])) out.used--
    for (let at = from; at < out.used; at++) if (isBreak(out.bytes[at])) out.bytes[at] = 0x20
    out.push(0x0a)
    out.endFrame()
    start = end
  }
  return { ...out.finish(), unreadable: 0 }
}

function isBreak(byte: number): boolean {
  return byte === 0x0a || byte === 0x0d
}
