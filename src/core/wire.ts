// What every format offers: walk (where are the leaves) and splice (put the edits back and mend the lengths).
import type { Format } from './batch.ts'
import type { Edits } from './edits.ts'
import type { Leaves } from './leaves.ts'
import type { Paths } from './paths.ts'

/** What `Walk.next` found. Negative numbers are failures of the record [recordStart, recordEnd). */
export const Step = {
  /** The frame is done. */
  end: 0,
  /** A log record. */
  record: 1,
  /** Parts of the frame that are no record: the tag, options. Inspected, not counted. */
  envelope: 2,
  /** A group marker (forward, OTLP input): inspected, not counted, kept in its place. Opens or closes a group. */
  group: 3,
  /** More of the open group (OTLP: a scope, schema URLs): inspected, not counted; its records may have another name. */
  scope: 4,
  malformed: -1,
  too_deep: -2,
} as const

/** What a marker stands for. Resource and scope are of OTLP, where what is around them stays readable. */
export type Place = 'frame' | 'record' | 'resource' | 'scope'

/** A format within another one, and the bytes that are written in it. */
export interface Within {
  format: Format
  start: number
  end: number
  /** Bytes that name the stream that the record is of. */
  nameStart: number
  nameEnd: number
}

/** Walks one frame, record by record. One object per worker and format, used again for every frame. */
export interface Walk {
  /** Bytes of the record that `next` found, all of its encoding. After a failure: what has to fail closed together. */
  recordStart: number
  recordEnd: number
  /** What lies there. Formats that do not say mean a record. */
  readonly place?: Place
  /** Formats that hold others say after each `next` what the record is written in. */
  readonly within?: Within
  begin(bytes: Uint8Array, start: number, end: number): void
  /** Appends the leaves of the next record to `leaves` (which the caller emptied) and says what it is. */
  next(leaves: Leaves, paths: Paths): number
  /**
   * Walks the frames from number `first` on that have nothing to be looked at, and of which it is known whose they are
   * behind the node `root` of names; they are counted by node. Returns the number of the first other one.
   */
  quietFrames?(bytes: Uint8Array, ends: Uint32Array, first: number, paths: Paths, root: number): number
  /** The same for the next records of the frame that was begun. */
  quietRecords?(paths: Paths, root: number): void
  /** Appends the leaves of the same record once more. `paths` may be others: then all of its leaves are reported. */
  again(leaves: Leaves, paths: Paths): void
}

export interface Spliced {
  bytes: Uint8Array
  ends: Uint32Array
}

export interface Wire {
  /** `dropsUnknown`: fields that are not of the format's protocol are reported as `Kind.unreadable`, all of them. */
  walk(dropsUnknown?: boolean): Walk
  /**
   * The frames with the edits applied, in a new padded buffer. Edits do not overlap; those of one record are ascending.
   */
  splice(bytes: Uint8Array, ends: Uint32Array, edits: Edits): Spliced
  /** A number or a whole value encoded as a string of this format (with quotes or header), for `text` in UTF-8. */
  encodeText(text: Uint8Array): Uint8Array
  /**
   * Stands in for bytes that could not be read, so that a record does not vanish without a trace: a record that says
   * why and how many bytes there were. It replaces what lies at `place`.
   */
  marker(reason: string, size: number, place: Place): Uint8Array
}
