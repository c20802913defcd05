// The way of a file: text → document → interpolated → every part through its reader → a plan, or all complaints.
import { availableParallelism, hostname } from 'node:os'
import { isMap } from 'yaml'
import type { z } from 'zod'
import type { Plan } from '../core/plan.ts'
import { isLoopback } from '../net/address.ts'
import { deafAlerts, readAlerts, watching } from './alerts.ts'
import { inFileOrder } from './complaint.ts'
import { readSinks, readSources, unusedSources } from './components.ts'
import type { SettingsDocument } from './document.ts'
import { interpolate } from './interpolate.ts'
import { failed, type Loaded, type LoadOptions, openDocument, surroundings } from './load_policy.ts'
import { parsePart } from './parse.ts'
import { compilePolicySettings } from './policy.ts'
import type { Registries } from './registries.ts'
import { rootShape } from './shape.ts'
import { writtenBy } from './written.ts'

export type LoadedConfig = Loaded<{ plan: Plan }>

export async function loadPlan(
  text: string,
  file: string,
  registries: Registries,
  options: LoadOptions,
): Promise<LoadedConfig> {
  const document = openDocument(text, file)
  if (!document.usable) return failed(document.complaints)
  await interpolate(document, [], surroundings(options))
  const root = parsePart(rootShape, { document, path: [], value: withoutEmptySections(document.plain([])) })
  // With `sources` or `sinks` missing the rest is looked at all the same.
  const entries = (section: string) => mapping(document.plain([section]))
  const sourceEntries = root?.sources ?? entries('sources')
  const sinkEntries = root?.sinks ?? entries('sinks')
  const names = Object.keys(sourceEntries)
  const sources = readSources(document, sourceEntries, registries)
  const storing = sources.filter(({ stores }) => stores).map(({ name }) => name)
  const needing = names.filter((name) => !storing.includes(name))
  const sinks = readSinks(document, sinkEntries, registries, needing)
  requireOne(document, 'sources', sourceEntries)
  // Where every source stores its records itself nobody else has to.
  if (names.length === 0 || needing.length > 0) requireSinks(document, sinkEntries)
  const read = await compilePolicySettings({ document, registries, sources: names }, ['policy'])
  checkAdmin(document, root?.admin)
  const alerts = root && (await readAlerts(document, ['alerts'], root.alerts, { policy: read.policy, sources, sinks }))
  const complaints = [...document.complaints, ...read.complaints]
  if (complaints.length > 0 || root === undefined || read.policy === undefined || !alerts) {
    return failed(complaints)
  }
  const plan: Plan = {
    sources,
    sinks,
    policy: watching(read.policy, alerts.rules),
    alerts,
    audit: root.audit,
    pipeline: { ...root.pipeline, workers: workersOf(root.pipeline.workers) },
    census: { ...root.census, instance: root.census.instance ?? hostname() },
    admin: root.admin === false ? null : root.admin,
    telemetry: root.telemetry,
    reload: root.reload,
    log: root.log,
    written: writtenBy(document, read.policy),
  }
  const deaf = deafAlerts(document, ['alerts'], root.alerts, sinks)
  return {
    ok: true,
    plan,
    warnings: inFileOrder([...unusedSources(document, sources, sinks), ...deaf, ...read.warnings]),
  }
}

/** Whoever reaches the admin port can read how much of what was found, and change how the pipeline works. */
function checkAdmin(document: SettingsDocument, admin: z.infer<typeof rootShape>['admin'] | undefined): void {
  if (!admin || admin.token !== undefined || isLoopback(admin.listen)) return
  const message = 'others than this host can connect there, and no token is asked of them'
  document.complain(['admin', 'listen'], 'value', message, 'add token: ${LOGVEIL_ADMIN_TOKEN}, or listen on 127.0.0.1')
}

/** The main thread frames and routes: it keeps a core for itself where there are two. */
function workersOf(workers: number | 'auto'): number {
  return workers === 'auto' ? Math.max(1, availableParallelism() - 1) : workers
}

/** A section whose lines are all commented out is as good as absent. */
function withoutEmptySections(root: unknown): Record<string, unknown> {
  const needed = ['sources', 'sinks']
  return Object.fromEntries(
    Object.entries(mapping(root)).filter(([key, value]) => value !== null || needed.includes(key)),
  )
}

function requireOne(document: SettingsDocument, section: string, entries: Readonly<Record<string, unknown>>): void {
  const isMapping = isMap(document.find([section])?.value)
  if (!isMapping || Object.keys(entries).length > 0) return
  document.complain([section], 'key', `there are no ${section}`, 'add one: name: { type: … }')
}

function requireSinks(document: SettingsDocument, entries: Readonly<Record<string, unknown>>): void {
  const remedy = 'add it: Where logs and counts go, by name'
  if (document.find(['sinks']) !== undefined) requireOne(document, 'sinks', entries)
  else document.complain(['sinks'], 'key', 'missing setting "sinks"', remedy)
}

function mapping(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {}
}
