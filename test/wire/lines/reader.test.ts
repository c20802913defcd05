// Lines to records: what each format makes of them, however the bytes are cut, and how far each batch reaches.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { LinesFormat } from '../../../src/wire/lines/frames.ts'
import type { Joining } from '../../../src/wire/lines/joiner.ts'
import { LineReader } from '../../../src/wire/lines/reader.ts'

interface How {
  readonly format?: LinesFormat
  readonly joining?: Partial<Joining>
  readonly members?: string
  readonly line_bytes_max?: number
}

function readerOf({ format = 'auto', joining, members = '', line_bytes_max = 1024 }: How = {}): LineReader {
  const joins = joining && { timeout_ms: 1000, lines_max: 100, ...joining }
  const options = { origin: 'app', format, members: Buffer.from(members), line_bytes_max, joining: joins }
  return new LineReader(options, 0)
}

/** The frames as they stand. */
function framesOf(reader: LineReader): string[] {
  const batch = reader.take()?.batch
  if (!batch) return []
  const bytes = Buffer.from(batch.bytes)
  return [...batch.ends].map((end, at) => bytes.toString('utf8', at === 0 ? 0 : batch.ends[at - 1], end).trimEnd())
}

function framed(text: string | Buffer, how: How = {}): string[] {
  const reader = readerOf(how)
  reader.push(Buffer.from(text), 0)
  reader.end()
  return framesOf(reader)
}

const CRI = (flag: string, text: string, stream = 'stdout') =>
  `2026-11-21T08:00:00.123456789Z ${stream} ${flag} ${text}\n`
const HEAD = (flag: string, stream = 'stdout') =>
  `{"time":"2026-11-21T08:00:00.123456789Z","stream":"${stream}","logtag":"${flag}",`

describe('a line', () => {
  it.each<[string, string, string[]]>([
    ['an object stays byte for byte', '{ "a" : 1.50, "a":2 }\r\n', ['{ "a" : 1.50, "a":2 }']],
    ['text becomes a member', 'say "hi"\t\\\u0001é\n', ['{"log":"say \\"hi\\"\\t\\\\\\u0001é"}']],
    [
      'what only looks like an object is text',
      '{oops}\n{"a":1}{"b":2}\n',
      ['{"log":"{oops}"}', '{"log":"{\\"a\\":1}{\\"b\\":2}"}'],
    ],
    ['an array is text', '[1,2]\n[2026-11-21] error\n', ['{"log":"[1,2]"}', '{"log":"[2026-11-21] error"}']],
    ['empty lines are no records', '\n\r\n\n', []],
    ['the last one may have no end', 'a\nb', ['{"log":"a"}', '{"log":"b"}']],
    ['a byte order mark is none of it', '\ufeff{"a":1}\n', ['{"a":1}']],
  ])('%s', (_claim, text, frames) => {
    expect(framed(text)).toEqual(frames)
  })

  it('has the members of its source in front', () => {
    const members = '"file":"/a b.log",'
    expect(framed('{"a":1}\n { }\ntext\n', { members })).toEqual([
      '{"file":"/a b.log","a":1}',
      '{"file":"/a b.log" }',
      '{"file":"/a b.log","log":"text"}',
    ])
    // What is no object has no place for them.
    expect(framed('[1]\n', { members, format: 'json' })).toEqual(['[1]'])
  })

  it('of json goes on as it is, also when it is none: it fails closed later', () => {
    expect(framed('{"a":\n', { format: 'json' })).toEqual(['{"a":'])
  })

  it('of a container log is taken apart, pieces included', () => {
    expect(framed(`${CRI('F', 'hello')}${CRI('P', 'half', 'stderr')}no such line\n`, { format: 'cri' })).toEqual([
      `${HEAD('F')}"log":"hello"}`,
      `${HEAD('P', 'stderr')}"log":"half"}`,
      '{"log":"no such line"}',
    ])
  })

  it('that is too long or binary is replaced by a record that says so', () => {
    const reader = readerOf({ line_bytes_max: 10, members: '"file":"x",' })
    reader.push(Buffer.from(`${'a'.repeat(11)}\nok\nb\0c\n\0\0behind\n`), 0)
    expect(framesOf(reader)).toEqual([
      '{"file":"x","logveil_unreadable":"line_too_long","bytes":11}',
      '{"file":"x","log":"ok"}',
      '{"file":"x","logveil_unreadable":"binary","bytes":3}',
      '{"file":"x","log":"behind"}',
    ])
    expect(reader.unreadable).toEqual({ line_too_long: 1, binary: 1 })
  })
})

describe('reads', () => {
  const line = fc.oneof(fc.string({ maxLength: 30 }), fc.json(), fc.constant('\0'), fc.constant('x'.repeat(80)))

  it('may end anywhere: the records are the same', () => {
    fc.assert(
      fc.property(fc.array(line), fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1 }), (lines, sizes) => {
        const bytes = Buffer.from(lines.join('\n'))
        const reader = readerOf({ line_bytes_max: 60 })
        const frames: string[] = []
        for (let at = 0, turn = 0; at < bytes.length; turn++) {
          const size = sizes[turn % sizes.length]
          reader.push(Buffer.from(bytes.subarray(at, at + size)), 0)
          frames.push(...framesOf(reader))
          at += size
        }
        reader.end()
        expect([...frames, ...framesOf(reader)]).toEqual(framed(bytes, { line_bytes_max: 60 }))
      }),
    )
  })

  it('reach up to the end of the last line that is whole', () => {
    const reader = readerOf()
    reader.push(Buffer.from('one\ntw'), 0)
    expect(reader.take()?.upTo).toBe(4)
    expect(reader.take()).toBeNull()
    reader.push(Buffer.from('o\n\n'), 0)
    expect(reader.take()?.upTo).toBe(9)
  })
})

describe('records of several lines', () => {
  const starts = { starts: '^\\d{4}-' }

  it('begin where the pattern says so', () => {
    expect(framed('2026-1 boom\n  at a\n  at b\n2026-2 next\n', { joining: starts })).toEqual([
      '{"log":"2026-1 boom\\n  at a\\n  at b"}',
      '{"log":"2026-2 next"}',
    ])
  })

  it('go on where the pattern says so', () => {
    expect(framed('boom\n  at a\nnext\n', { joining: { continues: '^\\s' } })).toEqual([
      '{"log":"boom\\n  at a"}',
      '{"log":"next"}',
    ])
  })

  it('end when an object comes, and when their time is over', () => {
    const reader = readerOf({ joining: starts })
    reader.push(Buffer.from('2026-1 a\nb\n{"c":1}\n2026-2 d\n'), 0)
    expect(framesOf(reader)).toEqual(['{"log":"2026-1 a\\nb"}', '{"c":1}'])
    reader.expire(999)
    expect(framesOf(reader)).toEqual([])
    reader.expire(1000)
    expect(framesOf(reader)).toEqual(['{"log":"2026-2 d"}'])
  })

  it('are not passed over by the place while they are held', () => {
    const reader = readerOf({ joining: starts })
    reader.push(Buffer.from('2026-1 a\n2026-2 b\nc\n'), 0)
    expect(reader.take()?.upTo).toBe(9)
    reader.expire(1000)
    expect(reader.take()?.upTo).toBe(20)
  })

  it('are cut between lines when they are too long, and too many', () => {
    const joining = { ...starts, lines_max: 2 }
    expect(framed('2026-1\na\nb\nc\n', { joining })).toEqual(['{"log":"2026-1\\na"}', '{"log":"b\\nc"}'])
    const text = `2026-1\n${'a'.repeat(8)}\n${'b'.repeat(8)}\n`
    expect(framed(text, { joining: starts, line_bytes_max: 17 })).toEqual([
      '{"log":"2026-1\\naaaaaaaa"}',
      '{"log":"bbbbbbbb"}',
    ])
  })

  it('of containers are joined by stream, and so are their pieces', () => {
    const text = CRI('P', '2026-1 bo') + CRI('F', '2026-9 other', 'stderr') + CRI('F', 'om') + CRI('F', '  at a')
    expect(framed(text, { format: 'cri', joining: starts })).toEqual([
      `${HEAD('F')}"log":"2026-1 boom\\n  at a"}`,
      `${HEAD('F', 'stderr')}"log":"2026-9 other"}`,
    ])
    const docker = (log: string) => `${JSON.stringify({ log, stream: 'stdout', time: 'T' })}\n`
    const lines = docker('2026-1 "bo') + docker('om"\n') + docker('\tat é\n') + docker('2026-2\n')
    expect(framed(lines, { format: 'docker', joining: starts })).toEqual([
      '{"stream":"stdout","time":"T","log":"2026-1 \\"boom\\"\\n\\tat é"}',
      '{"stream":"stdout","time":"T","log":"2026-2"}',
    ])
  })

  it('made of pieces that never end are not kept', () => {
    const piece = CRI('P', 'x'.repeat(50))
    const text = piece.repeat(10) + CRI('F', 'end') + CRI('F', '2026-1 next')
    expect(framed(text, { format: 'cri', joining: starts, line_bytes_max: 200 })).toEqual([
      '{"logveil_unreadable":"line_too_long","bytes":503}',
      `${HEAD('F')}"log":"2026-1 next"}`,
    ])
  })
})
