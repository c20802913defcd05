// Tells one msgpack value that is known to be whole (msgpack_skip.ts). It knows nothing of records and their fields.
import { HEADER, lengthAt, SHAPE, Shape, uint16, uint32 } from '../msgpack_value.ts'
import type { RecordWriter } from '../record.ts'
import { skip } from './msgpack_skip.ts'

const floatBytes = new DataView(new ArrayBuffer(8))

/** Tells the value at `at`; returns where it ends. */
export function tellValue(to: RecordWriter, bytes: Uint8Array, at: number): number {
  const byte = bytes[at]
  const start = at + HEADER[byte]
  switch (SHAPE[byte]) {
    case Shape.text:
      return tellText(to, bytes, at, start)
    case Shape.number:
      tellNumber(to, bytes, at)
      return start
    case Shape.map: {
      to.openMap()
      const end = tellMembers(to, bytes, at)
      to.closeMap()
      return end
    }
    case Shape.array: {
      to.openArray()
      let next = start
      for (let items = lengthAt(bytes, at); items > 0; items--) next = tellValue(to, bytes, next)
      to.closeArray()
      return next
    }
    default:
      if (byte === 0xc0) to.none()
      else to.bool(byte === 0xc3)
      return start
  }
}

/** The members of the map at `at`, without its bounds. */
export function tellMembers(to: RecordWriter, bytes: Uint8Array, at: number): number {
  let next = at + HEADER[bytes[at]]
  for (let pairs = lengthAt(bytes, at); pairs > 0; pairs--) {
    next = tellKey(to, bytes, next)
    next = tellValue(to, bytes, next)
  }
  return next
}

let keyDepth = 0

/**
 * A key is told as a value between `openKey` and `closeKey` when it is no str. A box that is a key within a key is told
 * as its raw bytes: writers quote keys, and quotes within quotes would double with each level.
 */
export function tellKey(to: RecordWriter, bytes: Uint8Array, at: number): number {
  const byte = bytes[at]
  if (isStr(byte)) {
    const start = at + HEADER[byte]
    const end = start + lengthAt(bytes, at)
    to.key(bytes, start, end)
    return end
  }
  let end: number
  to.openKey()
  if (keyDepth > 0 && (SHAPE[byte] === Shape.map || SHAPE[byte] === Shape.array)) {
    end = skip(bytes, at, bytes.length)
    to.bin(bytes, at, end)
  } else {
    keyDepth++
    end = tellValue(to, bytes, at)
    keyDepth--
  }
  to.closeKey()
  return end
}

export function isStr(byte: number): boolean {
  return (byte >= 0xa0 && byte <= 0xbf) || (byte >= 0xd9 && byte <= 0xdb)
}

export function isBin(byte: number): boolean {
  return byte >= 0xc4 && byte <= 0xc6
}

/** Integers in two halves; the sign bit is not told apart. True when the value at `at` is an unsigned one. */
export function readUnsigned(bytes: Uint8Array, at: number, into: { high: number; low: number }): boolean {
  const byte = bytes[at]
  into.high = 0
  if (byte <= 0x7f) into.low = byte
  else if (byte === 0xcc) into.low = bytes[at + 1]
  else if (byte === 0xcd) into.low = uint16(bytes, at + 1)
  else if (byte === 0xce) into.low = uint32(bytes, at + 1)
  else if (byte === 0xcf || (byte === 0xd3 && bytes[at + 1] < 0x80)) {
    into.high = uint32(bytes, at + 1)
    into.low = uint32(bytes, at + 5)
  } else return false
  return true
}

export function readFloat(bytes: Uint8Array, at: number): number {
  const double = bytes[at] === 0xcb
  for (let i = 0; i < (double ? 8 : 4); i++) floatBytes.setUint8(i, bytes[at + 1 + i])
  return double ? floatBytes.getFloat64(0) : floatBytes.getFloat32(0)
}

function tellText(to: RecordWriter, bytes: Uint8Array, at: number, start: number): number {
  const byte = bytes[at]
  const end = start + lengthAt(bytes, at)
  if (isStr(byte)) to.str(bytes, start, end)
  else if (isBin(byte)) to.bin(bytes, start, end)
  else to.ext((bytes[start - 1] << 24) >> 24, bytes, start, end)
  return end
}

function tellNumber(to: RecordWriter, bytes: Uint8Array, at: number): void {
  const byte = bytes[at]
  if (byte <= 0x7f) to.int(byte)
  else if (byte >= 0xe0) to.int(byte - 256)
  else if (byte === 0xca || byte === 0xcb) to.double(readFloat(bytes, at))
  else if (byte === 0xcf) tellWide(to, uint32(bytes, at + 1), uint32(bytes, at + 5), false)
  else if (byte === 0xd3) tellWide(to, uint32(bytes, at + 1), uint32(bytes, at + 5), bytes[at + 1] >= 0x80)
  else to.int(readSmall(bytes, at))
}

/** An integer of one, two or four bytes. */
function readSmall(bytes: Uint8Array, at: number): number {
  switch (bytes[at]) {
    case 0xcc:
      return bytes[at + 1]
    case 0xcd:
      return uint16(bytes, at + 1)
    case 0xce:
      return uint32(bytes, at + 1)
    case 0xd0:
      return (bytes[at + 1] << 24) >> 24
    case 0xd1:
      return (uint16(bytes, at + 1) << 16) >> 16
    default:
      return uint32(bytes, at + 1) | 0
  }
}

function tellWide(to: RecordWriter, high: number, low: number, negative: boolean): void {
  if (negative) {
    // The magnitude of two's complement.
    high = low === 0 ? -high >>> 0 : ~high >>> 0
    low = -low >>> 0
  }
  if (high < 0x200000) {
    const value = high * 0x100000000 + low
    to.int(negative ? -value : value)
  } else {
    to.wide(high, low, negative)
  }
}
