// The compressions of record batches, by their number on the wire. What comes out is bounded while it comes out.
import { promisify } from 'node:util'
import { constants, gzip } from 'node:zlib'
import { decompress } from '../compression.ts'
import type { Decompressed } from '../zstd.ts'
import type { KafkaCompression } from './client.ts'

const GZIP = 1
const SNAPPY = 2
const LZ4 = 3
const ZSTD = 4

export const CODEC: Readonly<Record<KafkaCompression, number>> = {
  none: 0,
  gzip: GZIP,
  snappy: SNAPPY,
  lz4: LZ4,
  zstd: ZSTD,
}

const ZSTD_LEVEL = 1
/** What Java's clients write: `82 "SNAPPY" 00 u32(version) u32(compatible)`, then blocks of `u32(size) content`. */
const XERIAL_HEAD = Buffer.from('82534e4150505900', 'hex')
const XERIAL_HEAD_BYTES = 16

/** Never rejects. A codec that nobody knows is `undecodable`. */
export function unpackRecords(codec: number, bytes: Uint8Array, bytes_max: number): Promise<Decompressed> {
  if (codec === GZIP) return decompress('gzip', bytes, bytes_max)
  if (codec === SNAPPY) return isXerial(bytes) ? unxerial(bytes, bytes_max) : decompress('snappy', bytes, bytes_max)
  if (codec === LZ4) return decompress('lz4', bytes, bytes_max)
  if (codec === ZSTD) return decompress('zstd', bytes, bytes_max)
  return Promise.resolve('undecodable')
}

export async function packRecords(codec: number, bytes: Uint8Array): Promise<Uint8Array> {
  if (codec === GZIP) return promisify(gzip)(bytes, { level: constants.Z_BEST_SPEED })
  if (codec === SNAPPY) return snappy(bytes)
  if (codec === LZ4) return (await import('lz4-napi')).compressFrame(bytes)
  if (codec === ZSTD) return (await zstd()).compress(bytes, ZSTD_LEVEL)
  return bytes
}

async function snappy(bytes: Uint8Array): Promise<Uint8Array> {
  // @ts-expect-error it has no types
  const { compress } = await import('snappyjs')
  return compress(bytes)
}

let zstdReady: Promise<typeof import('@bokuweb/zstd-wasm')> | undefined

function zstd(): Promise<typeof import('@bokuweb/zstd-wasm')> {
  zstdReady ??= import('@bokuweb/zstd-wasm').then(async (loaded) => {
    await loaded.init()
    return loaded
  })
  return zstdReady
}

function isXerial(bytes: Uint8Array): boolean {
  return bytes.length >= XERIAL_HEAD_BYTES && XERIAL_HEAD.equals(bytes.subarray(0, XERIAL_HEAD.length))
}

async function unxerial(bytes: Uint8Array, bytes_max: number): Promise<Decompressed> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  const parts: Uint8Array[] = []
  let size = 0
  for (let at = XERIAL_HEAD_BYTES; at < bytes.length; ) {
    if (at + 4 > bytes.length) return 'undecodable'
    const end = at + 4 + view.getUint32(at)
    if (end > bytes.length) return 'undecodable'
    const part = await decompress('snappy', bytes.subarray(at + 4, end), bytes_max - size)
    if (typeof part === 'string') return part
    parts.push(part)
    size += part.length
    at = end
  }
  return parts.length === 1 ? parts[0] : Buffer.concat(parts, size)
}
