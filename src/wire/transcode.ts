// Frames of one format as frames of another, for sinks that do not store what a source sent. Runs in workers, on bytes
// that were redacted before; it finds nothing and hides nothing. Every way goes through the record model, but for the
// two encodings of OTLP, which hold the same.
//
//   → json      one NDJSON line a record (transcode/json_writer.ts shows it); a line of text is {"body": line}
//   → msgpack   forward frames with the origin as their tag (transcode/msgpack_writer.ts)
//   → otlp      requests in protobuf (transcode/otlp_writer.ts)
//   → otlp_json the same requests in JSON
//   → text      like → json: a JSON line is text
import type { Format } from '../core/batch.ts'
import type { RecordWriter } from './record.ts'
import { readJsonDocument } from './transcode/from_json.ts'
import { readKafkaRecord } from './transcode/from_kafka.ts'
import { readMsgpackFrame } from './transcode/from_msgpack.ts'
import { readOtlpRequest } from './transcode/from_otlp.ts'
import { readTextLine } from './transcode/from_text.ts'
import { JsonWriter } from './transcode/json_writer.ts'
import { MsgpackWriter } from './transcode/msgpack_writer.ts'
import { otlpFromJson } from './transcode/otlp_from_json.ts'
import { otlpToJson } from './transcode/otlp_to_json.ts'
import { OtlpWriter } from './transcode/otlp_writer.ts'
import { Output } from './transcode/output.ts'
import type { Transcoded } from './transcode/transcoded.ts'

/** Tells the records of a frame; false when it cannot be read. */
type Read = (bytes: Uint8Array, start: number, end: number, to: RecordWriter) => boolean

const READERS: Readonly<Record<Exclude<Format, 'otlp_json'>, Read>> = {
  json: readJsonDocument,
  msgpack: readMsgpackFrame,
  otlp: readOtlpRequest,
  kafka: readKafkaRecord,
  text(bytes, start, end, to) {
    readTextLine(bytes, start, end, to)
    return true
  },
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
  if (format === 'otlp_json') {
    const requests = otlpFromJson(bytes, ends)
    const made = transcode('otlp', requests.bytes, requests.ends, to, origin, now_ns)
    return { ...made, unreadable: made.unreadable + requests.unreadable }
  }
  if (to === 'otlp_json') {
    const requests = transcode(format, bytes, ends, 'otlp', origin, now_ns)
    const made = otlpToJson(requests.bytes, requests.ends)
    return { ...made, unreadable: made.unreadable + requests.unreadable }
  }
  if (format === 'json' && to === 'text') return jsonToText(bytes, ends)
  const now = { seconds: Number(now_ns / 1_000_000_000n), nanos: Number(now_ns % 1_000_000_000n) }
  const size_hint = bytes.length * 2
  if (to === 'msgpack') {
    const writer = new MsgpackWriter(size_hint, origin, now)
    const unreadable = tellAll(READERS[format], bytes, ends, writer)
    writer.endFrame()
    return { ...writer.out.finish(), unreadable }
  }
  if (to === 'otlp') {
    const writer = new OtlpWriter(size_hint, now)
    const unreadable = tellAll(READERS[format], bytes, ends, writer)
    writer.endFrame()
    return { ...writer.out.finish(), unreadable }
  }
  const writer = new JsonWriter(size_hint)
  const unreadable = tellAll(READERS[format], bytes, ends, writer)
  return { ...writer.out.finish(), unreadable }
}

/** The number of frames that could not be read. */
function tellAll(read: Read, bytes: Uint8Array, ends: Uint32Array, to: RecordWriter): number {
  let unreadable = 0
  let start = 0
  for (const end of ends) {
    if (!read(bytes, start, end, to)) unreadable++
    start = end
  }
  return unreadable
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
