import { readFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { decompress, sniffCompression } from '../../src/net/compression.ts'

// 500 events written by the zstd command (level 19, with a checksum).
const zstd = readFileSync(new URL('../sources/forward/events.zst', import.meta.url))
const text = Buffer.from('hello '.repeat(1000))
const gzip = gzipSync(text)

/** One zstd frame of raw blocks. */
function rawFrame(...blocks: Buffer[]): Buffer {
  const parts = blocks.map((block, n) => {
    const head = (block.length << 3) | (n === blocks.length - 1 ? 1 : 0)
    return Buffer.concat([Buffer.of(head & 255, (head >> 8) & 255, head >> 16), block])
  })
  return Buffer.concat([Buffer.from('28b52ffd0058', 'hex'), ...parts])
}

describe('decompress', () => {
  it('joins gzip members, and stops exactly at the bound', async () => {
    const two = Buffer.concat([gzip, gzip])
    expect(Buffer.from((await decompress('gzip', two, 12_000)) as Uint8Array).equals(Buffer.concat([text, text]))).toBe(
      true,
    )
    expect(await decompress('gzip', two, 11_999)).toBe('too_large')
  })

  it('joins zstd frames, skips skippable ones, and stops exactly at the bound', async () => {
    const one = (await decompress('zstd', zstd, 1e6)) as Uint8Array
    expect(Buffer.from(one).includes('message number 499 of many')).toBe(true)
    const skippable = Buffer.from('502a4d1803000000aabbcc', 'hex')
    const many = Buffer.concat([skippable, zstd, skippable, rawFrame(Buffer.from('ab'), Buffer.from('c')), zstd])
    const all = (await decompress('zstd', many, one.length * 2 + 3)) as Uint8Array
    expect(Buffer.from(all).equals(Buffer.concat([one, Buffer.from('abc'), one]))).toBe(true)
    expect(await decompress('zstd', many, one.length * 2 + 2)).toBe('too_large')
  })

  it('takes a frame as large as those that node:zlib gets where it knows zstd', async () => {
    const blocks = Array.from({ length: 20 }, (_, n) => Buffer.alloc(100_000, n))
    const all = (await decompress('zstd', rawFrame(...blocks), 2_000_000)) as Uint8Array
    expect(Buffer.from(all).equals(Buffer.concat(blocks))).toBe(true)
    expect(await decompress('zstd', rawFrame(...blocks), 1_999_999)).toBe('too_large')
  })

  it('takes thousands of small frames', async () => {
    const frames = Buffer.concat(Array.from({ length: 5000 }, () => rawFrame(Buffer.from('x'))))
    expect(((await decompress('zstd', frames, 1e6)) as Uint8Array).length).toBe(5000)
  })

  it('never throws, wherever the bytes are cut or damaged', async () => {
    for (const [kind, whole] of [
      ['gzip', gzip],
      ['zstd', zstd],
    ] as const) {
      for (let cut = 1; cut < whole.length; cut += 37) {
        expect(await decompress(kind, whole.subarray(0, cut), 1e6)).toBe('undecodable')
        const damaged = Buffer.from(whole)
        damaged[cut] ^= 0x40
        await decompress(kind, damaged, 1e6)
      }
    }
  })

  it('leaves the thread to others while a bomb goes off', async () => {
    const block = Buffer.of(0x02, 0x00, 0x10, 0x61)
    const bomb = Buffer.concat([Buffer.from('28b52ffd0068', 'hex'), ...Array(2000).fill(block), Buffer.of(1, 0, 0)])
    let turns = 0
    const others = setInterval(() => turns++, 0)
    expect(await decompress('zstd', bomb, 64 << 20)).toBe('too_large')
    clearInterval(others)
    expect(turns).toBeGreaterThan(3)
  })
})

it('magic bytes tell the kinds apart, and from events', () => {
  expect(sniffCompression(gzip, 0, gzip.length)).toBe('gzip')
  expect(sniffCompression(zstd, 0, zstd.length)).toBe('zstd')
  expect(sniffCompression(gzip, 0, 1)).toBeNull()
  expect(sniffCompression(Buffer.from([0x92, 1, 0x80]), 0, 3)).toBeNull()
})
