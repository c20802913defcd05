// Whatever is logged and however it is cut into pieces and batches: what comes out depends on neither.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { policy, rule } from '../harness.ts'
import { run } from './run.ts'

const ACTIONS = ['mask', 'replace', 'hash', 'drop_field', 'drop_record', 'keep'] as const

const POLICIES = new Map(
  ACTIONS.map((action) => [
    action,
    policy(
      [
        rule('key', { detector: 'pem_private_key' }, action),
        rule('card', { detector: 'payment_card' }, action),
        rule('email', { detector: 'email' }, action),
        rule('password', { detector: 'password_assignment' }, action),
      ],
      { hmac: { id: 'k', key: 'a-key-for-tests-only' } },
    ),
  ]),
)

const BODY = 'MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7VJTUt9Us8cKj'
const KEY = ['-----BEGIN PRIVATE KEY-----', BODY, BODY.slice(3), 'Qhu4c==', '-----END PRIVATE KEY-----']

const secret = fc.constantFrom(
  'card 4111 1111 1111 1111 end',
  'mail jane.doe@example.com end',
  'password=correct-horse-battery end',
  `key ${KEY.join('\\n')} end`,
  'user "jane" said: nothing',
  'took 12 ms',
)
const line = fc.array(secret, { minLength: 1, maxLength: 3 }).map((parts) => parts.join(' '))
const said = fc.oneof(
  { weight: 3, arbitrary: fc.tuple(line, fc.integer({ min: 4, max: 60 })).map(([text, size]) => piecesOf(text, size)) },
  { weight: 1, arbitrary: fc.constant(KEY.map((text) => ({ text, goesOn: false }))) },
)
const stream = fc.array(said, { minLength: 1, maxLength: 4 }).map((parts) => parts.flat())

interface Said {
  text: string
  goesOn: boolean
}

function piecesOf(text: string, size: number): Said[] {
  const texts = text.match(new RegExp(`.{1,${size}}`, 'g')) ?? []
  return texts.map((one, at) => ({ text: one, goesOn: at < texts.length - 1 }))
}

/** The records of some streams, in an order that `choices` says. */
function frames(streams: readonly Said[][], choices: readonly number[]): string[] {
  const left = streams.map((one) => [...one])
  const out: string[] = []
  for (let turn = 0; left.some((one) => one.length > 0); turn++) {
    const open = left.map((one, at) => [one, at] as const).filter(([one]) => one.length > 0)
    const [from, at] = open[(choices[turn % choices.length] ?? 0) % open.length]
    const { text, goesOn } = from.shift() as Said
    out.push(`${JSON.stringify({ n: 1, log: text, logtag: goesOn ? 'P' : 'F', host: `h${at}` })}\n`)
  }
  return out
}

const choices = fc.array(fc.nat(10), { minLength: 1, maxLength: 20 })

function cut(count: number, points: readonly number[]): number[] {
  const ends = [...new Set([...points.map((point) => 1 + (point % count)), count])].sort((a, b) => a - b)
  return ends.map((end, at) => end - (ends[at - 1] ?? 0))
}

describe('secrets that span records', () => {
  test.each(ACTIONS)('are dealt with alike in batches of any size: %s', (action) => {
    const rules = POLICIES.get(action) ?? policy([])
    const property = fc.property(
      fc.array(stream, { minLength: 1, maxLength: 3 }),
      choices,
      fc.array(fc.nat(1000), { minLength: 1, maxLength: 8 }),
      (streams, order, points) => {
        const all = frames(streams, order)
        const { waits: _, ...whole } = run(rules, 'json', all)
        const { waits: __, ...parts } = run(rules, 'json', all, cut(all.length, points))
        expect(parts).toEqual(whole)
      },
    )
    fc.assert(property, { numRuns: 60 })
  })

  test('do not leak when each batch is on its own and nothing comes in time', () => {
    const rules = POLICIES.get('mask') ?? policy([])
    const property = fc.property(stream, fc.array(fc.nat(1000), { minLength: 1, maxLength: 8 }), (one, points) => {
      const all = frames([one], [0])
      const { text } = run(rules, 'json', all, cut(all.length, points), true)
      const logs = text
        .trimEnd()
        .split('\n')
        .map((record) => (JSON.parse(record) as { log: string }).log)
      const read = logs.join('')
      expect(read).not.toMatch(/1111 1111|doe@ex|horse-bat|MIIEvQIB/)
    })
    fc.assert(property, { numRuns: 150 })
  })

  test('read as if they had never been cut, once the pieces are put together again', () => {
    for (const action of ['mask', 'replace', 'hash'] as const) {
      const rules = POLICIES.get(action) ?? policy([])
      const property = fc.property(line, fc.integer({ min: 4, max: 60 }), (text, size) => {
        const logs = (out: string) =>
          out
            .trimEnd()
            .split('\n')
            .map((record) => (JSON.parse(record) as { log: string }).log)
        const uncut = run(rules, 'json', frames([[{ text, goesOn: false }]], [0]))
        const pieces = run(rules, 'json', frames([piecesOf(text, size)], [0]))
        expect(logs(pieces.text).join('')).toBe(logs(uncut.text).join(''))
        expect(pieces.matches).toBe(uncut.matches)
      })
      fc.assert(property, { numRuns: 60 })
    }
  })
})
