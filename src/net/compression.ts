// Decompresses what a peer sent, with a bound on what comes out that holds while it comes out. Never trusts a length
// that the bytes declare, and never keeps the thread longer than for about a mebibyte of output.
import { gunzip } from 'node:zlib'
import { type Decompressed, unzstd } from './zstd.ts'

export type Compression = 'gzip' | 'zstd'

/** What the magic bytes in [start, end) say: RFC 1952 section 2.3.1 and RFC 8878 section 3.1.1. */
export function sniffCompression(bytes: Uint8Array, start: number, end: number): Compression | null {
  const length = end - start
  if (length >= 2 && bytes[start] === 0x1f && bytes[start + 1] === 0x8b) return 'gzip'
  if (length < 4) return null
  const zstd = bytes[start] === 0x28 && bytes[start + 1] === 0xb5 && bytes[start + 2] === 0x2f
  return zstd && bytes[start + 3] === 0xfd ? 'zstd' : null
}

/** All members or frames of `bytes`, joined; at most `bytes_max`. Never rejects. `bytes` may not change meanwhile. */
export function decompress(kind: Compression, bytes: Uint8Array, bytes_max: number): Promise<Decompressed> {
  return kind === 'gzip' ? ungzip(bytes, bytes_max) : unzstd(bytes, bytes_max)
}

function ungzip(bytes: Uint8Array, bytes_max: number): Promise<Decompressed> {
  // Text shrinks about fourfold, so most payloads come out in one or two steps.
  const chunkSize = Math.min(1024 * 1024, Math.max(16 * 1024, bytes.length * 4))
  return new Promise((resolve) => {
    gunzip(bytes, { maxOutputLength: bytes_max, chunkSize }, (error, output) => {
      if (error === null) resolve(output)
      else resolve((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE' ? 'too_large' : 'undecodable')
    })
  })
}
