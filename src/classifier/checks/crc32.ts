// CRC-32 as in ISO 3309 and zlib: what several token formats end in.

const TABLE = new Uint32Array(256)
for (let byte = 0; byte < 256; byte++) {
  let value = byte
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1
  TABLE[byte] = value >>> 0
}

/** Of the bytes in [start, end), unsigned. */
export function crc32(bytes: Uint8Array, start: number, end: number): number {
  let crc = 0xffffffff
  for (let at = start; at < end; at++) crc = (crc >>> 8) ^ TABLE[(crc ^ bytes[at]) & 255]
  return (crc ^ 0xffffffff) >>> 0
}
