// The sources and sinks of a file: their types known, their settings parsed by their own schemas, their inputs real.
import type { SinkSpec, SourceSpec } from '../core/component.ts'
import { ALERTS, CENSUS, type PlannedSink, type PlannedSource, planSink, planSource, QUARANTINE } from '../core/plan.ts'
import type { Complaint, Path } from './complaint.ts'
import type { SettingsDocument } from './document.ts'
import { didYouMean } from './nearest.ts'
import { parsePart } from './parse.ts'
import type { Registries } from './registries.ts'
import { sinkRouteShape } from './shape.ts'

const NAME = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,63}$/

/** Inputs that are no sources. */
const RESERVED: Readonly<Record<string, string>> = {
  [CENSUS]: 'the counts',
  [ALERTS]: 'what rules on counts tell',
  [QUARANTINE]: 'what they put aside',
}

type Entries = Readonly<Record<string, unknown>>

export function readSources(document: SettingsDocument, entries: Entries, registries: Registries): PlannedSource[] {
  const planned: PlannedSource[] = []
  for (const [name, value] of namedEntries(document, 'sources', entries)) {
    const path = ['sources', name]
    const found = specOf(document, path, value, registries.sources, 'source')
    if (found === undefined) continue
    const settings = parsePart(found.spec.settings, { document, path, value: found.rest, alsoKnown: ['type'] })
    if (settings !== undefined) planned.push(planSource(name, found.spec, settings))
  }
  return planned
}

/** `sourceNames` are those written in the file that need a sink, well or not: a sink is not blamed for their faults. */
export function readSinks(
  document: SettingsDocument,
  entries: Entries,
  registries: Registries,
  sourceNames: readonly string[],
): PlannedSink[] {
  const planned: PlannedSink[] = []
  for (const [name, value] of namedEntries(document, 'sinks', entries)) {
    const path = ['sinks', name]
    const found = specOf(document, path, value, registries.sinks, 'sink')
    if (found === undefined) continue
    const { inputs: writtenInputs, required: writtenRequired, ...rest } = found.rest
    const value_ = { ...given('inputs', writtenInputs), ...given('required', writtenRequired) }
    const route = parsePart(sinkRouteShape, { document, path, value: value_ })
    checkInputs(document, [...path, 'inputs'], route?.inputs ?? [], sourceNames)
    if (found.spec.census_only) checkCensusOnly(document, path, found.spec.type, route?.inputs ?? [])
    const takesCounts = found.spec.census_only || sourceNames.length === 0
    const inputs = route?.inputs ?? (takesCounts ? [CENSUS] : sourceNames)
    const required = route?.required ?? inputs.some((input) => input !== CENSUS && input !== ALERTS)
    const alsoKnown = ['type', 'inputs', 'required']
    const settings = parsePart(found.spec.settings, { document, path, value: rest, alsoKnown })
    if (settings !== undefined) planned.push(planSink(name, found.spec, settings, { inputs: [...inputs], required }))
  }
  return planned
}

/** A source that no sink takes would be read, redacted, acknowledged and thrown away. */
export function unusedSources(
  document: SettingsDocument,
  sources: readonly PlannedSource[],
  sinks: readonly PlannedSink[],
): Complaint[] {
  const unused = sources.filter(({ name, stores }) => !stores && !sinks.some((sink) => sink.inputs.includes(name)))
  return unused.map(({ name }) =>
    document.warning(['sources', name], 'key', `no sink takes "${name}"`, `add it to the inputs of a sink`),
  )
}

function namedEntries(document: SettingsDocument, section: string, entries: Entries): [string, unknown][] {
  return Object.entries(entries).filter(([name]) => {
    const path = [section, name]
    if (section === 'sources' && Object.hasOwn(RESERVED, name)) {
      document.complain(path, 'key', `"${name}" is the name of ${RESERVED[name]}`, 'choose another name for the source')
      return false
    }
    if (NAME.test(name)) return true
    document.complain(path, 'key', `"${name}" is no usable name`, 'use letters, digits, _ . and - (at most 64)')
    return false
  })
}

function specOf<S extends SourceSpec<unknown> | SinkSpec<unknown>>(
  document: SettingsDocument,
  path: Path,
  value: unknown,
  specs: readonly S[],
  kind: 'source' | 'sink',
): { spec: S; rest: Record<string, unknown> } | undefined {
  const types = specs.map((spec) => spec.type)
  const place = [...path, 'type']
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    document.complain(path, 'value', `a ${kind} is a mapping`, 'write it like name: { type: … }')
    return undefined
  }
  const { type, ...rest } = value as Record<string, unknown>
  if (type === undefined) {
    document.complain(place, 'value', 'missing setting "type"', `${kind} types: ${types.join(', ')}`)
    return undefined
  }
  const spec = specs.find((known) => known.type === type)
  if (spec !== undefined) return { spec, rest }
  const remedy = didYouMean(String(type), types, `${kind} types`)
  document.complain(place, 'value', `unknown ${kind} type ${document.shown(place, type)}`, remedy)
  return undefined
}

function checkInputs(
  document: SettingsDocument,
  path: Path,
  inputs: readonly string[],
  sources: readonly string[],
): void {
  const known = [...sources, ...Object.keys(RESERVED)]
  for (const [at, input] of inputs.entries()) {
    const place = [...path, at]
    if (!known.includes(input)) {
      const message = `no source is called ${document.shown(place, input)}`
      document.complain(place, 'value', message, didYouMean(input, known, 'inputs'))
    } else if (inputs.indexOf(input) !== at) {
      document.complain(place, 'value', `${document.shown(place, input)} is here twice`, 'remove one')
    }
  }
}

function checkCensusOnly(document: SettingsDocument, path: Path, type: string, inputs: readonly string[]): void {
  for (const [at, input] of inputs.entries()) {
    if (input === CENSUS || input === ALERTS) continue
    const message = `a sink of type ${type} takes counts, and no records`
    document.complain(
      [...path, 'inputs', at],
      'value',
      message,
      'write inputs: [census], [alerts] or both, or leave it out',
    )
  }
}

function given(key: string, value: unknown): Record<string, unknown> {
  return value === undefined ? {} : { [key]: value }
}
