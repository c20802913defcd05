import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { bytesField, Fields, isMessage, varintField } from '../../src/net/protobuf.ts'

const from = (hex: string) => Buffer.from(hex.replaceAll(' ', ''), 'hex')

describe('the fields of a message', () => {
  it('are given in their order, each with its content', () => {
    const bytes = from('08 9601 | 11 0102030405060708 | 1a 02 6869 | 25 01020304 | f80f 01'.replaceAll('|', ''))
    const fields = new Fields(bytes)
    const seen: unknown[] = []
    while (fields.next()) seen.push([fields.number, fields.wire, Buffer.from(fields.content()).toString('hex')])
    expect(seen).toEqual([
      [1, 0, '9601'],
      [2, 1, '0102030405060708'],
      [3, 2, '6869'],
      [4, 5, '01020304'],
      [255, 0, '01'],
    ])
    expect(fields.broken).toBe(false)
  })

  it.each([
    ['a tag cut short', '80'],
    ['a tag without content', '08'],
    ['a varint that never ends', '08 ffffffffffffffffffff01'],
    ['a length past the end', '0a 05 00'],
    ['4 GiB declared', '0a ffffffff0f 00'],
    ['a length over 2^53', '0a ffffffffffffffff7f 00'],
    ['field number 0', '00 00'],
    ['a group', '0b 0c'],
    ['wire type 7', '0f'],
    ['eight bytes cut short', '09 00000000'],
  ])('that can not be read: %s', (_name, hex) => {
    expect(isMessage(from(hex))).toBe(false)
    expect(isMessage(Buffer.concat([from('0a 01 00'), from(hex)]))).toBe(false)
  })

  it('are read as they were written', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 2 ** 29 - 1 }),
        fc.maxSafeNat(),
        fc.uint8Array(),
        (number, value, bytes) => {
          const fields = new Fields(Buffer.concat([varintField(number, value), bytesField(number, bytes)]))
          if (value > 0) expect([fields.next(), fields.number, fields.asNumber()]).toEqual([true, number, value])
          if (bytes.length > 0) expect([fields.next(), fields.content()]).toEqual([true, Buffer.from(bytes)])
          expect([fields.next(), fields.broken]).toEqual([false, false])
        },
      ),
    )
  })

  it('never lie outside of the message, whatever it is', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
        const fields = new Fields(bytes)
        let last = 0
        while (fields.next()) {
          expect(fields.from).toBe(last)
          expect(fields.start).toBeGreaterThan(fields.from)
          expect(fields.end).toBeGreaterThanOrEqual(fields.start)
          expect(fields.end).toBeLessThanOrEqual(bytes.length)
          last = fields.end
        }
      }),
      { numRuns: 2000 },
    )
  })
})
