// Decompresses zstd frames with bounds: node:zlib where it can (Node >= 22.15), else fzstd, block by block.
//
//   Frame      ::= 28 b5 2f fd descriptor window? dictionary_id? content_size? Block+ checksum?   (RFC 8878, 3.1.1)
//   Block      ::= u24le(last:1, type:2, size:21) content;  type 1 (RLE) has one byte of content
//   Skippable  ::= [50-5f] 2a 4d 18 u32le(size) content
import * as zlib from 'node:zlib'
import { Decompress } from 'fzstd'

/** `too_large`: more than the bound would come out. `undecodable`: cut short, corrupt, or of an unknown kind. */
export type Decompressed = Uint8Array | 'too_large' | 'undecodable'

interface Frame {
  readonly start: number
  /** Where its blocks end, one offset a block; the checksum belongs to the last. Empty: a skippable frame. */
  readonly blocks: number[]
  readonly end: number
  /** What its header declares: the window that its decoder needs. */
  readonly window: number
  /** Where the header has its window; -1 when it has a content size in place of it. */
  readonly windowAt: number
  /** More than this can not come out of its blocks. */
  readonly size_max: number
}

/** Output after which others get their turn on the thread. */
const TURN_BYTES = 1024 * 1024
/** Blocks after which they do, however little came out of them. */
const TURN_BLOCKS = 1000
/** Every decoder should support a window of this size (RFC 8878, 3.1.1.1.2). A decoder allocates what is declared. */
const WINDOW_BYTES_USUAL = 8 * 1024 * 1024
/** The largest that `zstd --long` declares by itself. */
const WINDOW_BYTES_MAX = 128 * 1024 * 1024

/** Windows of all frames together, as a multiple of the bound: else empty frames make us allocate for ever. */
const WINDOWS_PER_OUTPUT = 32
/** A block never holds more (RFC 8878, 3.1.1.2.4). */
const BLOCK_BYTES_MAX = 128 * 1024

type NativeDecompress = (
  bytes: Uint8Array,
  options: { maxOutputLength: number },
  done: (error: NodeJS.ErrnoException | null, output: Buffer) => void,
) => void

// @types/node follows the oldest Node that we support, which has no zstd.
const native = (zlib as { zstdDecompress?: NativeDecompress }).zstdDecompress

export async function unzstd(bytes: Uint8Array, bytes_max: number): Promise<Decompressed> {
  const output = new Output(bytes_max)
  let at = 0
  let windows = 0
  while (at < bytes.length) {
    const frame = readFrame(bytes, at)
    if (frame === null) return 'undecodable'
    if (frame.window > Math.min(WINDOW_BYTES_MAX, Math.max(WINDOW_BYTES_USUAL, bytes_max))) return 'too_large'
    windows += Math.min(frame.window, frame.size_max)
    if (windows > Math.max(WINDOW_BYTES_USUAL, bytes_max) * WINDOWS_PER_OUTPUT) return 'too_large'
    const failed = frame.blocks.length > 0 ? await decodeFrame(bytes, frame, output) : null
    if (failed !== null) return failed
    at = frame.end
  }
  return output.joined()
}

/** Pieces that came out so far. */
class Output {
  size = 0
  blocks = 0
  private turnAt = TURN_BYTES
  private readonly parts: Uint8Array[] = []

  readonly bytes_max: number

  constructor(bytes_max: number) {
    this.bytes_max = bytes_max
  }

  add(part: Uint8Array): void {
    this.size += part.length
    if (this.size > this.bytes_max) throw new RangeError('too_large')
    if (part.length > 0) this.parts.push(part)
  }

  async turn(): Promise<void> {
    if (++this.blocks % TURN_BLOCKS !== 0 && this.size < this.turnAt) return
    this.turnAt = this.size + TURN_BYTES
    await new Promise((resolve) => setImmediate(resolve))
  }

  joined(): Uint8Array {
    return this.parts.length === 1 ? this.parts[0] : Buffer.concat(this.parts, this.size)
  }
}

async function decodeFrame(
  bytes: Uint8Array,
  frame: Frame,
  output: Output,
): Promise<'too_large' | 'undecodable' | null> {
  const room = output.bytes_max - output.size
  try {
    // A call of the thread pool costs more than a small frame.
    if (native !== undefined && frame.end - frame.start > 4096) {
      output.add(await decodeNative(native, bytes.subarray(frame.start, frame.end), room))
      return null
    }
    const decoder = new Decompress((part) => output.add(part))
    let from = frame.start
    for (const to of frame.blocks) {
      const part = bytes.subarray(from, to)
      decoder.push(from === frame.start ? withSmallWindow(part, frame) : part, to === frame.end)
      from = to
      await output.turn()
    }
    return null
  } catch {
    return output.size > output.bytes_max ? 'too_large' : 'undecodable'
  }
}

function decodeNative(decode: NativeDecompress, frame: Uint8Array, room: number): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    decode(frame, { maxOutputLength: Math.max(1, room) }, (error, output) => {
      if (error === null) resolve(output)
      // One byte over the bound: `Output` then says `too_large` itself.
      else if (error.code === 'ERR_BUFFER_TOO_LARGE') resolve(new Uint8Array(room + 1))
      else reject(error)
    })
  })
}

/** The frame at `start`, without looking into its blocks; null when it is none or cut short, or needs a dictionary. */
function readFrame(bytes: Uint8Array, start: number): Frame | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  if (bytes.length - start < 8) return null
  const magic = view.getUint32(start, true)
  if (magic >>> 4 === 0x184d2a5) {
    const end = start + 8 + view.getUint32(start + 4, true)
    return end > bytes.length ? null : { start, blocks: [], end, window: 0, windowAt: -1, size_max: 0 }
  }
  if (magic !== 0xfd2fb528) return null
  const descriptor = bytes[start + 4]
  const single = (descriptor & 0x20) !== 0
  if ((descriptor & 0x0b) !== 0) return null
  const sizeFlag = descriptor >> 6
  const sizeBytes = sizeFlag === 0 ? (single ? 1 : 0) : 1 << sizeFlag
  let at = start + 5
  if (at + (single ? 0 : 1) + sizeBytes + 3 > bytes.length) return null
  const windowAt = single ? -1 : at
  const window = single ? contentSize(view, at, sizeBytes) : windowSize(bytes[at])
  at += (single ? 0 : 1) + sizeBytes
  const blocks: number[] = []
  const size_max = readBlocks(bytes, at, (descriptor & 0x04) === 0 ? 0 : 4, blocks)
  // Content that is declared and can not be in the blocks is a lie that a decoder would allocate for.
  if (size_max < 0 || (single && window > size_max)) return null
  return { start, blocks, end: blocks[blocks.length - 1], window, windowAt, size_max }
}

/** Appends where each block ends; returns what can come out of them at most, or -1 when they are cut short. */
function readBlocks(bytes: Uint8Array, at: number, checksumBytes: number, ends: number[]): number {
  let size_max = 0
  for (;;) {
    if (at + 3 > bytes.length) return -1
    const head = bytes[at] | (bytes[at + 1] << 8) | (bytes[at + 2] << 16)
    const last = (head & 1) !== 0
    const type = (head >> 1) & 3
    if (type === 3) return -1
    size_max += type === 2 ? BLOCK_BYTES_MAX : head >>> 3
    at += 3 + (type === 1 ? 1 : head >>> 3) + (last ? checksumBytes : 0)
    if (at > bytes.length) return -1
    ends.push(at)
    if (last) return size_max
  }
}

/** The first part of a frame, its window no larger than its content can be: fzstd allocates what it reads there. */
function withSmallWindow(part: Uint8Array, frame: Frame): Uint8Array {
  if (frame.windowAt < 0 || frame.window <= frame.size_max) return part
  const copy = Uint8Array.from(part)
  const exponent = Math.max(0, Math.ceil(Math.log2(Math.max(1, frame.size_max))) - 10)
  if (windowSize(exponent << 3) < frame.window) copy[frame.windowAt - frame.start] = exponent << 3
  return copy
}

function windowSize(descriptor: number): number {
  const base = 2 ** (10 + (descriptor >> 3))
  return base + (base / 8) * (descriptor & 7)
}

function contentSize(view: DataView, at: number, size: number): number {
  if (size === 1) return view.getUint8(at)
  if (size === 2) return view.getUint16(at, true) + 256
  if (size === 4) return view.getUint32(at, true)
  return Number(view.getBigUint64(at, true))
}
