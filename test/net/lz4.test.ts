// Frames written by hand from lz4's two format descriptions; the Collector's own are in the OTLP proof.
import { describe, expect, it } from 'vitest'
import { decompress } from '../../src/net/compression.ts'

/** Independent blocks of at most 4 MiB, no checksums; the header's own is not looked at. */
const HEAD = '04224d18 60 70 00'
const END = '00000000'
const text = (bytes: unknown) => (bytes instanceof Uint8Array ? Buffer.from(bytes).toString() : bytes)
const decoded = async (hex: string, bytes_max = 1000) =>
  text(await decompress('lz4', Buffer.from(hex.replaceAll(' ', ''), 'hex'), bytes_max))

describe('lz4', () => {
  it.each([
    ['literals', `${HEAD} 04000000 30 616263 ${END}`, 'abc'],
    ['a block that is not compressed', `${HEAD} 03000080 616263 ${END}`, 'abc'],
    ['a match', `${HEAD} 08000000 30 616263 0300 10 78 ${END}`, 'abcabcax'],
    ['a match that copies itself', `${HEAD} 06000000 15 78 0100 10 79 ${END}`, `${'x'.repeat(10)}y`],
    ['a match of a long size', `${HEAD} 08000000 1f 78 0100 ff01 10 79 ${END}`, `${'x'.repeat(1 + 19 + 256)}y`],
    ['literals of a long size', `${HEAD} 13000000 f002 ${'61'.repeat(17)} ${END}`, 'a'.repeat(17)],
    ['a match into the block before', `${HEAD} 03000080 616263 05000000 00 0300 10 78 ${END}`, 'abcabcax'],
    ['checksums and sizes', `04224d18 7c 70 ${'00'.repeat(8)} 00 01000080 78 ${'00'.repeat(4)} ${END} 00000000`, 'x'],
    ['a frame to skip, and two to join', `502a4d18 02000000 ffff ${HEAD} ${END} ${HEAD} 01000080 78 ${END}`, 'x'],
    ['nothing', `${HEAD} ${END}`, ''],
  ])('%s', async (_name, hex, expected) => {
    expect(await decoded(hex)).toBe(expected)
  })

  it.each([
    ['no frame', '6162636465666768'],
    ['a head cut short', '04224d18 60'],
    ['another version', `04224d18 a0 70 00 ${END}`],
    ['a dictionary', `04224d18 61 70 00000000 00 ${END}`],
    ['a block cut short', `${HEAD} 04000000 30 6162`],
    ['no end', `${HEAD} 01000080 78`],
    ['literals over the end', `${HEAD} 03000000 30 6162 ${END}`],
    ['a size that never ends', `${HEAD} 03000000 f0 ffff ${END}`],
    ['a size that is not there', `${HEAD} 01000000 f0`],
    ['an offset cut short', `${HEAD} 05000000 30 616263 03 ${END}`],
    ['an offset of 0', `${HEAD} 06000000 30 616263 0000 ${END}`],
    ['a match from before the beginning', `${HEAD} 06000000 30 616263 0400 ${END}`],
    ['a match into another frame', `${HEAD} 03000080 616263 ${END} ${HEAD} 03000000 00 0300 ${END}`],
    ['a frame to skip that is cut short', '502a4d18 ffffffff 00'],
  ])('undecodable: %s', async (_name, hex) => {
    expect(await decoded(hex)).toBe('undecodable')
  })

  it('stops exactly at the bound', async () => {
    const bomb = `${HEAD} 68000000 1f 78 0100 ${'ff'.repeat(97)} 00 10 79 ${END}`
    const size = 1 + 4 + 15 + 97 * 255 + 1
    expect(await decoded(bomb, size)).toBe(`${'x'.repeat(size - 1)}y`)
    expect(await decoded(bomb, size - 1)).toBe('too_large')
  })

  it('never does harm, whatever is changed in it', async () => {
    const good = Buffer.from(`${HEAD} 08000000 1f 78 0100 ff01 10 79 ${END}`.replaceAll(' ', ''), 'hex')
    for (let at = 0; at < good.length; at++) {
      for (let value = 0; value < 256; value += 5) {
        const bad = Buffer.from(good)
        bad[at] = value
        const out = await decompress('lz4', bad, 10_000)
        expect(typeof out === 'string' || out.length <= 10_000).toBe(true)
      }
    }
  })
})
