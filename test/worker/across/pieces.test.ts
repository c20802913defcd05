import { describe, expect, test } from 'vitest'
import type { Format } from '../../../src/core/batch.ts'
import { policy, rule } from '../harness.ts'
import { run, splits } from './run.ts'

const RULES = policy([
  rule('key', { detector: 'pem_private_key' }, 'replace'),
  rule('card', { detector: 'payment_card' }, { type: 'mask', keep_last: 4 }),
  rule('password', { detector: 'password_assignment' }, 'replace'),
  rule('email', { detector: 'email' }, 'replace'),
])

const time = (n: number) => `2026-11-21T08:00:00.${String(n).padStart(9, '0')}Z`

interface Shape {
  name: string
  format: Format
  /** A record for each piece of a line. */
  pieces(texts: readonly string[], stream: string): string[]
  /** What stands in the records of a line, put together again. */
  read(records: readonly string[]): string
}

const flagged = (texts: readonly string[], at: number) => at < texts.length - 1

const SHAPES: Shape[] = [
  {
    name: 'text of CRI',
    format: 'text',
    pieces: (texts, stream) =>
      texts.map((text, at) => `${time(at)} ${stream} ${flagged(texts, at) ? 'P' : 'F'} ${text}\n`),
    read: (records) => records.map((record) => record.split(' ').slice(3).join(' ')).join(''),
  },
  {
    name: 'JSON of a CRI parser',
    format: 'json',
    pieces: (texts, stream) =>
      texts.map((log, at) => `${JSON.stringify({ stream, logtag: flagged(texts, at) ? 'P' : 'F', log })}\n`),
    read: (records) => records.map((record) => JSON.parse(record).log).join(''),
  },
  {
    name: "JSON of Docker's fluentd driver",
    format: 'json',
    pieces: (texts, container_name) =>
      texts.map((log, at) => {
        const partial = { partial_message: 'true', partial_id: 'a1', partial_ordinal: String(at + 1) }
        const last = { partial_last: String(!flagged(texts, at)) }
        return `${JSON.stringify({ container_name, source: 'stdout', log, ...partial, ...last })}\n`
      }),
    read: (records) => records.map((record) => JSON.parse(record).log).join(''),
  },
  {
    name: 'JSON with raw lines of CRI',
    format: 'json',
    pieces: (texts, stream) =>
      texts.map(
        (text, at) => `${JSON.stringify({ log: `${time(at)} ${stream} ${flagged(texts, at) ? 'P' : 'F'} ${text}` })}\n`,
      ),
    read: (records) => records.map((record) => JSON.parse(record).log.split(' ').slice(3).join(' ')).join(''),
  },
]

const CARD = 'pay 4111 1111 1111 1111 now'
const MASKED = 'pay ***************1111 now'

describe.each(SHAPES)('a line cut in pieces, as $name', ({ format, pieces, read }) => {
  const readAll = (text: string) => read(text.trimEnd().split('\n'))

  test('is redacted as if it had never been cut, wherever that was', () => {
    for (let cut = 1; cut < CARD.length; cut++) {
      const { text, matches, waits } = run(RULES, format, pieces([CARD.slice(0, cut), CARD.slice(cut)], 'stdout'))
      expect(readAll(text).trimEnd()).toBe(MASKED.trimEnd())
      expect([matches, waits]).toEqual([1, 0])
    }
  })

  test('is redacted alike when the batch ends between its pieces', () => {
    for (let cut = 1; cut < CARD.length; cut++) {
      const frames = pieces([CARD.slice(0, cut), CARD.slice(cut)], 'stdout')
      const whole = run(RULES, format, frames)
      const parts = run(RULES, format, frames, [1, 1])
      expect(parts).toEqual({ ...whole, waits: 1 })
    }
  })

  test('in many small pieces is redacted alike wherever batches end', () => {
    const line = `user a@example.com password=correct-horse-battery ${CARD}`
    const texts = line.match(/.{1,7}/g) ?? []
    const frames = pieces(texts, 'stdout')
    const whole = run(RULES, format, frames)
    expect(readAll(whole.text)).toBe(`user [REDACTED:email] password=[REDACTED:password] ${MASKED}`)
    expect(whole.matches).toBe(3)
    for (const sizes of splits(frames.length)) {
      const { waits, ...rest } = run(RULES, format, frames, sizes)
      expect({ ...rest, waits: 0 }).toEqual(whole)
      expect(waits).toBeGreaterThan(0)
    }
  })

  test('does not mix with lines of other streams', () => {
    const out = pieces(['pay 4111 1111', ' 1111 1111 now'], 'stdout')
    const err = pieces(['sum 5555 5555', ' 5555 4444 now'], 'stderr')
    const { text, matches } = run(RULES, format, [out[0], err[0], out[1], err[1]])
    const lines = text.trimEnd().split('\n')
    expect(read([lines[0], lines[2]])).toBe(MASKED)
    expect(read([lines[1], lines[3]])).toBe('sum ***************4444 now')
    expect(matches).toBe(2)
  })

  test('whose rest does not come in time has its end masked, and its rest redacted when it comes', () => {
    const frames = pieces(['x'.repeat(80), ' 4111 1111', ' 1111 1111 now'], 'stdout').slice(1)
    const { text, failures, matches, affected } = run(RULES, format, frames, [1, 1], true)
    const all = readAll(text)
    expect(all).not.toMatch(/[0-9]{5}|4111 1111/)
    expect(all.startsWith('**********')).toBe(true)
    expect(all.endsWith(' now')).toBe(true)
    expect(failures).toEqual({ cut_line: 1 })
    expect([matches, affected]).toEqual([1, 1])
  })

  test('without a finding leaves as it came', () => {
    const frames = pieces(['nothing to ', 'see in ', 'here'], 'stdout')
    expect(run(RULES, format, frames, [1, 1, 1])).toMatchObject({ text: frames.join(''), matches: 0 })
  })

  test('a private key in it is redacted in all pieces, also a cut header', () => {
    const body = 'MIIEvQIBADANBgkqhkiG9w0BAQEFAASC'.repeat(6)
    const key = `-----BEGIN PRIVATE KEY-----\\n${body}\\n-----END PRIVATE KEY-----`
    const line = `loaded key ${key} from disk`
    for (const size of [9, 40, 111]) {
      const texts = line.match(new RegExp(`.{1,${size}}`, 'g')) ?? []
      const frames = pieces(texts, 'stdout')
      const whole = run(RULES, format, frames)
      expect(readAll(whole.text)).toBe('loaded key [REDACTED:key] from disk')
      for (const sizes of splits(frames.length)) expect(run(RULES, format, frames, sizes).text).toBe(whole.text)
    }
  })
})

describe("Docker's own pieces", () => {
  const docker = (log: string) => `${JSON.stringify({ log, stream: 'stdout', time: time(1) })}\n`

  test('are 16 KiB without a line feed, and belong together', () => {
    const line = `${'x'.repeat(16_380)} 4111 1111 1111 1111 now\n`
    const frames = [docker(line.slice(0, 16_384)), docker(line.slice(16_384))]
    for (const sizes of [[2], [1, 1]]) {
      const { text, matches } = run(RULES, 'json', frames, sizes)
      const [one, two] = text.trimEnd().split('\n')
      expect(JSON.parse(one).log + JSON.parse(two).log).toBe(`${'x'.repeat(16_380)} ***************1111 now\n`)
      expect(matches).toBe(1)
    }
  })

  test('a line that only is that long waits for nobody', () => {
    const { waits } = run(RULES, 'json', [docker(`${'x'.repeat(16_383)}\n`), docker('y\n')], [1, 1])
    expect(waits).toBe(0)
  })
})
