// `logveil init`: a first config, with every setting beside it, for one way in and one way out.
import { existsSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { createInterface } from 'node:readline/promises'
import { Command } from 'commander'
import { stringify } from 'yaml'
import { registries } from '../settings/index.ts'
import { didYouMean } from '../settings/nearest.ts'
import { type SettingRow, sentence, settingRows } from '../settings/rows.ts'
import { jsonSchemaOf } from '../settings/schema_lookup.ts'
import { EXIT, Quit } from './exits.ts'
import { reasonOf } from './inputs.ts'
import { Output } from './output.ts'
import { complain } from './terminal.ts'

const EXAMPLES = `
Without --source and --sink it asks, on a terminal. What it writes runs as it stands; settings that are commented out
show their defaults.

Examples:
  logveil init                                   ask, and write logveil.yaml
  logveil init --source forward --sink file      write logveil.yaml without a question
  logveil init --source otlp --sink otlp -o -    print it`

interface Options {
  source?: string
  sink?: string
  output: string
  force?: boolean
}

interface Component {
  readonly type: string
  readonly summary: string
  readonly settings: Parameters<typeof jsonSchemaOf>[0]
  readonly example: unknown
}

/** What most begin with. */
const STANDARD = { source: 'forward', sink: 'file' }
const COMMENT_COLUMNS = 116

export function initCommand(): Command {
  return new Command('init')
    .summary('write a first config')
    .description('Writes a config with one source, one sink and the default policy, and with every setting explained.')
    .option('--source <type>', 'where logs come from: logveil list shows the types')
    .option('--sink <type>', 'where they go')
    .option('-o, --output <file>', 'file to write; - is standard output', 'logveil.yaml')
    .option('--force', 'overwrite the file')
    .addHelpText('after', EXAMPLES)
    .action(async (options: Options) => {
      process.exitCode = await init(options)
    })
}

async function init(options: Options): Promise<number> {
  const asked = await answers(options)
  const source = chosen('source', asked.source, registries.sources)
  const sink = chosen('sink', asked.sink, registries.sinks)
  const text = configText(source, sink)
  if (options.output === '-') {
    await new Output().write(text)
    return EXIT.ok
  }
  if (existsSync(options.output) && options.force !== true) {
    complain(`${options.output} exists already`, '--force overwrites it, --output writes another file')
    return EXIT.usage
  }
  try {
    await writeFile(options.output, text)
  } catch (error) {
    complain(`${options.output}: ${reasonOf(error)}`)
    return EXIT.failed
  }
  process.stdout.write(
    `wrote ${options.output}; next: logveil check ${options.output} && logveil run -c ${options.output}\n`,
  )
  return EXIT.ok
}

async function answers({ source, sink }: Options): Promise<{ source: string; sink: string }> {
  const mayAsk = process.stdin.isTTY === true && process.stdout.isTTY === true
  if (!mayAsk || (source !== undefined && sink !== undefined)) {
    return { source: source ?? STANDARD.source, sink: sink ?? STANDARD.sink }
  }
  const terminal = createInterface({ input: process.stdin, output: process.stdout })
  try {
    return {
      source: source ?? (await ask('Where do logs come from?', registries.sources, STANDARD.source)),
      sink: sink ?? (await ask('Where do they go?', registries.sinks, STANDARD.sink)),
    }
  } finally {
    terminal.close()
  }

  async function ask(question: string, components: readonly Component[], standard: string): Promise<string> {
    const width = Math.max(...components.map(({ type }) => type.length))
    const lines = components.map(({ type, summary }) => `  ${type.padEnd(width)}  ${summary}\n`)
    const answer = await terminal.question(`${question}\n${lines.join('')}[${standard}] `)
    return answer.trim() === '' ? standard : answer.trim()
  }
}

function chosen(kind: string, type: string, components: readonly Component[]): Component {
  const component = components.find((known) => known.type === type)
  if (component !== undefined) return component
  const types = components.map((known) => known.type)
  complain(`there is no ${kind} type "${type}"`, didYouMean(type, types, `${kind} types`))
  throw new Quit(EXIT.usage)
}

function configText(source: Component, sink: Component): string {
  return `# ${source.type} in, ${sink.type} out, redacted in between. "logveil check" says what is wrong in here.
sources:
  app:
${componentText(source)}
sinks:
  store:
${componentText(sink)}
  # How much of what each service leaked: counts, never values.
  counts:
    type: file
    inputs: [census]
    path: ./out/census.ndjson

policy:
  packs: [default]
  # "observe" only counts: what would be redacted?
  mode: enforce

# Health, readiness and Prometheus metrics.
admin: { listen: 127.0.0.1:9464 }
`
}

/** The settings of the example as they are, the others at the top as comments with their defaults. */
function componentText({ type, summary, settings, example }: Component): string {
  const given = example as Record<string, unknown>
  const rows = settingRows(jsonSchemaOf(settings)).filter(({ name }) => !/[.[]/.test(name))
  const lines = [...comment(sentence(summary)), `type: ${type}`]
  for (const row of rows) lines.push('', ...comment(row.description), ...settingText(row, given))
  return lines.map((line) => (line === '' ? '' : `    ${line}`)).join('\n')
}

function settingText({ name, type, standard }: SettingRow, given: Record<string, unknown>): string[] {
  if (Object.hasOwn(given, name))
    return stringify({ [name]: given[name] })
      .trimEnd()
      .split('\n')
  return [`# ${name}: ${standard ?? `# ${type.replaceAll('`', '')}`}`]
}

function comment(text: string): string[] {
  const lines: string[] = []
  let line = '#'
  for (const word of text.split(' ')) {
    if (line.length + 1 + word.length > COMMENT_COLUMNS - 4) {
      lines.push(line)
      line = '#'
    }
    line += ` ${word}`
  }
  return [...lines, line]
}
