// The frames of batches behind this one: they are walked for how lines go on, and for nothing else.
import type { Format } from '../../core/batch.ts'
import type { Walk } from '../../core/wire.ts'
import { lineFormat } from '../lines.ts'
import type { Place } from './streams.ts'

export class Behind implements Place {
  readonly bytes: Uint8Array
  format: Format
  frameStart = 0
  frameEnd = 0
  groupStart = 0
  groupEnd = 0
  private readonly walks: Record<Format, Walk>
  private readonly tellsApart: boolean
  private readonly ends: Uint32Array
  private at: number

  /** `tellsApart`: each line is JSON or text. Frames before `from` are of the batch itself. */
  constructor(
    walks: Record<Format, Walk>,
    format: Format,
    tellsApart: boolean,
    bytes: Uint8Array,
    ends: Uint32Array,
    from: number,
  ) {
    this.walks = walks
    this.format = format
    this.tellsApart = tellsApart
    this.bytes = bytes
    this.ends = ends
    this.at = from
  }

  /** The walk of the next frame; undefined when there is none. */
  next(): Walk | undefined {
    const { at, bytes, ends } = this
    if (at === ends.length) return undefined
    this.frameStart = ends[at - 1]
    this.frameEnd = ends[at]
    this.groupEnd = this.groupStart
    this.at++
    let start = this.frameStart
    if (this.tellsApart) ({ format: this.format, start } = lineFormat(bytes, start, this.frameEnd))
    const walk = this.walks[this.format]
    walk.begin(bytes, start, this.frameEnd)
    return walk
  }

  /** `walk` has found the marker of a group. */
  group({ recordStart, recordEnd }: Walk): void {
    this.groupStart = recordStart
    this.groupEnd = recordEnd
  }
}
