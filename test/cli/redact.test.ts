// `logveil redact` changes what is found and not one byte besides, whatever the lines are.
import { spawn } from 'node:child_process'
import { chmodSync, mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { folderWith, logveil, outcomeOf, POLICY, start } from './binary.ts'

const folder = folderWith({ 'policy.yaml': POLICY, 'a.log': 'a tok_1\n', 'b.log': 'b tok_2' })
const policy = ['--policy', join(folder, 'policy.yaml')]

function redact(input: string | Uint8Array, ...args: string[]) {
  return logveil(['redact', ...policy, ...args], { input, cwd: folder })
}

/** One process for all that fits into one: cases must not touch each other, and so they are one after another. */
describe('each line by itself', () => {
  const table: { name: string; given: Buffer; out: Buffer }[] = [
    ['text', 'login tok_ab12 ok\n', 'login ******** ok\n'],
    ['JSON', '{"a":"tok_ab","pin":"1234","n":1.50}\n', '{"a":"******","pin":"PIN","n":1.50}\n'],
    ['an escape', '{"a":"x\\u0074ok_ab\\n"}\n', '{"a":"x******\\n"}\n'],
    ['nested JSON', '{"log":"{\\"pin\\":\\"1234\\"}"}\n', '{"log":"{\\"pin\\":\\"PIN\\"}"}\n'],
    ['an array', '[{"pin":"1234"}]\n', '[{"pin":"PIN"}]\n'],
    ['text that begins like JSON', '[main] tok_ab\n{tok_ab}\n', '[main] ******\n{******}\n'],
    ['white space and number forms', ' { "a" : 1e400 , "a":-0.0 }\t\n', ' { "a" : 1e400 , "a":-0.0 }\t\n'],
    ['CRLF', 'tok_ab\r\n{"pin":"12"}\r\n', '******\r\n{"pin":"PIN"}\r\n'],
    ['empty lines', '\n\r\n \n', '\n\r\n \n'],
    ['a NUL', 'a\0tok_ab\0\n', 'a\0******\0\n'],
    ['only counted', 'node-12\n', 'node-12\n'],
    ['a number alone', '12345678\n', '12345678\n'],
    [
      'what is no UTF-8',
      Buffer.from('\xff\xfetok_ab \xc3\n', 'latin1'),
      Buffer.from('\xff\xfe****** \xc3\n', 'latin1'),
    ],
    [
      'what is no UTF-8, in JSON',
      Buffer.from('{"a":"\xff tok_ab"}\n', 'latin1'),
      Buffer.from('{"a":"\xff ******"}\n', 'latin1'),
    ],
  ].map(([name, given, out]) => ({ name: String(name), given: Buffer.from(given), out: Buffer.from(out) }))

  it('all of them, one after another', async () => {
    const { code, bytes, stderr } = await redact(Buffer.concat(table.map(({ given }) => given)))
    expect(bytes.toString('latin1')).toBe(Buffer.concat(table.map(({ out }) => out)).toString('latin1'))
    expect([code, stderr]).toEqual([0, ''])
  })

  it('a last line without a line feed stays without', async () => {
    expect((await redact('tok_a\n{"pin":"12"}')).stdout).toBe('*****\n{"pin":"PIN"}')
    expect((await redact('x tok_a')).stdout).toBe('x *****')
    expect((await redact('')).stdout).toBe('')
  })

  it('a last line that ends in half a character', async () => {
    const { bytes } = await redact(Buffer.from('tok_ab \xe2\x82', 'latin1'))
    expect(bytes.toString('latin1')).toBe('****** \xe2\x82')
  })

  it('a line of 1 MiB, and one that is longer than what is read at once', async () => {
    const filler = 'x'.repeat(1024 * 1024)
    const long = `${filler} tok_ab\n{"a":"${filler}${filler}${filler}","pin":"12"}\nend`
    const out = (await redact(long)).stdout
    expect(out === `${filler} ******\n{"a":"${filler}${filler}${filler}","pin":"PIN"}\nend`).toBe(true)
  })

  it('a line of more than 64 MiB ends the reading, with what was before it written', async () => {
    const { code, stdout, stderr } = await redact(Buffer.concat([Buffer.from('tok_a\n'), Buffer.alloc(65 << 20, 'y')]))
    expect([code, stdout]).toEqual([3, '*****\n'])
    expect(stderr).toContain('<stdin>: line 2 is longer than 64 MiB')
  })

  it('megabytes in which nothing is found come out as they went in', async () => {
    const lines = Array.from({ length: 60_000 }, (_, at) => (at % 2 ? `{"n":${at},"a":"é\\n"}` : `plain ${at}`)).join(
      '\n',
    )
    expect((await redact(lines)).stdout === lines).toBe(true)
  })
})

describe('options', () => {
  it('files one after another, and - for standard input', async () => {
    expect((await redact('in tok_3\n', 'a.log', '-', 'b.log')).stdout).toBe('a *****\nin *****\nb *****')
  })

  it('--format json: what is no JSON fails closed', async () => {
    const { code, stdout, stderr } = await redact('{"pin":"12"}\ntok_ab\n', '--format', 'json')
    expect(stdout).toBe('{"pin":"PIN"}\n{"logveil_unreadable":"malformed","bytes":7}\n')
    expect([code, stderr]).toEqual([
      0,
      'logveil: lines that could not be inspected failed closed (mask_all): 1 malformed\n',
    ])
  })

  it('--format text: JSON is text too', async () => {
    expect((await redact('{"pin":"1","a":"tok_ab"}\n', '--format', 'text')).stdout).toBe('{"pin":"1","a":"******"}\n')
  })

  it('--mode observe changes nothing', async () => {
    expect((await redact('tok_ab\n', '--mode', 'observe')).stdout).toBe('tok_ab\n')
  })

  it('--summary counts on standard error, without a value', async () => {
    const { stderr } = await redact('tok_ab tok_cd\nnode-7\nnone\n{"pin":"x"}\n', '--summary')
    expect(stderr.split('\n').map((line) => line.trim().split(/ +/).join(' '))).toEqual([
      'rule category severity action findings lines',
      'token secret high mask 2 1',
      'node network low keep 1 1',
      'pin personal critical replace 1 1',
      '4 findings in 3 of 4 lines',
      '',
    ])
  })

  it('a whole config is a policy too; the default pack needs none', async () => {
    const config = `sources: { a: { type: forward, listen: 127.0.0.1:0 } }\nsinks: { s: { type: stdout } }\npolicy:\n`
    const file = join(folderWith({ 'c.yaml': config + POLICY.replaceAll(/^/gm, '  ') }), 'c.yaml')
    expect((await logveil(['redact', '-p', file], { input: 'tok_ab\n' })).stdout).toBe('******\n')
    const { stdout } = await logveil(['redact'], { input: 'mail jo.doe@example.com card 4111 1111 1111 1111\n' })
    expect(stdout).not.toMatch(/jo\.doe|4111/)
    expect(stdout).toMatch(/1111\n$/)
  })
})

describe('what can go wrong', () => {
  it('inputs that cannot be opened are named; the others are read all the same', async () => {
    mkdirSync(join(folder, 'dir'))
    const { code, stdout, stderr } = await redact('', 'no.log', 'dir', 'a.log')
    expect([code, stdout]).toEqual([2, 'a *****\n'])
    expect(stderr).toBe('logveil: no.log: there is no such file\nlogveil: dir: it is a directory\n')
  })

  it('a file that may not be read', async () => {
    chmodSync(join(folder, 'b.log'), 0)
    const [command, ...args] = [...mortal(), ...mainWith('redact', ...policy, 'b.log')]
    const { code, stderr } = await outcomeOf(spawn(command, args, { cwd: folder }))
    chmodSync(join(folder, 'b.log'), 0o644)
    expect([code, stderr]).toEqual([2, 'logveil: b.log: it may not be read\n'])
  })

  it('a policy with faults: all of them, with their places', async () => {
    const bad = folderWith({
      'bad.yaml': 'packs: [nope]\nrules:\n  - { id: x, find: { pattern: "(" }, action: maks }\n',
    })
    const { code, stdout, stderr } = await logveil(['redact', '-p', 'bad.yaml'], { cwd: bad, input: 'tok_ab\n' })
    expect([code, stdout]).toEqual([2, ''])
    expect(stderr).toMatch(/^bad\.yaml:1:9: .*\(.*\)\n(bad\.yaml:3:\d+: .*\(.*\)\n){2,}$/)
  })

  it('a reader that has had enough is no error', async () => {
    const child = start(['redact', ...policy])
    const outcome = outcomeOf(child)
    child.stdin.on('error', () => {})
    child.stdout?.once('data', () => child.stdout?.destroy())
    const line = Buffer.from('some line\n'.repeat(10_000))
    for (let i = 0; i < 100; i++) child.stdin.write(line)
    child.stdin.end()
    const { code, stderr } = await outcome
    expect([code, stderr]).toEqual([0, ''])
  })

  it('a full disk ends it', async () => {
    const child = spawn('/bin/sh', ['-c', '"$0" "$@" > /dev/full', ...mainWith('redact', ...policy, 'a.log')], {
      cwd: folder,
    })
    const { code, stderr } = await outcomeOf(child)
    expect([code, stderr]).toEqual([3, 'logveil: standard output cannot be written: no space is left\n'])
  })

  it('a line is written as soon as it came, for whoever follows a log', async () => {
    const child = start(['redact', ...policy])
    const first = new Promise<string>((resolve) => child.stdout?.once('data', (data) => resolve(String(data))))
    child.stdin.write('tok_ab\nand half a li')
    expect(await first).toBe('******\n')
    child.stdin.end('ne tok_ab')
    expect((await outcomeOf(child)).stdout).toBe('and half a line ******')
  })
})

/** What takes from root the right to read every file; nobody else has it. */
function mortal(): string[] {
  if (process.getuid?.() !== 0) return []
  const rights = '-dac_override,-dac_read_search'
  return ['setpriv', `--bounding-set=${rights}`, `--inh-caps=${rights}`]
}

function mainWith(...args: string[]): string[] {
  return [process.execPath, join(import.meta.dirname, '../../dist/bundle/logveil.js'), ...args]
}

it('the examples of --help are true: the input is not touched', () => {
  expect(readFileSync(join(folder, 'a.log'), 'utf8')).toBe('a tok_1\n')
})
