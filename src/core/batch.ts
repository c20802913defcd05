// What crosses threads: bytes as they were framed, never a decoded record.

/**
 * - `json`: a frame is one JSON document, with the line feed that ended it if it had one.
 * - `text`: a frame is one line, with its line feed.
 * - `msgpack`: a frame is one forward chunk, always in the packed form `[tag, bin32 events, options?]` where events are
 *   `[metadata, record]` back to back. Its source brings every carrier mode of the protocol to it.
 * - `otlp`: a frame is one ExportLogsServiceRequest in protobuf (LogsData is the same).
 * - `otlp_json`: a frame is one such request in OTLP's JSON, with the line feed that ended it if it had one.
 * - `kafka`: a frame is one record of a topic, with key and headers around a value of one of the other formats.
 */
export type Format = 'json' | 'msgpack' | 'text' | 'otlp' | 'otlp_json' | 'kafka'

export const FORMATS: readonly Format[] = ['json', 'msgpack', 'text', 'otlp', 'otlp_json', 'kafka']

/** What lies between two places of something that can be read again, such as a file: the same however it is cut. */
export interface Stretch {
  readonly stream: string
  readonly from: number
  readonly to: number
}

/** What a sender calls it, or which stretch of its stream it is. */
export type BatchName = string | Stretch

export interface Batch {
  readonly format: Format
  /** The frames back to back. */
  readonly bytes: Uint8Array
  /** Exclusive end offset of each frame in `bytes`, ascending; the last one is `bytes.length`. */
  readonly ends: Uint32Array
  /** Id of the source that framed it (its name in the settings), or `census`. */
  readonly origin: string
  /** What it was made of, by names that are the same when it comes again. Absent: nobody asked, or nobody said. */
  readonly ids?: readonly BatchName[]
  /** The W3C `traceparent` of the request that it came in, as received: tracing links the batch's span to it. */
  readonly traceparent?: string
  /** Nobody else looks at its bytes, now or later: their memory may be given back as soon as they are redacted. */
  readonly isGiven?: boolean
}

/** Bytes kept free behind the frames in the buffers that RE2 reads, so that a truncated UTF-8 tail stays in bounds. */
export const BATCH_PAD_BYTES = 8

/** A batch with copied bytes in a buffer of its own, padded, and so fit to be transferred to a worker. */
export function joinBatches(parts: readonly Batch[]): Batch {
  let size = 0
  let frames = 0
  for (const part of parts) {
    size += part.bytes.length
    frames += part.ends.length
  }
  // Slow means: not cut out of a buffer that others share. What it holds is written over, to its end.
  const { buffer } = Buffer.allocUnsafeSlow(size + BATCH_PAD_BYTES).fill(0, size)
  const bytes = new Uint8Array(buffer, 0, size)
  const ends = new Uint32Array(frames)
  let at = 0
  let frame = 0
  for (const part of parts) {
    bytes.set(part.bytes, at)
    for (const end of part.ends) ends[frame++] = at + end
    at += part.bytes.length
  }
  return { format: parts[0].format, bytes, ends, origin: parts[0].origin }
}
