// `logveil list`: what there is to configure, out of the declarations that check it.
import { Command } from 'commander'
import { stringify } from 'yaml'
import type { Detector } from '../core/detector.ts'
import { registries } from '../settings/index.ts'
import { PACK_NAMES } from '../settings/packs.ts'
import { sentence, settingRows } from '../settings/rows.ts'
import { jsonSchemaOf } from '../settings/schema_lookup.ts'
import { EXIT } from './exits.ts'
import { Output } from './output.ts'
import { table } from './sums.ts'
import { coloursFor, complain } from './terminal.ts'

const EXAMPLES = `
Examples:
  logveil list                    everything, a line each
  logveil list file               every setting of the sink (and source) "file", with an example
  logveil list payment_card       what the detector finds, and how it is told
  logveil list --json | jq '.detectors[].id'`

/** A longer one is no help to a reader. */
const PATTERN_CHARS_MAX = 300

interface Entry {
  readonly name: string
  readonly summary: string
}

/** Sections of the list, in the order in which a config is written. */
function sections(): Record<string, readonly Entry[]> {
  const named = ({ type, summary }: { type: string; summary: string }) => ({ name: type, summary: sentence(summary) })
  return {
    sources: registries.sources.map(named),
    sinks: registries.sinks.map(named),
    actions: registries.actions.map(named),
    packs: PACK_NAMES.map((name) => ({ name, summary: '' })),
    detectors: registries.detectors.map(({ id, summary }) => ({ name: id, summary: sentence(summary) })),
  }
}

export function listCommand(): Command {
  return new Command('list')
    .summary('sources, sinks, actions, packs and detectors, and their settings')
    .description('Lists what a config may name, or all that is known of one of them.')
    .argument('[name]', 'a source, sink, action or detector')
    .option('--json', 'print it as JSON')
    .addHelpText('after', EXAMPLES)
    .action(async (name: string | undefined, options: { json?: boolean }) => {
      const text = name === undefined ? all(options.json === true) : one(name, options.json === true)
      if (text === undefined) {
        complain(`there is no "${name}"`, 'logveil list shows every name')
        process.exitCode = EXIT.usage
      } else await new Output().write(text)
    })
}

function all(asJson: boolean): string {
  if (asJson) {
    const { packs, ...rest } = sections()
    const entries = Object.entries(rest).map(([kind, list]) => [
      kind,
      list.map(({ name, summary }) => ({ id: name, summary })),
    ])
    return `${JSON.stringify({ ...Object.fromEntries(entries), packs: packs.map(({ name }) => name) })}\n`
  }
  const { bold } = coloursFor(process.stdout)
  const width = Math.max(...Object.values(sections()).flatMap((list) => list.map(({ name }) => name.length)))
  return Object.entries(sections())
    .map(([kind, list]) => {
      const lines = list.map(({ name, summary }) => `  ${name.padEnd(width)}  ${summary}`.trimEnd())
      return `${bold(kind)}\n${lines.join('\n')}\n`
    })
    .join('\n')
}

/** All that is called so: a source and a sink may share a name. Undefined when nothing is. */
function one(name: string, asJson: boolean): string | undefined {
  const kinds = { source: registries.sources, sink: registries.sinks, action: registries.actions }
  const components = Object.entries(kinds).flatMap(([kind, specs]) =>
    specs.filter(({ type }) => type === name).map((spec) => ({ kind, ...spec })),
  )
  const detector = registries.detectors.find(({ id }) => id === name)
  if (components.length === 0 && detector === undefined) return undefined
  if (asJson) {
    const shown = components.map(({ kind, type, summary, settings, example }) => {
      return { kind, type, summary, settings: settingRows(jsonSchemaOf(settings)), example }
    })
    return `${JSON.stringify([...shown, ...(detector ? [{ kind: 'detector', ...detector }] : [])])}\n`
  }
  const parts = components.map((component) => componentText(component))
  if (detector) parts.push(detectorText(detector))
  return parts.join('\n')
}

type Component = {
  kind: string
  type: string
  summary: string
  settings: Parameters<typeof jsonSchemaOf>[0]
  example: unknown
}

function componentText({ kind, type, summary, settings, example }: Component): string {
  const { bold } = coloursFor(process.stdout)
  const rows = settingRows(jsonSchemaOf(settings)).map(({ name, type: kindOf, standard, required, description }) => [
    `  ${name}`,
    kindOf.replaceAll('`', ''),
    required ? 'required' : (standard ?? ''),
    description,
  ])
  const list = rows.length === 0 ? '  It has no settings.' : table([['  setting', 'type', 'default', ''], ...rows], 0)
  const head = `${bold(`${kind} ${type}`)}: ${sentence(summary)}`
  return `${head}\n\n${list}\n\n${bold('Example')}\n${exampleText(kind, type, example)}`
}

function exampleText(kind: string, type: string, example: unknown): string {
  const settings = { type, ...(example as Record<string, unknown>) }
  const placed =
    kind === 'action' ? { action: settings } : { [`${kind}s`]: { [kind === 'source' ? 'app' : 'store']: settings } }
  return stringify(placed).replace(/^(?=.)/gm, '  ')
}

function detectorText(detector: Detector): string {
  const { bold } = coloursFor(process.stdout)
  const { id, summary, category, severity, confidence, near, near_confidence, region, source, pattern, yes, no } =
    detector
  const facts: [string, string][] = [
    ['category', category],
    ['severity', severity],
    ['confidence', near ? `${confidence}, ${near_confidence ?? 'high'} beside one of: ${near.join(', ')}` : confidence],
    ...(region ? [['region', region] as [string, string]] : []),
    ['defined by', source],
    [
      'pattern',
      pattern.length > PATTERN_CHARS_MAX ? `${pattern.slice(0, PATTERN_CHARS_MAX)}… (whole with --json)` : pattern,
    ],
    ['found', yes[0].replaceAll('\n', '\\n')],
    ['not found', no[0].replaceAll('\n', '\\n')],
  ]
  const lines = facts.map(([name, text]) => `  ${name.padEnd(12)}${text}`)
  return `${bold(`detector ${id}`)}: ${sentence(summary)}\n\n${lines.join('\n')}\n`
}
