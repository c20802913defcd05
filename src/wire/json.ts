// JSON in place (RFC 8259): the walker checks the grammar and reports each key, string and number where it lies;
// nothing is decoded into objects. Bytes inside strings are not judged: raw control characters and invalid UTF-8 pass.
import type { Edits } from '../core/edits.ts'
import type { Leaves } from '../core/leaves.ts'
import { type Paths, ROOT } from '../core/paths.ts'
import { type Spliced, Step, type Walk, type Wire } from '../core/wire.ts'
import { spliceBytes } from './splice.ts'
import { escapeJson } from './views.ts'
import { type Walker, walkerOf } from './walker.ts'

const QUOTE = 0x22
function skipSpace(bytes: Uint8Array, from: number, end: number): number {
  let at = from
  while (at < end && (bytes[at] === 0x20 || (bytes[at] >= 9 && bytes[at] <= 13))) at++
  return at
}

/** Walks one JSON text. Also used for JSON inside strings, with `root` as the path of that string. */
export class JsonText {
  /** True when it walks the batch itself, and not text that was decoded. */
  private readonly isOfBatch: boolean
  private paths: Paths | undefined
  private walker!: Walker

  constructor(isOfBatch: boolean) {
    this.isOfBatch = isOfBatch
  }

  /** Appends the leaves of the text in [start, end). Returns Step.record, Step.malformed or Step.too_deep. */
  walk(bytes: Uint8Array, start: number, end: number, leaves: Leaves, paths: Paths, root: number): number {
    if (paths !== this.paths) {
      this.paths = paths
      this.walker = walkerOf(paths)
    }
    return this.walker.json(bytes, start, end, leaves, root, this.isOfBatch)
  }
}

class JsonWalk implements Walk {
  recordStart = 0
  recordEnd = 0
  private bytes: Uint8Array = new Uint8Array(0)
  private done = false
  private readonly text = new JsonText(true)

  begin(bytes: Uint8Array, start: number, end: number): void {
    this.bytes = bytes
    this.recordStart = start
    this.recordEnd = end
    // An empty line is no record.
    this.done = skipSpace(bytes, start, end) === end
  }

  next(leaves: Leaves, paths: Paths): number {
    if (this.done) return Step.end
    this.done = true
    return this.text.walk(this.bytes, this.recordStart, this.recordEnd, leaves, paths, ROOT)
  }

  quietFrames(bytes: Uint8Array, ends: Uint32Array, first: number, paths: Paths, root: number): number {
    return walkerOf(paths).runLines(true, bytes, ends, first, root)
  }

  again(leaves: Leaves, paths: Paths): void {
    this.text.walk(this.bytes, this.recordStart, this.recordEnd, leaves, paths, ROOT)
  }
}

export const json: Wire = {
  walk: () => new JsonWalk(),
  splice: (bytes: Uint8Array, ends: Uint32Array, edits: Edits): Spliced => spliceBytes(bytes, ends, edits),
  encodeText(text) {
    const escaped = escapeJson(text)
    const out = new Uint8Array(escaped.length + 2)
    out[0] = QUOTE
    out.set(escaped, 1)
    out[out.length - 1] = QUOTE
    return out
  },
  marker: (reason, size) => new TextEncoder().encode(`{"logveil_unreadable":"${reason}","bytes":${size}}\n`),
}
