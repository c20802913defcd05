// Binary msgpack numbers: their text, and a number put back in the width that was there.
import { HEADER } from './msgpack_value.ts'

/** Decimal text of a number encoding, or '' for NaN and infinities. */
export function numberText(bytes: Uint8Array, at: number): string {
  const byte = bytes[at]
  if (byte <= 0x7f) return String(byte)
  if (byte >= 0xe0) return String(byte - 256)
  const view = new DataView(bytes.buffer, bytes.byteOffset + at + 1, HEADER[byte] - 1)
  switch (byte) {
    case 0xca:
      return finiteText(view.getFloat32(0))
    case 0xcb:
      return finiteText(view.getFloat64(0))
    case 0xcc:
      return String(view.getUint8(0))
    case 0xcd:
      return String(view.getUint16(0))
    case 0xce:
      return String(view.getUint32(0))
    case 0xcf:
      return String(view.getBigUint64(0))
    case 0xd0:
      return String(view.getInt8(0))
    case 0xd1:
      return String(view.getInt16(0))
    case 0xd2:
      return String(view.getInt32(0))
    default:
      return String(view.getBigInt64(0))
  }
}

function finiteText(value: number): string {
  return Number.isFinite(value) ? String(value) : ''
}

/** The number in `text` in the width and kind of the one at `at`. It must be no longer. */
export function encodeNumber(bytes: Uint8Array, at: number, text: string): Uint8Array {
  const byte = bytes[at]
  const width = HEADER[byte]
  const encoded = bytes.slice(at, at + width)
  if (width === 1) {
    encoded[0] = Number(text) & 0xff
    return encoded
  }
  const view = new DataView(encoded.buffer, 1)
  if (byte === 0xca) view.setFloat32(0, Number(text))
  else if (byte === 0xcb) view.setFloat64(0, Number(text))
  else {
    const value = BigInt.asUintN(64, BigInt(text))
    for (let i = 0; i < width - 1; i++) encoded[width - 1 - i] = Number((value >> BigInt(8 * i)) & 0xffn)
  }
  return encoded
}
