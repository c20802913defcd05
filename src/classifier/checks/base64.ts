// Decodes base64 of either alphabet into a scratch of its own, for checks that must look inside. What is longer than
// the scratch is cut.

export const DECODED_BYTES_MAX = 4096

const scratch = new Uint8Array(DECODED_BYTES_MAX)
const VALUES = new Int8Array(256).fill(-1)
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'
for (let i = 0; i < 64; i++) VALUES[ALPHABET.charCodeAt(i)] = i
VALUES[0x2d] = 62
VALUES[0x5f] = 63

export interface Decoded {
  readonly bytes: Uint8Array
  length: number
}

/** The one result: it is overwritten by the next call. */
const decoded: Decoded = { bytes: scratch, length: 0 }

/** Undefined when [start, end) is no base64. Padding may be absent; of long input only the beginning is decoded. */
export function decodeBase64(bytes: Uint8Array, start: number, end: number): Decoded | undefined {
  let last = end
  while (last > start && end - last < 2 && bytes[last - 1] === 0x3d) last--
  if ((last - start) % 4 === 1) return undefined
  let length = 0
  let bits = 0
  let pending = 0
  for (let at = start; at < last && length < DECODED_BYTES_MAX; at++) {
    const value = VALUES[bytes[at]]
    if (value < 0) return undefined
    bits = (bits << 6) | value
    pending += 6
    if (pending >= 8) {
      pending -= 8
      scratch[length++] = (bits >> pending) & 255
      bits &= (1 << pending) - 1
    }
  }
  decoded.length = length
  return decoded
}
