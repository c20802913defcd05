import { describe, expect, test } from 'vitest'
import type { Format } from '../../../src/core/batch.ts'
import { Inspector } from '../../../src/worker/inspector.ts'
import { batchOf, policy, rule } from '../harness.ts'
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

describe('a private key that begins in a record that fails closed', () => {
  const line = (text: string) => `${JSON.stringify({ message: text, deep: 1 })}\n`

  test('is redacted in the records behind it', () => {
    const inspector = new Inspector(POLICY)
    const first = batchOf([line(`x ${BEGIN}`)])
    // A worker was lost on it twice.
    const lost = inspector.inspect('json', first.bytes, first.ends, 'app', true)
    const rest = batchOf([...BODY, END, 'after'].map(line))
    const { bytes } = inspector.inspect('json', rest.bytes, rest.ends, 'app', false, undefined, {
      carry: lost.carry,
      now_ms: 0,
    })
    const text = Buffer.from(bytes).toString()
    for (const one of BODY) expect(text).not.toContain(one)
    expect(text).toContain('after')
  })
})

describe('a private key of PuTTY', () => {
  test('is redacted to its MAC', () => {
    const mac = '0123456789abcdef'.repeat(4)
    const middle = ['Encryption: none', 'Comment: jane', 'Private-Lines: 4', ...BODY]
    const lines = ['PuTTY-User-Key-File-3: ssh-rsa', ...middle, `Private-MAC: ${mac}`, 'after it']
    const rules = policy([rule('putty', { detector: 'putty_private_key' }, 'replace')])
    const frames = lines.map((one) => `${one}\n`)
    const { text, matches } = inspectAll(rules, 'text', frames)
    expect(text).toBe(`${'[REDACTED:putty]\n'.repeat(lines.length - 1)}after it\n`)
    expect(matches).toBe(1)
    for (const sizes of splits(lines.length)) expect(inspectAll(rules, 'text', frames, sizes).text).toBe(text)
  })
})

describe('many private keys at once', () => {
  test('more streams than there is room for are redacted all the same', () => {
    const pods = Array.from({ length: 300 }, (_, n) => `pod-${n}`)
    const say = (pod: string, message: string) => `${JSON.stringify({ message, kubernetes: { pod_name: pod } })}\n`
    const lines = [BEGIN, BODY[0], BODY[1]].flatMap((text) => pods.map((pod) => say(pod, text)))
    const { text } = inspectAll(POLICY, 'json', lines, [200, 300, 400])
    for (const one of BODY.slice(0, 2)) expect(text).not.toContain(one)
  })
})
