// The export format as it comes out of a pipe, and entries as records.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { writeEntry } from '../../../src/sources/journald/entry.ts'
import { cursorOf, ExportReader } from '../../../src/sources/journald/export_format.ts'
import { Output } from '../../../src/wire/transcode/output.ts'
import { fieldOf, type Value } from './journal.ts'

interface Read {
  readonly records: Record<string, unknown>[]
  readonly cursors: string[]
  readonly tooLarge: [size: number, cursor: string][]
}

function read(bytes: Uint8Array, sizes: readonly number[] = [bytes.length], bytes_max = 10_000): Read {
  const out = new Output(0)
  const cursors: string[] = []
  const tooLarge: [number, string][] = []
  const reader = new ExportReader(bytes_max, {
    entry(entry, fields) {
      writeEntry(out, entry, fields)
      cursors.push(cursorOf(entry, fields))
    },
    tooLarge: (size, cursor) => tooLarge.push([size, cursor]),
  })
  for (let at = 0, n = 0; at < bytes.length; n++) {
    const chunk = Buffer.from(bytes.subarray(at, at + (sizes[n % sizes.length] ?? 1)))
    reader.push(chunk)
    at += chunk.length
    chunk.fill(0x58)
  }
  const lines = Buffer.from(out.finish().bytes).toString().split('\n')
  return { records: lines.filter((line) => line !== '').map((line) => JSON.parse(line)), cursors, tooLarge }
}

const entry = (cursor: string, ...fields: (readonly [string, Value])[]) =>
  Buffer.concat([Buffer.from(`__CURSOR=${cursor}\n`), ...fields.map(fieldOf), Buffer.from('\n')])

describe('an entry', () => {
  it('is a record of its fields, after its time and severity', () => {
    const text = `__CURSOR=c1
__REALTIME_TIMESTAMP=1795273200123456
__MONOTONIC_TIMESTAMP=7
_SYSTEMD_UNIT=app.service
PRIORITY=3
MESSAGE=a=b "c" grüße

`
    expect(read(Buffer.from(text))).toEqual({
      cursors: ['c1'],
      tooLarge: [],
      records: [
        {
          timestamp: '2026-11-21T15:00:00.123456Z',
          severity: 'err',
          _SYSTEMD_UNIT: 'app.service',
          PRIORITY: '3',
          MESSAGE: 'a=b "c" grüße',
        },
      ],
    })
  })

  it('may hold bytes of any kind, line feeds, and a name several times', () => {
    const bytes = Buffer.from('a\n\nb\0\xff=', 'latin1')
    const { records } = read(entry('c', ['MESSAGE', bytes], ['N', 'one'], ['N', 'zwei ü'], ['PRIORITY', '9']))
    expect(records).toEqual([
      { MESSAGE: 'a\n\nb\0\xff=', N: ['one', 'zwei ü'], PRIORITY: '9', encoding: { MESSAGE: 'latin1' } },
    ])
  })

  it('without any field is a record too, and without a time none is made up', () => {
    expect(read(Buffer.from('__CURSOR=c\n__REALTIME_TIMESTAMP=soon\n\n')).records).toEqual([{}])
  })

  it('over the limit is told by its size and its cursor, and those behind it are read', () => {
    const small = entry('c1', ['MESSAGE', 'one'])
    const large = entry('c2', ['A', 'x'], ['MESSAGE', 'y'.repeat(20_000)], ['B', '\n\n'], ['C', 'z'.repeat(20_000)])
    const text = Buffer.from(`__CURSOR=c3\nMESSAGE=${'w'.repeat(20_000)}\nB=1\n\n`)
    const stream = Buffer.concat([small, large, text, small])
    for (const sizes of [[1], [777], [stream.length]]) {
      const { records, tooLarge } = read(stream, sizes)
      expect(records.map(({ MESSAGE }) => String(MESSAGE).slice(0, 9))).toEqual(['one', 'one'])
      // Without the empty line that ends it.
      expect(tooLarge).toEqual([
        [large.length - 1, 'c2'],
        [text.length - 1, 'c3'],
      ])
    }
  })

  it('is read alike, however its bytes arrive', () => {
    const value = fc.oneof(fc.uint8Array({ maxLength: 30 }), fc.string({ maxLength: 30 }))
    const fields = fc.array(fc.tuple(fc.constantFrom('MESSAGE', 'A', 'B_C'), value), { maxLength: 5 })
    const property = fc.property(
      fc.array(fields, { minLength: 1, maxLength: 5 }),
      fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1, maxLength: 4 }),
      (entries, sizes) => {
        const stream = Buffer.concat(entries.map((one, n) => entry(`c${n}`, ...one)))
        const whole = read(stream)
        expect(whole.cursors).toEqual(entries.map((_, n) => `c${n}`))
        expect(read(stream, sizes)).toEqual(whole)
      },
    )
    fc.assert(property, { numRuns: 100 })
  })
})
