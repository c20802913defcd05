// Blocks and frames written by hand from google/snappy's two format descriptions; the Collector's own are in interop.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decompress } from '../../src/net/compression.ts'

const HEAD = 'ff060000734e61507059'
const text = (bytes: unknown) => (bytes instanceof Uint8Array ? Buffer.from(bytes).toString() : bytes)
const decoded = async (hex: string, bytes_max = 1000) =>
  text(await decompress('snappy', Buffer.from(hex, 'hex'), bytes_max))

/** A block of literals alone: what any bytes can be written as. */
function literals(bytes: Buffer): Buffer {
  const size: number[] = []
  for (let rest = bytes.length; ; rest = Math.floor(rest / 128)) {
    size.push(rest > 127 ? (rest % 128) | 128 : rest)
    if (rest < 128) break
  }
  const parts: Uint8Array[] = [Buffer.from(size)]
  for (let at = 0; at < bytes.length; at += 65_536) {
    const part = bytes.subarray(at, at + 65_536)
    const head = Buffer.of(61 << 2, 0, 0)
    head.writeUInt16LE(part.length - 1, 1)
    parts.push(head, part)
  }
  return Buffer.concat(parts)
}

describe('snappy', () => {
  it.each([
    ['a literal', '03 08 616263', 'abc'],
    ['a literal with its size behind', '03 f0 02 616263', 'abc'],
    ['a copy of one byte of offset', '07 08 616263 01 03', 'abcabca'],
    ['a copy that copies itself', '09 00 78 11 01', 'xxxxxxxxx'],
    ['a copy of two bytes of offset', '06 08 616263 0a 0300', 'abcabc'],
    ['a copy of four bytes of offset', '06 08 616263 0b 03000000', 'abcabc'],
    ['nothing', '00', ''],
    ['frames, compressed and not', `${HEAD} 00 090000 00000000 03 08 616263 01 060000 00000000 6465`, 'abcde'],
    ['padding and a second stream', `${HEAD} fe 020000 0000 ${HEAD} 01 050000 00000000 78`, 'x'],
  ])('%s', async (_name, hex, expected) => {
    expect(await decoded(hex.replaceAll(' ', ''))).toBe(expected)
  })

  it.each([
    ['no size', ''],
    ['a size that never ends', 'ffffffffffff'],
    ['a literal cut short', '03 08 6162'],
    ['a copy from before the beginning', '07 08 616263 01 04'],
    ['a copy of offset 0', '07 08 616263 01 00'],
    ['a copy cut short', '07 08 616263 01'],
    ['more than it says', '02 08 616263'],
    ['less than it says', '04 08 616263'],
    ['a size that it can not hold', 'e707 08 616263'],
    ['a chunk cut short', `${HEAD} 00 090000 00000000 03 08`],
    ['a chunk of a kind that may not be skipped', `${HEAD} 02 010000 00`],
  ])('undecodable: %s', async (_name, hex) => {
    expect(await decoded(hex.replaceAll(' ', ''))).toBe('undecodable')
  })

  it('stops exactly at the bound, whatever is declared', async () => {
    expect(await decoded('0308616263', 3)).toBe('abc')
    expect(await decoded('0308616263', 2)).toBe('too_large')
    expect(await decoded('ffffffff0f00', 1000)).toBe('too_large')
    expect(await decoded(`${HEAD}0107000000000000616263`, 3)).toBe('abc')
    expect(await decoded(`${HEAD}0107000000000000616263`, 2)).toBe('too_large')
  })

  it('gives back any bytes, and never throws on any', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 200_000, size: 'max' }), async (bytes) => {
        const result = await decompress('snappy', literals(Buffer.from(bytes)), 1_000_000)
        expect(Buffer.from(result as Uint8Array).equals(bytes)).toBe(true)
        await decompress('snappy', bytes, 1_000_000)
        await decompress('snappy', Buffer.concat([Buffer.from(HEAD, 'hex'), bytes]), 1_000_000)
      }),
      { numRuns: 10 },
    )
  })
})
