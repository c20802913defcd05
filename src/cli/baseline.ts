// `logveil baseline`: writes the file of approved categories for each service, out of counts that there are. The file
// is sorted, a pair a line, so that reviewers can read what a change of it approves. It holds names only.
import { readFile, rename, writeFile } from 'node:fs/promises'
import { Command } from 'commander'
import { stringify } from 'yaml'
import type { Baseline } from '../core/alert_rules.ts'
import { readBaseline } from '../settings/alerts.ts'
import { EXIT, Quit } from './exits.ts'
import { complain, plain } from './terminal.ts'

const HELP = `
Counts come from files that a sink with "inputs: [census]" has written as JSON, or from the admin port of a process.
What the file approves already stays; --replace leaves out what was not counted. New pairs are told on standard error.

Examples:
  logveil baseline -o baseline.yaml out/census.ndjson
  logveil baseline -o baseline.yaml --admin http://127.0.0.1:9464
  logveil baseline out/census.ndjson | diff baseline.yaml -`

const HEAD = `# Categories of sensitive data that each service may log. Written by logveil baseline; review changes.
`
const ADMIN_MS = 10_000

interface Options {
  readonly output?: string
  readonly admin?: string
  readonly tokenFile?: string
  readonly replace: boolean
}

type Pairs = Map<string, Set<string>>

export function baselineCommand(): Command {
  return new Command('baseline')
    .summary('write what services are approved to log')
    .description(
      'Writes the baseline that rules with first_seen compare with: services and the categories found in them.',
    )
    .argument('[census...]', 'files of counts, one JSON document a line')
    .option('-o, --output <file>', 'the baseline; absent: standard output')
    .option('--admin <url>', 'takes the counts of a running process since its start')
    .option('--token-file <file>', 'file with the bearer token of the admin port')
    .option('--replace', 'leaves out pairs that the file has and that were not counted', false)
    .addHelpText('after', HELP)
    .action(async (files: string[], options: Options) => {
      await baseline(files, options)
    })
}

async function baseline(files: readonly string[], options: Options): Promise<void> {
  const { output, admin, replace } = options
  if (files.length === 0 && admin === undefined) {
    complain('there are no counts to read', 'name a file of counts, or --admin URL')
    throw new Quit(EXIT.usage)
  }
  const before = output === undefined ? {} : await baselineIn(output)
  const pairs: Pairs = new Map()
  if (!replace) for (const [service, categories] of Object.entries(before)) add(pairs, service, categories)
  for (const file of files) takeEvents(pairs, await textOf(file), file)
  if (admin !== undefined) takeTotals(pairs, await totalsOf(admin, options.tokenFile))
  const text = textFrom(pairs)
  for (const [service, categories] of sorted(pairs)) {
    const known = Object.hasOwn(before, service) ? before[service] : []
    const fresh = categories.filter((category) => !known.includes(category))
    if (output !== undefined && fresh.length > 0) process.stderr.write(`new: ${plain(service)}: ${fresh.join(', ')}\n`)
  }
  if (output === undefined) process.stdout.write(text)
  else {
    await writeFile(`${output}.tmp`, text)
    await rename(`${output}.tmp`, output)
  }
}

/** Only a file that is not there may be missing: one that can not be read must not be written over. */
async function baselineIn(file: string): Promise<Baseline> {
  const read = await readBaseline(file)
  if ('baseline' in read) return read.baseline
  if (read.code === 'ENOENT') return {}
  complain(`${plain(file)}: ${read.message}`, read.remedy)
  throw new Quit(EXIT.usage)
}

function takeEvents(pairs: Pairs, text: string, file: string): void {
  for (const [at, line] of text.split('\n').entries()) {
    if (line.trim() === '') continue
    let event: Record<string, unknown>
    try {
      event = JSON.parse(line)
    } catch {
      complain(
        `${plain(file)}:${at + 1} is no JSON`,
        'name files that a sink has written with `inputs: [census]` and format json',
      )
      throw new Quit(EXIT.usage)
    }
    const { service, category } = event ?? {}
    if (event.event === 'finding' && typeof service === 'string' && typeof category === 'string')
      add(pairs, service, [category])
  }
}

function takeTotals(pairs: Pairs, totals: unknown): void {
  if (!Array.isArray(totals)) {
    complain('the admin port did not answer with counts', 'name the address in `admin.listen` of a running logveil')
    throw new Quit(EXIT.failed)
  }
  for (const { service, matches } of totals as { service: string; matches: Record<string, number> }[]) {
    const categories = Object.keys(matches)
    if (categories.length > 0) add(pairs, service, categories)
  }
}

async function totalsOf(url: string, tokenFile: string | undefined): Promise<unknown> {
  const token = tokenFile === undefined ? undefined : (await textOf(tokenFile)).trim()
  const headers: Record<string, string> = token === undefined ? {} : { authorization: `Bearer ${token}` }
  try {
    const response = await fetch(new URL('/census', url), { headers, signal: AbortSignal.timeout(ADMIN_MS) })
    const { totals } = (await response.json()) as { totals?: unknown }
    return totals
  } catch (error) {
    const cause = (error as Error).cause as NodeJS.ErrnoException | undefined
    complain(
      `${plain(url)} can not be read (${cause?.code ?? (error as Error).name})`,
      'check the address, and that it runs',
    )
    throw new Quit(EXIT.failed)
  }
}

async function textOf(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    complain(`${plain(file)} can not be read (${(error as NodeJS.ErrnoException).code})`, 'check the path')
    throw new Quit(EXIT.usage)
  }
}

function add(pairs: Pairs, service: string, categories: readonly string[]): void {
  const known = pairs.get(service) ?? new Set()
  for (const category of categories) known.add(category)
  pairs.set(service, known)
}

/** Always in the same order: that of the code points, whatever the language of the machine. */
function sorted(pairs: Pairs): [service: string, categories: string[]][] {
  const byName = (one: string, other: string): number => (one < other ? -1 : 1)
  return [...pairs]
    .sort(([a], [b]) => byName(a, b))
    .map(([service, categories]) => [service, [...categories].sort(byName)])
}

function textFrom(pairs: Pairs): string {
  if (pairs.size === 0) return `${HEAD}{}\n`
  return HEAD + stringify(new Map(sorted(pairs)), { lineWidth: 0 })
}
