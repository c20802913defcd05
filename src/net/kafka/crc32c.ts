// CRC-32C (Castagnoli, RFC 3720 appendix B.4), which record batches carry. Eight bytes a step.

const TABLES = makeTables()

export function crc32c(bytes: Uint8Array): number {
  const [t0, t1, t2, t3, t4, t5, t6, t7] = TABLES
  let crc = -1
  let at = 0
  for (const end = bytes.length - 7; at < end; at += 8) {
    crc =
      t7[(crc ^ bytes[at]) & 0xff] ^
      t6[((crc >>> 8) ^ bytes[at + 1]) & 0xff] ^
      t5[((crc >>> 16) ^ bytes[at + 2]) & 0xff] ^
      t4[((crc >>> 24) ^ bytes[at + 3]) & 0xff] ^
      t3[bytes[at + 4]] ^
      t2[bytes[at + 5]] ^
      t1[bytes[at + 6]] ^
      t0[bytes[at + 7]]
  }
  for (; at < bytes.length; at++) crc = t0[(crc ^ bytes[at]) & 0xff] ^ (crc >>> 8)
  return ~crc >>> 0
}

function makeTables(): Int32Array[] {
  const tables = Array.from({ length: 8 }, () => new Int32Array(256))
  for (let byte = 0; byte < 256; byte++) {
    let crc = byte
    for (let bit = 0; bit < 8; bit++) crc = (crc & 1) !== 0 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1
    tables[0][byte] = crc
  }
  for (let byte = 0; byte < 256; byte++) {
    for (let n = 1; n < 8; n++) {
      const before = tables[n - 1][byte]
      tables[n][byte] = (before >>> 8) ^ tables[0][before & 0xff]
    }
  }
  return tables
}
