// Decompresses what a peer sent, with a bound on what comes out that holds while it comes out. Never trusts a length
// that the bytes declare, and never keeps the thread longer than for about a mebibyte of output.
import { gunzip, inflate, inflateRaw } from 'node:zlib'
import { unlz4 } from './lz4.ts'
import { unsnappy } from './snappy.ts'
import { type Decompressed, unzstd } from './zstd.ts'

export type Compression = 'gzip' | 'zstd'
/** What HTTP and gRPC call them. */
export type ContentCoding = Compression | 'deflate' | 'snappy' | 'lz4'

/** What the magic bytes in [start, end) say: RFC 1952 section 2.3.1 and RFC 8878 section 3.1.1. */
export function sniffCompression(bytes: Uint8Array, start: number, end: number): Compression | null {
  const length = end - start
  if (length >= 2 && bytes[start] === 0x1f && bytes[start + 1] === 0x8b) return 'gzip'
  if (length < 4) return null
  const zstd = bytes[start] === 0x28 && bytes[start + 1] === 0xb5 && bytes[start + 2] === 0x2f
  return zstd && bytes[start + 3] === 0xfd ? 'zstd' : null
}

/** All members or frames of `bytes`, joined; at most `bytes_max`. Never rejects. `bytes` may not change meanwhile. */
export function decompress(kind: ContentCoding, bytes: Uint8Array, bytes_max: number): Promise<Decompressed> {
  if (kind === 'zstd') return unzstd(bytes, bytes_max)
  if (kind === 'snappy') return unsnappy(bytes, bytes_max)
  if (kind === 'lz4') return unlz4(bytes, bytes_max)
  // `deflate` is zlib's format (RFC 9110, 8.4.1.2), but some senders leave its head out.
  const unzip = kind === 'gzip' ? gunzip : hasZlibHead(bytes) ? inflate : inflateRaw
  // Text shrinks about fourfold, so most payloads come out in one or two steps.
  const chunkSize = Math.min(1024 * 1024, Math.max(16 * 1024, bytes.length * 4))
  return new Promise((resolve) => {
    unzip(bytes, { maxOutputLength: bytes_max, chunkSize }, (error, output) => {
      if (error === null) resolve(output)
      else resolve((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE' ? 'too_large' : 'undecodable')
    })
  })
}

/** Of a `content-encoding` or `grpc-encoding`. Null: none. Undefined: one that we do not know. */
export function contentCodingOf(header: string | undefined): ContentCoding | null | undefined {
  const name = header?.trim().toLowerCase() ?? ''
  if (name === '' || name === 'identity') return null
  if (name === 'gzip' || name === 'x-gzip') return 'gzip'
  // The Collector calls it by its library's name, too.
  if (name === 'deflate' || name === 'zlib') return 'deflate'
  if (name === 'snappy' || name === 'x-snappy-framed') return 'snappy'
  return name === 'zstd' || name === 'lz4' ? name : undefined
}

/** RFC 1950 section 2.2. */
function hasZlibHead(bytes: Uint8Array): boolean {
  return bytes.length >= 2 && (bytes[0] & 0x0f) === 8 && ((bytes[0] << 8) | bytes[1]) % 31 === 0
}
