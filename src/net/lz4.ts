// Decompresses lz4 frames with bounds, as the Collector's HTTP exporter writes them. Checksums are not looked at: the
// transport has its own, and what was damaged is no protobuf. Frames that need a dictionary can not be read.
//
//   Frame    ::= 04 22 4d 18 flags descriptor [u64 size] [u32 dictionary] u8(checksum) Block* u32(0) [u32 checksum]
//   Block    ::= u32le(size, top bit: not compressed) content [u32 checksum]              (lz4_Frame_format.md)
//   content  ::= Sequence*, of which the last one has literals only                       (lz4_Block_format.md)
//   Sequence ::= token (more of the literals' size)* literals u16le(offset) (more of the match's size)*
import { release } from '../core/release.ts'
import type { Decompressed } from './zstd.ts'

const MAGIC = 0x184d2204
/** Frames of users' own, to be skipped: the last four bits are free. */
const SKIPPABLE = 0x184d2a50
const VERSION = 1
const MATCH_BYTES_MIN = 4
/** More are copied at once. */
const LOOP_BYTES_MAX = 48
/** Output after which others get their turn on the thread. */
const TURN_BYTES = 1024 * 1024

export async function unlz4(bytes: Uint8Array, bytes_max: number): Promise<Decompressed> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  const output = new Output(bytes_max, bytes.length * 4)
  for (let at = 0; at < bytes.length; ) {
    if (at + 8 > bytes.length) return 'undecodable'
    const magic = view.getUint32(at, true)
    if ((magic & 0xfffffff0) === SKIPPABLE) {
      at += 8 + view.getUint32(at + 4, true)
      if (at > bytes.length) return 'undecodable'
      continue
    }
    if (magic !== MAGIC) return 'undecodable'
    const end = await decodeFrame(view, bytes, at + 4, output)
    if (typeof end === 'string') return end
    at = end
  }
  return output.trimmed()
}

/** Where the frame ends whose flags are at `at`. */
async function decodeFrame(
  view: DataView,
  bytes: Uint8Array,
  at: number,
  output: Output,
): Promise<number | 'too_large' | 'undecodable'> {
  const flags = bytes[at]
  const hasDictionary = (flags & 1) !== 0
  if (flags >> 6 !== VERSION || hasDictionary) return 'undecodable'
  const checksumBytes = (flags & 0x10) !== 0 ? 4 : 0
  at += 3 + ((flags & 8) !== 0 ? 8 : 0)
  // A match may reach into blocks before, but not into another frame.
  const first = output.size
  for (;;) {
    if (at + 4 > bytes.length) return 'undecodable'
    const head = view.getUint32(at, true)
    at += 4
    if (head === 0) break
    const end = at + (head & 0x7fffffff)
    if (end + checksumBytes > bytes.length) return 'undecodable'
    if (head >>> 31 === 1) {
      if (!output.put(bytes, at, end)) return 'too_large'
    } else {
      const block = { bytes, at, end, first, output }
      while (block.at < end) {
        const broken = decodeSome(block)
        if (broken !== null) return broken
        if (block.at < end) await turn()
      }
    }
    at = end + checksumBytes
    await turn()
  }
  at += (flags & 4) !== 0 ? 4 : 0
  return at > bytes.length ? 'undecodable' : at
}

interface Block {
  readonly bytes: Uint8Array
  at: number
  readonly end: number
  readonly first: number
  readonly output: Output
}

/** Decodes for one turn, in whole sequences. Null while all is well. */
function decodeSome(block: Block): 'too_large' | 'undecodable' | null {
  const { bytes, end, first, output } = block
  const turnAt = output.size + TURN_BYTES
  let { at } = block
  while (at < end && output.size < turnAt) {
    const token = bytes[at++]
    let size = token >> 4
    if (size === 15) {
      if (at === end) return 'undecodable'
      do size += bytes[at]
      while (bytes[at++] === 255 && at < end)
    }
    if (at + size > end) return 'undecodable'
    if (!output.put(bytes, at, at + size)) return 'too_large'
    at += size
    if (at === end) break
    if (at + 2 > end) return 'undecodable'
    const offset = bytes[at] | (bytes[at + 1] << 8)
    at += 2
    size = (token & 15) + MATCH_BYTES_MIN
    if ((token & 15) === 15) {
      if (at === end) return 'undecodable'
      do size += bytes[at]
      while (bytes[at++] === 255 && at < end)
    }
    if (offset === 0 || offset > output.size - first) return 'undecodable'
    if (!output.repeat(offset, size)) return 'too_large'
  }
  block.at = at
  return null
}

/** What came out so far; it grows as it is needed, up to the bound. */
class Output {
  bytes: Uint8Array
  size = 0
  private readonly bytes_max: number

  constructor(bytes_max: number, guess: number) {
    this.bytes_max = bytes_max
    this.bytes = new Uint8Array(Math.min(bytes_max, guess))
  }

  /** False when it would be too large. */
  put(from: Uint8Array, start: number, end: number): boolean {
    const count = end - start
    if (!this.reserve(count)) return false
    const { bytes } = this
    let to = this.size
    this.size = to + count
    // A view costs more than a few bytes do.
    if (count > LOOP_BYTES_MAX) bytes.set(from.subarray(start, end), to)
    else for (let at = start; at < end; at++) bytes[to++] = from[at]
    return true
  }

  /** It may copy what it is writing: a run is a copy with a small offset. */
  repeat(offset: number, count: number): boolean {
    if (!this.reserve(count)) return false
    const { bytes } = this
    let to = this.size
    const end = to + count
    this.size = end
    if (count > LOOP_BYTES_MAX && offset >= count) bytes.copyWithin(to, to - offset, end - offset)
    else for (; to < end; to++) bytes[to] = bytes[to - offset]
    return true
  }

  /** What it took too much of is given back, for what comes out may lie about for a while. */
  trimmed(): Uint8Array {
    const { bytes, size } = this
    if (size * 2 > bytes.length) return bytes.subarray(0, size)
    const exact = bytes.slice(0, size)
    release(bytes)
    return exact
  }

  private reserve(count: number): boolean {
    const needed = this.size + count
    if (needed <= this.bytes.length) return true
    if (needed > this.bytes_max) return false
    const grown = new Uint8Array(Math.min(this.bytes_max, Math.max(needed, this.bytes.length * 2)))
    grown.set(this.bytes.subarray(0, this.size))
    this.bytes = grown
    return true
  }
}

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
