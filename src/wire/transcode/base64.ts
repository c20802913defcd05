// Base64 to bytes (RFC 4648): either alphabet, with padding or without, as readers of OTLP's JSON take it.

/** Value of each letter; 255 for what is none. */
const VALUES = new Uint8Array(256).fill(255)
for (const [value, letter] of [...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'].entries()) {
  VALUES[letter.charCodeAt(0)] = value
}
VALUES[0x2d] = VALUES[0x2b]
VALUES[0x5f] = VALUES[0x2f]
const PAD = 0x3d

/** Undefined when the text is no base64. */
export function base64Bytes(bytes: Uint8Array, start: number, end: number): Uint8Array | undefined {
  let stop = end
  while (stop > start && stop > end - 2 && bytes[stop - 1] === PAD) stop--
  const letters = stop - start
  if (letters % 4 === 1) return undefined
  const out = new Uint8Array(Math.floor((letters * 3) / 4))
  let used = 0
  let held = 0
  let bits = 0
  for (let at = start; at < stop; at++) {
    const value = VALUES[bytes[at]]
    if (value === 255) return undefined
    held = ((held << 6) | value) & 0xffff
    bits += 6
    if (bits < 8) continue
    bits -= 8
    out[used++] = (held >> bits) & 0xff
  }
  return out
}
