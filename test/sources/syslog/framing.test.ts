// Streams cut into messages, however their bytes arrive.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Framing } from '../../../src/sources/syslog/framing.ts'

interface Cut {
  readonly messages: string[]
  readonly tooLong: number[]
  readonly isReadable: boolean
  readonly isWhole: boolean
}

function cut(stream: string, sizes: readonly number[] = [stream.length], bytes_max = 100): Cut {
  const messages: string[] = []
  const tooLong: number[] = []
  const framing = new Framing(bytes_max, {
    message: (bytes, start, end) => messages.push(Buffer.from(bytes.subarray(start, end)).toString('latin1')),
    tooLong: (size) => tooLong.push(size),
  })
  const bytes = Buffer.from(stream, 'latin1')
  let isReadable = true
  for (let at = 0, n = 0; at < bytes.length && isReadable; n++) {
    const size = Math.max(1, sizes[n % sizes.length] ?? 1)
    // The buffer that a socket reads into is used again.
    const chunk = Buffer.from(bytes.subarray(at, at + size))
    isReadable = framing.push(chunk)
    chunk.fill(0x58)
    at += size
  }
  return { messages, tooLong, isReadable, isWhole: isReadable && framing.end() }
}

const whole = { tooLong: [], isReadable: true, isWhole: true }

describe('a stream', () => {
  it.each([
    ['5 <1>ab4 <2>c', ['<1>ab', '<2>c']],
    ['7 <1>a\nbc4 <2>c', ['<1>a\nbc', '<2>c']],
    ['<1>ab\n<2>c\n', ['<1>ab', '<2>c']],
    ['<1>ab\0<2>c\0', ['<1>ab', '<2>c']],
    ['<1>ab\r\n\n<2>c', ['<1>ab\r', '', '<2>c']],
    ['2026 is a year\n7 <1>ab\n', ['2026 is a year', '7 <1>ab']],
    ['17 lines\n', ['17 lines']],
    ['no syslog\n', ['no syslog']],
    ['12', ['12']],
    ['', []],
  ])('%j, in one piece and byte by byte', (stream, messages) => {
    // Nobody said yet what it is: a number alone is not taken for a message.
    const expected = stream === '12' ? { ...whole, messages: ['12'] } : { ...whole, messages }
    expect(cut(stream)).toEqual(expected)
    expect(cut(stream, [1])).toEqual(expected)
  })

  it('with a message over the limit goes on behind it, and tells its size', () => {
    const long = '<1>'.padEnd(150, 'x')
    for (const sizes of [[1], [7], [1000]]) {
      expect(cut(`5 <1>ab150 ${long}4 <2>c`, sizes)).toEqual({ ...whole, messages: ['<1>ab', '<2>c'], tooLong: [150] })
      expect(cut(`<1>ab\n${long}\n<2>c\n`, sizes)).toEqual({ ...whole, messages: ['<1>ab', '<2>c'], tooLong: [150] })
      expect(cut(`<1>ab\n${long}`, sizes)).toEqual({ ...whole, messages: ['<1>ab'], tooLong: [150] })
    }
  })

  it('that ends within a message of known length leaves it out', () => {
    expect(cut('5 <1>ab9 <2>c')).toEqual({ messages: ['<1>ab'], tooLong: [], isReadable: true, isWhole: false })
    expect(cut('5 <1>ab200 <2>c')).toMatchObject({ messages: ['<1>ab'], tooLong: [200], isWhole: false })
  })

  it.each(['5 <1>abjunk', '5 <1>ab-4 <2>c', '5 <1>ab99999999999 <2>c', '5 <1>ab 4 <2>c'])(
    'that loses its lengths is read no further: %j',
    (stream) => {
      expect(cut(stream)).toMatchObject({ messages: ['<1>ab'], isReadable: false })
      expect(cut(stream, [1])).toMatchObject({ messages: ['<1>ab'], isReadable: false })
    },
  )

  it('is cut alike, however its bytes arrive', () => {
    const message = fc
      .string({ unit: fc.constantFrom('a', ' ', '7', '<', 'é'), maxLength: 120 })
      .map((text) => `<1>${text}`)
    const property = fc.property(
      fc.array(message, { minLength: 1, maxLength: 8 }),
      fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 5 }),
      fc.boolean(),
      (messages, sizes, isOctets) => {
        const latin1 = messages.map((text) => Buffer.from(text).toString('latin1'))
        const stream = latin1.map((text) => (isOctets ? `${text.length} ${text}` : `${text}\n`)).join('')
        expect(cut(stream, sizes)).toEqual({
          ...whole,
          messages: latin1.filter((text) => text.length <= 100),
          tooLong: latin1.filter((text) => text.length > 100).map((text) => text.length),
        })
      },
    )
    fc.assert(property, { numRuns: 500 })
  })

  it('that comes byte by byte is not read again for each byte', () => {
    const size = 200_000
    const begun = process.cpuUsage().user
    const chunks = Array.from({ length: size }, () => Buffer.from('x'))
    const framing = new Framing(size, { message: () => {}, tooLong: () => {} })
    framing.push(Buffer.from('<'))
    for (const chunk of chunks) framing.push(chunk)
    expect((process.cpuUsage().user - begun) / 1000).toBeLessThan(3000)
  })
})
