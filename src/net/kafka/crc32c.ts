// CRC-32C (Castagnoli, RFC 3720 appendix B.4), which record batches carry. Eight bytes a step.

/** Eight tables of 256, one behind the other: the one at `n` is for bytes that n others follow in a step. */
const TABLES = makeTables()

export function crc32c(bytes: Uint8Array): number {
  const tables = TABLES
  let crc = -1
  let at = 0
  for (const end = bytes.length - 7; at < end; at += 8) {
    const four = crc ^ (bytes[at] | (bytes[at + 1] << 8) | (bytes[at + 2] << 16) | (bytes[at + 3] << 24))
    crc =
      tables[1792 + (four & 0xff)] ^
      tables[1536 + ((four >>> 8) & 0xff)] ^
      tables[1280 + ((four >>> 16) & 0xff)] ^
      tables[1024 + (four >>> 24)] ^
      tables[768 + bytes[at + 4]] ^
      tables[512 + bytes[at + 5]] ^
      tables[256 + bytes[at + 6]] ^
      tables[bytes[at + 7]]
  }
  for (; at < bytes.length; at++) crc = tables[(crc ^ bytes[at]) & 0xff] ^ (crc >>> 8)
  return ~crc >>> 0
}

function makeTables(): Int32Array {
  const tables = new Int32Array(8 * 256)
  for (let byte = 0; byte < 256; byte++) {
    let crc = byte
    for (let bit = 0; bit < 8; bit++) crc = (crc & 1) !== 0 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1
    tables[byte] = crc
  }
  for (let at = 256; at < tables.length; at++) {
    const before = tables[at - 256]
    tables[at] = (before >>> 8) ^ tables[before & 0xff]
  }
  return tables
}
