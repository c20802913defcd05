// Inputs made to be slow: a mebibyte each, as a line of text, as a JSON string and as a msgpack string. What is told is
// the worst time of a worker, in milliseconds.
import type { Batch } from '../../core/batch.ts'
import type { Policy } from '../../core/policy.ts'
import { strValue } from '../../net/msgpack.ts'
import { ForwardFrames } from '../../wire/forward_frame.ts'
import { Inspector } from '../../worker/inspector.ts'
import { framedBatch } from '../traffic/encode.ts'
import { BASE62, Random } from '../traffic/random.ts'
import type { Report } from './report.ts'

const MIB = 1024 * 1024
const WORST_MS_WANTED = 100

export interface HostileRuns {
  readonly runs: number
  /** Only as JSON, in which most inputs take longest. */
  readonly onlyJson: boolean
}

const base64 = (text: string) => Buffer.from(text).toString('base64').slice(0, MIB)
const repeated = (text: string) => text.repeat(Math.ceil(MIB / text.length)).slice(0, MIB)

/** Name and content; every content is printable or plain UTF-8, so that it fits into each format. */
function hostileInputs(): readonly (readonly [string, string])[] {
  const random = new Random(3)
  return [
    ['at signs', repeated('@')],
    ['e-mail addresses', repeated('a@b.co ')],
    ['e-mail without an end', repeated('a@b.')],
    ['digits', repeated('1234567890')],
    ['one digit', repeated('4')],
    ['dotted digits', repeated('1.1.1.1.1.')],
    ['colons', repeated('::::')],
    ['hex groups', repeated('ab:cd:ef:')],
    ['ghp_', repeated('ghp_')],
    ['eyJ', repeated('eyJ')],
    ['eyJ.eyJ.', repeated('eyJhbGciOiJ.eyJzdWIi.')],
    ['password=', repeated('password=')],
    ['password= with values', repeated('password=hunter22 ')],
    ['-----BEGIN', repeated('-----BEGIN ')],
    ['PEM heads', repeated('-----BEGIN PRIVATE KEY-----')],
    ['backslashes', repeated('\\')],
    ['quotes', repeated('"')],
    ['opened brackets', repeated('[')],
    ['opened braces in text', repeated('{"a":')],
    ['distinct keys', `{${Array.from({ length: 60_000 }, (_, i) => `"k${i}${random.hex(3)}":1`).join()}}`],
    ['distinct sensitive keys', `{${Array.from({ length: 30_000 }, (_, i) => `"k${i}_password":"v${i}"`).join()}}`],
    ['one sensitive key, many values', `{"password":[${repeated('"hunter2",')}""]}`],
    ['tiny numbers', `[${repeated('1,').slice(0, -1)}]`],
    ['deep nesting in a string', `${'['.repeat(MIB / 2)}${']'.repeat(MIB / 2)}`],
    ['AKIA', repeated('AKIA')],
    ['AKIA near misses', repeated('AKIA0000000000000001 ')],
    ['cards that are none', repeated('4111 1111 1111 1112 ')],
    ['cards', repeated('4111 1111 1111 1111 ')],
    ['dashes and digits', repeated('1-')],
    ['SSN near misses', repeated('000-00-0000 ')],
    ['telephone near misses', repeated('+1 212 555 ')],
    ['IBAN beginnings', repeated('DE89 3704 ')],
    ['URLs with credentials', repeated('a://b:c@')],
    ['scheme letters', repeated('a+.-')],
    ['bearer', repeated('Bearer ')],
    ['cookies', repeated('Cookie: a=b; ')],
    ['xoxb-', repeated('xoxb-1-')],
    ['percent signs', repeated('%')],
    ['percent escapes', repeated('%40%3a%2f')],
    ['long base64', random.text(`${BASE62}+/`, MIB)],
    ['base64 of text', base64(repeated('some text, and nothing in it. '))],
    ['base64 of base64', base64(base64(base64(repeated('some text. ').slice(0, MIB / 3))))],
    ['short runs of base64', repeated(`${base64('some text in here')} `)],
    ['letters in percent escapes', repeated('%41')],
    ['escaped percent signs', repeated('%252541')],
    ['entities', repeated('&#65;')],
    ['backslash escapes', repeated('\\u0041')],
    ['characters without width', repeated('a\u200b').slice(0, MIB / 2)],
    ['full-width digits', repeated('\uff14').slice(0, MIB / 3)],
    ['words and digits', repeated('tax id 12345678 ')],
    ['names without values', repeated('cvv=')],
    ['names with values', repeated('cvv=123&')],
    ['names in quotes', repeated('"cvv":"')],
    ['blanks', repeated(' ')],
    ['line feeds', repeated('\n')],
    ['NUL bytes', repeated('\0')],
    ['three-byte letters', repeated('你好世').slice(0, Math.floor(MIB / 3))],
    [
      'random bytes',
      Buffer.from(Array.from({ length: MIB }, () => random.int(1, 255)))
        .toString('latin1')
        .slice(0, MIB / 2),
    ],
  ]
}

const FORMATS: readonly (readonly [string, (content: string) => Batch])[] = [
  ['text', (content) => framedBatch('text', [Buffer.from(`${content.replaceAll('\n', ' ')}\n`)])],
  ['json', (content) => framedBatch('json', [Buffer.from(`{"log":${JSON.stringify(content)}}\n`)])],
  ['msgpack', (content) => msgpackFrame(content)],
]

function msgpackFrame(content: string): Batch {
  const frames = new ForwardFrames(MIB * 4)
  const tag = strValue('hostile')
  frames.open(tag, 0, tag.length)
  const time = Buffer.from([0x92, 0xd7, 0, 0x6b, 0x01, 0xa8, 0xe0, 0, 0, 0, 0])
  const event = Buffer.concat([time, Buffer.of(0x81), strValue('log'), strValue(content)])
  frames.append(event, 0, event.length)
  return frames.finish('bench')
}

/** The better of two runs: the first one of all also pays for the compiler. */
function bestMs(inspector: Inspector, batch: Batch, runs: number): number {
  let best = Number.POSITIVE_INFINITY
  for (let run = 0; run < runs; run++) {
    const began = process.cpuUsage()
    inspector.inspect(batch.format, batch.bytes.slice(), batch.ends, 'bench')
    const { user, system } = process.cpuUsage(began)
    best = Math.min(best, (user + system) / 1000)
  }
  return best
}

export function benchHostile(report: Report, policy: Policy, { runs, onlyJson }: HostileRuns): void {
  report.section('Hostile inputs of 1 MiB: milliseconds of a worker')
  const formats = FORMATS.filter(([format]) => !onlyJson || format === 'json')
  const inspector = new Inspector(policy)
  const rows: { name: string; times: number[] }[] = []
  for (const [name, content] of hostileInputs()) {
    rows.push({ name, times: formats.map(([, batch]) => bestMs(inspector, batch(content), runs)) })
  }
  const all = rows.flatMap(({ times }) => times)
  report.ratio('hostile_x_100_ms', '100 ms by the worst hostile input', WORST_MS_WANTED / Math.max(...all), 1)
  report.note(`${''.padEnd(28)}${formats.map(([format]) => format.padStart(10)).join('')}`)
  for (const { name, times } of rows.sort((a, b) => Math.max(...b.times) - Math.max(...a.times))) {
    report.note(`${name.padEnd(28)}${times.map((ms) => ms.toFixed(1).padStart(10)).join('')}`)
    const plain = name
      .toLowerCase()
      .replaceAll(/[^a-z0-9]+/g, '_')
      .replace(/^_|_$/g, '')
    report.record(`hostile_${plain}_ms`, Math.max(...times), 'ms')
  }
}
