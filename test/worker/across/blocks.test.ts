import { describe, expect, test } from 'vitest'
import type { Format } from '../../../src/core/batch.ts'
import { policy, rule } from '../harness.ts'
import { run as inspectAll, splits } from './run.ts'

const KEY = rule('key', { detector: 'pem_private_key' }, 'replace')
const BEGIN = '-----BEGIN RSA PRIVATE KEY-----'
const END = '-----END RSA PRIVATE KEY-----'
const BODY = [
  'MIIEpAIBAAKCAQEAu1SU1LfVLPHCozMxH2Mo4lgOEePzNm0tRgeLezV6ffAt0gun',
  'VTLwonLRnrq0IzW7yWR7QkrmBL7jTKEn5uqKhbwKfBstIsbMY2Zkp18gnTxKLxoS',
  'tFczGkPLPgizskuemMghRniWaoLcyehkd3qqGElvW7VDL5AaWTg0nLVkjRo9z40R',
  'Qhu4c31==',
]

const POLICY = policy([KEY])

function run(format: Format, lines: readonly string[], sizes?: readonly number[]) {
  return inspectAll(
    POLICY,
    format,
    lines.map((line) => `${line}\n`),
    sizes,
  )
}

const SHAPES: [string, Format, (line: string) => string][] = [
  ['text', 'text', (line) => line],
  ['text behind a time and a level', 'text', (line) => `2026-11-21T08:00:00Z INFO vault: ${line}`],
  ['text of a container', 'text', (line) => `2026-11-21T08:00:00.000000004Z stderr F ${line}`],
  ['JSON', 'json', (line) => JSON.stringify({ level: 'info', message: line, pod: 'a' })],
  ['JSON in a string', 'json', (line) => JSON.stringify({ log: JSON.stringify({ msg: line }), stream: 'stdout' })],
  ['the log of Docker', 'json', (line) => JSON.stringify({ log: `${line}\n`, stream: 'stdout' })],
]

describe.each(SHAPES)('a private key that is logged line by line as %s', (_, format, shape) => {
  const lines = ['hello', BEGIN, ...BODY, END, 'tokens: done'].map(shape)

  test('is redacted on every line, and what is around it stays', () => {
    const { text, matches, records, affected } = run(format, lines)
    for (const line of [BEGIN, ...BODY, END]) expect(text).not.toContain(line)
    expect(text.split('\n').filter((line) => line.includes('[REDACTED:key]'))).toHaveLength(BODY.length + 2)
    expect(text).toContain(shape('hello'))
    expect(text).toContain(shape('tokens: done'))
    expect(matches).toBe(1)
    expect(records).toBe(BODY.length + 2)
    expect(affected).toBe(BODY.length + 2)
  })

  test('is redacted alike wherever the batches end', () => {
    const whole = run(format, lines)
    for (let first = 1; first < lines.length; first++) {
      expect(run(format, lines, [first, lines.length - first])).toEqual(whole)
    }
    expect(
      run(
        format,
        lines,
        lines.map(() => 1),
      ),
    ).toEqual(whole)
  })
})

describe('a private key that is logged line by line', () => {
  const docker = (stream: string) => (line: string) => JSON.stringify({ log: line, stream })

  test('does not touch what another stream says meanwhile', () => {
    const [out, err] = [docker('stdout'), docker('stderr')]
    const other = ['aGVsbG8gd29ybGQsIGhlbGxvIHdvcmxkLCBoZWxsbw', 'done', '-----', 'x'].map(out)
    const key = [BEGIN, ...BODY, END].map(err)
    const lines = key.flatMap((line, at) => [line, other[at % other.length]])
    const { text } = run('json', lines)
    for (const line of BODY) expect(text).not.toContain(line)
    for (const line of other) expect(text).toContain(line)
  })

  test('two streams may log one each', () => {
    const [out, err] = [docker('stdout'), docker('stderr')]
    const lines = [BEGIN, ...BODY, END].flatMap((line) => [out(line), err(line)])
    const { text, matches } = run('json', lines, [3, 4, 5])
    expect(text.replaceAll('[REDACTED:key]', '')).not.toMatch(/[A-Za-z0-9+/]{9}/)
    expect(matches).toBe(2)
  })

  test('stays open over some lines of somebody else, and not over many', () => {
    const noise = (count: number) => Array.from({ length: count }, (_, n) => `request ${n} took 3 ms`)
    const some = run('text', [BEGIN, BODY[0], ...noise(9), BODY[1], END])
    expect(some.text).not.toContain(BODY[1])
    expect(some.text).toContain(noise(9).join('\n'))
    const many = run('text', [BEGIN, BODY[0], ...noise(40), 'done'])
    expect(many.text).toContain('\ndone')
  })

  test('has headers of its own', () => {
    const headers = ['Proc-Type: 4,ENCRYPTED', 'DEK-Info: AES-128-CBC,1F2E3D4C5B6A79880102030405060708', '']
    const { text } = run('text', [BEGIN, ...headers, ...BODY, END, 'after'])
    expect(text).not.toContain('1F2E3D4C')
    expect(text.endsWith('[REDACTED:key]\nafter\n')).toBe(true)
  })

  test('that ends on the line on which it begins opens nothing', () => {
    const { text } = run('text', [`${BEGIN} ${BODY[0]} ${END}`, BODY[1], 'done'])
    expect(text).toBe(`[REDACTED:key]\n${BODY[1]}\ndone\n`)
  })
})
