// Decompresses snappy with bounds: a bare block, or the framed form that gRPC peers send. Checksums are not looked at:
// the transport has its own, and what was damaged is no protobuf.
//
//   Block   ::= varint(size) Element*                          (google/snappy, format_description.txt)
//   Element ::= literal: tag & 3 = 0, size - 1 in tag >> 2 (60 to 63: in the next 1 to 4 bytes), then the bytes
//             | copy:    tag & 3 = 1, size - 4 in bits 2-4, offset in bits 5-7 and one byte
//             | copy:    tag & 3 = 2 or 3, size - 1 in tag >> 2, offset in 2 or 4 bytes
//   Framed  ::= ff 06 00 00 "sNaPpY" Chunk*    Chunk ::= u8(type) u24le(size) content       (framing_format.txt)
import type { Decompressed } from './zstd.ts'

const STREAM_HEAD = Buffer.from('ff060000734e61507059', 'hex')
const CRC_BYTES = 4
/** Three bytes make 64 at most, so a block that says more lies. */
const RATIO_MAX = 64
/** Output after which others get their turn on the thread. */
const TURN_BYTES = 1024 * 1024

export async function unsnappy(bytes: Uint8Array, bytes_max: number): Promise<Decompressed> {
  const isFramed = bytes.length >= STREAM_HEAD.length && STREAM_HEAD.equals(bytes.subarray(0, STREAM_HEAD.length))
  return isFramed ? await unframe(bytes, bytes_max) : await decodeBlock(bytes, bytes_max)
}

async function unframe(bytes: Uint8Array, bytes_max: number): Promise<Decompressed> {
  const parts: Uint8Array[] = []
  let size = 0
  let turnAt = TURN_BYTES
  for (let at = STREAM_HEAD.length; at < bytes.length; ) {
    if (at + 4 > bytes.length) return 'undecodable'
    const type = bytes[at]
    const start = at + 4
    at = start + (bytes[at + 1] | (bytes[at + 2] << 8) | (bytes[at + 3] << 16))
    if (at > bytes.length) return 'undecodable'
    // Padding, and the heads of streams that were joined.
    if (type >= 0x80) continue
    if (type > 1 || start + CRC_BYTES > at) return 'undecodable'
    const content = bytes.subarray(start + CRC_BYTES, at)
    const part = type === 1 ? content : await decodeBlock(content, bytes_max - size)
    if (typeof part === 'string') return part
    size += part.length
    if (size > bytes_max) return 'too_large'
    parts.push(part)
    if (size < turnAt) continue
    turnAt = size + TURN_BYTES
    await turn()
  }
  return Buffer.concat(parts, size)
}

async function decodeBlock(bytes: Uint8Array, bytes_max: number): Promise<Decompressed> {
  let size = 0
  let at = 0
  for (let scale = 1; ; scale *= 128) {
    if (at >= bytes.length || at === 5) return 'undecodable'
    const byte = bytes[at++]
    size += (byte & 0x7f) * scale
    if (byte < 0x80) break
  }
  if (size > bytes_max) return 'too_large'
  if (size > bytes.length * RATIO_MAX) return 'undecodable'
  const block = { bytes, at, output: new Uint8Array(size), to: 0 }
  while (block.at < bytes.length) {
    if (!decodeSome(block)) return 'undecodable'
    if (block.at < bytes.length) await turn()
  }
  return block.to === size ? block.output : 'undecodable'
}

interface Block {
  readonly bytes: Uint8Array
  at: number
  readonly output: Uint8Array
  to: number
}

/** Decodes for one turn. False when the block is broken. */
function decodeSome(block: Block): boolean {
  const { bytes, output } = block
  const turnAt = block.to + TURN_BYTES
  let { at, to } = block
  while (at < bytes.length && to < turnAt) {
    const tag = bytes[at++]
    const kind = tag & 3
    let size = (tag >> 2) + 1
    if (kind === 0) {
      const more = size > 60 ? size - 60 : 0
      if (more > 0) size = littleEndian(bytes, at, more) + 1
      at += more
      if (at + size > bytes.length || to + size > output.length) return false
      output.set(bytes.subarray(at, at + size), to)
      at += size
      to += size
      continue
    }
    const offsetBytes = kind === 3 ? 4 : kind
    if (at + offsetBytes > bytes.length) return false
    let offset = littleEndian(bytes, at, offsetBytes)
    if (kind === 1) {
      size = ((tag >> 2) & 7) + 4
      offset += (tag >> 5) << 8
    }
    at += offsetBytes
    if (offset === 0 || offset > to || to + size > output.length) return false
    // It may copy what it is writing: a run is a copy with a small offset.
    for (const end = to + size; to < end; to++) output[to] = output[to - offset]
  }
  block.at = at
  block.to = to
  return true
}

/** Bytes past the end count as nothing: the caller looks whether they are there. */
function littleEndian(bytes: Uint8Array, at: number, count: number): number {
  let value = 0
  for (let n = count - 1; n >= 0; n--) value = value * 256 + (bytes[at + n] ?? 0)
  return value
}

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
