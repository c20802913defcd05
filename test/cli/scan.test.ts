// `logveil scan` says where, to the byte, and never what.
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { folderWith, logveil, POLICY } from './binary.ts'

const folder = folderWith({ 'policy.yaml': POLICY, 'a.log': 'x\nsee tok_aaaa and node-7\n', 'clean.log': 'x\n' })
const policy = ['--policy', join(folder, 'policy.yaml')]

interface Finding {
  file: string
  line: number
  column: number
  end_column: number
  path: string
  rule: string
  fingerprint: string
}

function scan(input: string | Uint8Array, ...args: string[]) {
  return logveil(['scan', ...policy, ...args], { input, cwd: folder })
}

async function findings(input: string | Uint8Array, ...args: string[]): Promise<Finding[]> {
  const { stdout } = await scan(input, '--json', ...args)
  return stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line))
}

/** In each line the bytes between « and » are the finding. */
const PLACES: [name: string, line: string, rule: string, path: string][] = [
  ['text', 'login «tok_ab12» ok', 'token', ''],
  ['the beginning of a line', '«tok_ab12»', 'token', ''],
  ['behind letters of several bytes', 'größe 日本 «tok_ab12»', 'token', ''],
  ['a JSON string', '{"a":{"b":["x","see «tok_ab12»"]}}', 'token', 'a.b[]'],
  ['a JSON string by its field', '{"user":{"pin":"«1234»"}}', 'pin', 'user.pin'],
  ['a JSON number by its field', '{"pin": «1234» }', 'pin', 'pin'],
  ['behind escapes', '{"a":"\\n\\u00e9\\ud83d\\ude00 «tok_ab12»"}', 'token', 'a'],
  ['with escapes in it', '{"a":"«\\u0074ok_ab\\u0040»\\n"}', 'token', 'a'],
  ['that ends in an escape, at the end', '{"a":"«tok_ab\\u0040»"}', 'token', 'a'],
  ['JSON in a string', '{"log":"{\\"pin\\":\\"«1234»\\"}"}', 'pin', 'log.pin'],
  ['JSON in a string, escaped', '{"log":"{\\"a\\":\\"\\\\n«tok_a\\\\u0040»\\"}"}', 'token', 'log.a'],
  ['an escaped key', '{"a":1,"p\\u0069n":"«x»"}', 'pin', 'pin'],
  ['text that begins like JSON', '[main] «tok_ab12»', 'token', ''],
  ['only counted', 'from «node-12» on', 'node', ''],
  ['behind a byte order mark', '\ufeff{"pin":"«12»"}', 'pin', 'pin'],
]

describe('columns are bytes of the line as it is stored', () => {
  const lines = PLACES.map(([, line]) => line.replaceAll(/[«»]/g, ''))
  const found = findings(`${lines.join('\n')}\n`)
  for (const [at, [name, line, rule, path]] of PLACES.entries()) {
    it(name, async () => {
      const column = Buffer.byteLength(line.slice(0, line.indexOf('«'))) + 1
      const end_column = Buffer.byteLength(line.slice(0, line.indexOf('»')).replace('«', '')) + 1
      const here = (await found).filter((one) => one.line === at + 1)
      expect(here).toHaveLength(1)
      expect(here[0]).toMatchObject({ file: '<stdin>', column, end_column, rule, path })
    })
  }

  it('bytes that are no UTF-8 count as one each', async () => {
    const [found] = await findings(Buffer.from('\xff\0\xc3 tok_ab\r\n', 'latin1'))
    expect(found).toMatchObject({ line: 1, column: 5, end_column: 11 })
  })

  it('lines are counted through blocks, and findings of a line are in its order', async () => {
    const input = `${'a line like many\n'.repeat(100_000)}{"log":"{\\"a\\":\\"tok_a\\"}","pin":"12"}\nnode-1 tok_b`
    const places = (await findings(input)).map(({ line, column, rule }) => [line, column, rule])
    expect(places).toEqual([
      [100_001, 18, 'token'],
      [100_001, 35, 'pin'],
      [100_002, 1, 'node'],
      [100_002, 8, 'token'],
    ])
  })
})

describe('what it prints', () => {
  it('for people: a line each, and a sum', async () => {
    const { code, stdout, stderr } = await scan('', 'a.log', 'clean.log')
    expect(stdout).toBe('a.log:2:5: token high\na.log:2:18: node low\n')
    expect([code, stderr]).toEqual([0, '2 findings in 1 of 3 lines\n'])
  })

  it('--json: these fields in this order', async () => {
    const { stdout, stderr } = await scan('{"a":"tok_ab"}', '--json')
    const prefix = '{"file":"<stdin>","line":1,"column":7,"end_column":13,"path":"a","rule":"token","category":"secret"'
    expect(stdout).toMatch(/"fingerprint":"[0-9a-f]{16}"\}\n$/)
    expect(stdout.replace(/[0-9a-f]{16}/, 'F')).toBe(
      `${prefix},"severity":"high","confidence":"high","fingerprint":"F"}\n`,
    )
    expect(stderr).toBe('')
  })

  it('equal values have equal fingerprints in a run; a key of the policy makes them equal in all', async () => {
    const input = 'tok_ab\ntok_ab tok_cd\n'
    const [a, b, c] = (await findings(input)).map(({ fingerprint }) => fingerprint)
    expect(a).toBe(b)
    expect(a).not.toBe(c)
    const [again] = await findings(input)
    expect(again.fingerprint).not.toBe(a)
    const keyed = join(folderWith({ 'k.yaml': `${POLICY}hmac: { id: k, key: '\${KEY}' }\n` }), 'k.yaml')
    const run = () => logveil(['scan', '--json', '-p', keyed], { input, env: { KEY: 'a key of some length' } })
    expect((await run()).stdout).toBe((await run()).stdout)
  })

  it('a key or a file name cannot send escape sequences to the terminal', async () => {
    const odd = folderWith({ 'policy.yaml': POLICY, 'a\u001b[31m.log': '{"\\u001b[2J\u001b]0;x\u0007":"tok_ab"}\n' })
    const { stdout } = await logveil(['scan', '-p', 'policy.yaml', 'a\u001b[31m.log'], { cwd: odd })
    expect(stdout).toBe('a\\u{1b}[31m.log:1:21: token high \\u{1b}[2J\\u{1b}]0;x\\u{7}\n')
  })

  it('no value, in no way', async () => {
    const secret = 'tok_verysecret99'
    const input = `${secret}\n{"${secret}":"x ${secret}","pin":"verysecret99"}\n{"a":"${secret}\n`
    for (const args of [['--json'], []]) {
      const { stdout, stderr } = await scan(input, ...args)
      expect(stdout).not.toBe('')
      expect(stdout + stderr).not.toContain('verysecret99')
    }
  })
})

describe('exit codes', () => {
  const cases: { name: string; args: string[]; input: string; code: number }[] = [
    { name: 'findings', args: [], input: 'tok_ab\n', code: 0 },
    { name: 'findings, --fail', args: ['--fail'], input: 'tok_ab\n', code: 1 },
    { name: 'no findings, --fail', args: ['--fail'], input: 'nothing\n', code: 0 },
    { name: 'a file that is not there, --fail', args: ['--fail', 'a.log', 'no.log'], input: '', code: 2 },
    { name: 'a line that could not be inspected', args: ['--format', 'json'], input: 'nothing\n', code: 3 },
  ]
  for (const { name, args, input, code } of cases) {
    it(`${code} for ${name}`, async () => expect((await scan(input, ...args)).code).toBe(code))
  }
})

it('the default pack finds what it counts and what it redacts', async () => {
  const input = 'from 192.0.2.7 mail jo.doe@example.com card 4111111111111111\n'
  const { stdout } = await logveil(['scan', '--json'], { input })
  const rules = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
  expect(rules.map(({ rule, column, end_column }) => [rule, column, end_column])).toEqual([
    ['ipv4', 6, 15],
    ['email', 21, 39],
    ['payment_card', 45, 61],
  ])
  expect(stdout).not.toMatch(/jo\.doe|4111|192\.0/)
})
