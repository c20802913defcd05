// `logveil tap`: watches records of a pipeline that runs, by its admin port. What it shows was redacted where it runs,
// also what the policy only counts: nothing raw comes over the wire.
import { Command, InvalidArgumentError } from 'commander'
import { EXIT, Quit } from './exits.ts'
import { Output } from './output.ts'
import { type Colours, coloursFor, complain, plain } from './terminal.ts'

const EXAMPLES = `
Shows some of the records that go through, as many as the pipeline has time to show, with the findings in each: never a
value. Everything that is found is taken out, also what the policy only counts or observes. On a terminal a record is a
line for people; otherwise it is one JSON object: time, source, service, findings and record, which is null when it is
too long to be shown; {"missed":N} says that N records were left out because they were not read in time.

Examples:
  logveil tap
  logveil tap --service checkout --rule payment_card --count 5
  logveil tap | jq -r '.findings[].path' | sort | uniq -c
  LOGVEIL_ADMIN_TOKEN=… logveil tap --url https://logveil.internal:9464

Environment:
  LOGVEIL_ADMIN_TOKEN  the token of the admin port, if it asks for one`

const DEFAULT_URL = 'http://127.0.0.1:9464'

interface Options {
  url: string
  service?: string
  rule?: string
  count?: number
}

interface Line {
  readonly time: string
  readonly source: string
  readonly service: string
  readonly findings: readonly { readonly rule: string; readonly path: string; readonly action: string }[]
  readonly record: unknown
  readonly missed?: number
}

export function tapCommand(): Command {
  return new Command('tap')
    .summary('watch redacted records of a running pipeline')
    .description('Shows redacted records of a running pipeline as they go through, and what was found in them.')
    .option('--url <url>', 'its admin port', DEFAULT_URL)
    .option('--service <name>', 'only records of this service')
    .option('--rule <id>', 'only records in which this rule found something')
    .option('--count <n>', 'end after so many records', countOf)
    .addHelpText('after', EXAMPLES)
    .action(async (options: Options) => {
      process.exitCode = await tap(options)
    })
}

async function tap({ url, service, rule, count = Number.POSITIVE_INFINITY }: Options): Promise<number> {
  const ending = new AbortController()
  const lines = await open(url, { service, rule }, ending.signal)
  const output = new Output()
  const colours = coloursFor(process.stdout)
  const isForPeople = process.stdout.isTTY === true
  let seen = 0
  let isEnough = false
  try {
    for await (const text of lines) {
      const line = JSON.parse(text) as Line
      await output.write(isForPeople ? forPeople(line, colours) : `${text}\n`)
      if (line.missed === undefined) seen++
      isEnough = seen >= count || output.gone
      if (isEnough) break
    }
  } catch (error) {
    // To leave a stream that goes on is an error of its own, and one that breaks off is told below.
    if (error instanceof Quit) throw error
  }
  ending.abort()
  if (isEnough) return EXIT.ok
  complain(`${url}: the pipeline has ended the connection`, 'it stopped, or its admin port has moved')
  return EXIT.failed
}

async function open(url: string, wanted: Pick<Options, 'service' | 'rule'>, signal: AbortSignal) {
  const token = process.env.LOGVEIL_ADMIN_TOKEN
  const headers: Record<string, string> = token ? { authorization: `Bearer ${token}` } : {}
  let response: Response
  try {
    const page = new URL('/tap', url)
    for (const [name, value] of Object.entries(wanted)) if (value !== undefined) page.searchParams.set(name, value)
    response = await fetch(page, { headers, signal })
  } catch (error) {
    const { code } = ((error as Error).cause ?? error) as NodeJS.ErrnoException
    complain(`${url} cannot be reached (${code ?? 'no answer'})`, 'is logveil running, and is this its admin port?')
    throw new Quit(EXIT.failed)
  }
  if (response.ok && response.body) return linesOf(response.body)
  const remedy = response.status === 401 ? 'set LOGVEIL_ADMIN_TOKEN' : 'see `logveil tap --help`'
  complain(`${url} answered ${response.status}: ${await whyOf(response)}`, remedy)
  throw new Quit(EXIT.failed)
}

async function whyOf(response: Response): Promise<string> {
  const answer = (await response.json().catch(() => ({}))) as { error?: unknown }
  return typeof answer.error === 'string' ? answer.error : 'no admin port of logveil'
}

async function* linesOf(body: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder()
  let rest = ''
  for await (const chunk of body as unknown as AsyncIterable<Uint8Array>) {
    const texts = (rest + decoder.decode(chunk, { stream: true })).split('\n')
    rest = texts.pop() ?? ''
    for (const text of texts) if (text !== '') yield text
  }
}

function forPeople({ time, source, service, findings, record, missed }: Line, { bold, dim, yellow, green }: Colours) {
  if (missed !== undefined) return dim(`… ${missed} records were left out\n`)
  const found = findings.map(({ rule, path, action }) => {
    const what = path === '' ? rule : `${rule}@${path}`
    return (action === 'keep' ? dim : yellow)(plain(what))
  })
  const text = record === null ? dim('(too long to be shown)') : plain(JSON.stringify(record))
  const names = `${bold(plain(service))} ${dim(plain(source))}`
  return `${dim(time.slice(11, 23))} ${names} ${found.length > 0 ? found.join(' ') : green('clean')}\n  ${text}\n`
}

function countOf(text: string): number {
  const value = Number(text)
  if (!Number.isInteger(value) || value < 1) throw new InvalidArgumentError('it must be a whole number from 1.')
  return value
}
