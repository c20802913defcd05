// Owns the change of a running pipeline to another plan. What is alike in both stays as it is, with its connections;
// what is not ends, and starts as the new plan has it. Either all of the new plan is at work afterwards or all of the
// old one; no batch is lost, and those of a source keep their order.
import { isDeepStrictEqual } from 'node:util'
import { LogveilError } from '../core/errors.ts'
import { LIMITS } from '../core/limits.ts'
import type { Plan } from '../core/plan.ts'
import { SinkGone } from './lane.ts'
import { connect, type Machine } from './machine.ts'
import { type RunningSink, type RunningSource, termsOf, tlsDigest } from './parts.ts'
import type { Pool } from './pool.ts'
import { reviveSinks, reviveSources } from './revival.ts'
import { all, until } from './shutdown.ts'

/** What a component gets beyond its time, before nobody waits for it any more. */
const LATE_MS = 1_000
/** Sections that are changed at work, here or by who runs the pipeline. */
const CHANGEABLE = new Set(['sources', 'sinks', 'policy', 'alerts', 'pipeline', 'admin', 'log', 'reload', 'written'])

/** Names of what was changed. */
export interface Changes {
  readonly policy: boolean
  readonly started: readonly string[]
  readonly restarted: readonly string[]
  readonly stopped: readonly string[]
  /** Sections that differ, and that only a restart of the process brings to work. */
  readonly needs_restart: readonly string[]
}

interface Split<Running extends RunningSink | RunningSource> {
  readonly stay: readonly Running[]
  readonly leave: readonly Running[]
  /** As the new plan has them. */
  readonly come: readonly Pick<Running, 'plan' | 'tls'>[]
}

/** What brings the old plan back, step by step. */
type Undo = () => Promise<void>

/** Rejects with the LogveilError of what could not start; the old plan is at work again then. */
export async function changePlan(machine: Machine, wanted: Plan, signal: AbortSignal): Promise<Changes> {
  const { plan: before } = machine
  const { plan, needs_restart } = withoutFixed(before, wanted)
  // Before anything is stopped: a certificate that is half written must not cost the one that is at work.
  const sources = await split<RunningSource>(machine.sources, plan.sources)
  const sinks = await split<RunningSink>(machine.sinks, plan.sinks)
  const undos: Undo[] = []
  const opening = new Opening()
  try {
    const pool = await poolFor(machine, plan, undos)
    await stopSources(machine, sources.leave, signal, undos)
    await holdSinks(machine, sinks.leave, signal, undos)
    const newSinks = await startSinks(machine, plan, sinks.come, undos)
    const newSources = await startSources(machine, sources.come, opening.promise, undos)
    // Where its inputs come from may have changed all the same.
    const stayed = sinks.stay.map((one) => ({
      ...one,
      plan: plan.sinks.find(({ name }) => name === one.plan.name) ?? one.plan,
    }))
    commit(machine, plan, pool, [...stayed, ...newSinks], [...sources.stay, ...newSources])
    opening.open()
  } catch (error) {
    opening.refuse()
    for (const undo of undos.reverse()) await undo()
    throw error
  }
  return { policy: !isDeepStrictEqual(before.policy, plan.policy), ...namesOf(sources, sinks), needs_restart }
}

/** What new sources deliver waits until everybody else is there. */
class Opening {
  readonly promise: Promise<void>
  open!: () => void
  private reject!: (error: Error) => void

  constructor() {
    this.promise = new Promise((resolve, reject) => {
      this.open = resolve
      this.reject = reject
    })
    this.promise.catch(() => {})
  }

  refuse(): void {
    this.reject(new LogveilError('STOPPING', 'its settings were refused'))
  }
}

/** The wanted plan with what can not be changed at work as it was. */
function withoutFixed(before: Plan, wanted: Plan): { plan: Plan; needs_restart: string[] } {
  const keys = [...new Set([...Object.keys(before), ...Object.keys(wanted)])] as (keyof Plan)[]
  const fixed = keys.filter((key) => !CHANGEABLE.has(key))
  const needs_restart: string[] = fixed.filter((key) => !isDeepStrictEqual(before[key], wanted[key]))
  const { hold_ms } = before.pipeline
  if (wanted.pipeline.hold_ms !== hold_ms) needs_restart.push('pipeline.hold_ms')
  const kept = Object.fromEntries(fixed.map((key) => [key, before[key]])) as Partial<Plan>
  return { plan: { ...wanted, ...kept, pipeline: { ...wanted.pipeline, hold_ms } }, needs_restart }
}

async function split<Running extends RunningSink | RunningSource>(
  running: readonly Running[],
  planned: readonly Running['plan'][],
): Promise<Split<Running>> {
  const stay: Running[] = []
  const come: Pick<Running, 'plan' | 'tls'>[] = []
  for (const plan of planned) {
    const tls = await tlsDigest(plan)
    const before = byName(running, plan.name)
    if (before && !before.isDown && before.tls === tls && isAlike(before.plan, plan)) stay.push(before)
    else come.push({ plan, tls })
  }
  return { stay, leave: running.filter((one) => !stay.includes(one)), come }
}

function isAlike(one: RunningSink['plan'] | RunningSource['plan'], other: typeof one): boolean {
  if (one === other) return true
  return one.type === other.type && one.identity !== undefined && isDeepStrictEqual(one.identity, other.identity)
}

/** Compiles the policy in workers of its own, before anything else is touched. */
async function poolFor({ plan: before, pool, parts }: Machine, plan: Plan, undos: Undo[]): Promise<Pool> {
  const threads = ({ workers, deadline_ms, worker_heap_mib_max }: Plan['pipeline']) => [
    workers,
    deadline_ms,
    worker_heap_mib_max,
  ]
  const isAlike = isDeepStrictEqual(threads(before.pipeline), threads(plan.pipeline))
  if (isAlike && isDeepStrictEqual(before.policy, plan.policy)) return pool
  const next = parts.pool(plan)
  await next.start()
  undos.push(() => next.destroy())
  return next
}

async function stopSources(
  machine: Machine,
  leave: readonly RunningSource[],
  signal: AbortSignal,
  undos: Undo[],
): Promise<void> {
  undos.push(() => reviveSources(machine, leave))
  const soon = AbortSignal.any([signal, AbortSignal.timeout(LIMITS.reload_grace_ms)])
  await within(leave.map(({ source }) => source.stop(soon)))
}

/** Batches wait in the lanes meanwhile. */
async function holdSinks(
  machine: Machine,
  leave: readonly RunningSink[],
  signal: AbortSignal,
  undos: Undo[],
): Promise<void> {
  undos.push(() => reviveSinks(machine, leave))
  const soon = AbortSignal.any([signal, AbortSignal.timeout(LIMITS.reload_grace_ms)])
  await Promise.all(leave.map(({ lane }) => lane.hold(soon)))
  await within(leave.map(({ sink }) => sink.close(soon)))
}

async function startSinks(
  machine: Machine,
  plan: Plan,
  come: Split<RunningSink>['come'],
  undos: Undo[],
): Promise<RunningSink[]> {
  const { parts } = machine
  const made = come.map((one): RunningSink => {
    const sink = parts.sink(one.plan)
    return { ...one, sink, lane: byName(machine.sinks, one.plan.name)?.lane ?? parts.lane(one.plan, sink, plan) }
  })
  undos.push(() => within(made.map(({ sink }) => sink.close(AbortSignal.timeout(LATE_MS)))))
  await all(made.map(({ sink }) => sink.start()))
  return made
}

async function startSources(
  { parts }: Machine,
  come: Split<RunningSource>['come'],
  opened: Promise<void>,
  undos: Undo[],
): Promise<RunningSource[]> {
  const made = come.map((one): RunningSource => ({ ...one, source: parts.source(one.plan, opened) }))
  undos.push(() => within(made.map(({ source }) => source.stop(AbortSignal.timeout(LATE_MS)))))
  await all(made.map(({ source }) => source.start()))
  return made
}

/** In one step, so that no batch sees a part of it. */
function commit(
  machine: Machine,
  plan: Plan,
  pool: Pool,
  sinks: readonly RunningSink[],
  sources: readonly RunningSource[],
): void {
  const { pool: poolBefore, sinks: sinksBefore } = machine
  machine.plan = plan
  machine.pool = pool
  // In the order of the settings, which is the one in which batches go out.
  machine.sinks = plan.sinks.flatMap(({ name }) => byName(sinks, name) ?? [])
  machine.sources = plan.sources.flatMap(({ name }) => byName(sources, name) ?? [])
  connect(machine)
  for (const { plan: planned, lane, sink } of machine.sinks) {
    lane.terms = termsOf(planned, plan)
    if (lane.isHeld) lane.resume(sink)
  }
  // Batches that wait there are sent again, by the router that there is now.
  for (const { lane } of sinksBefore) {
    if (!sinks.some((one) => one.lane === lane)) lane.stop(new SinkGone('STOPPING', 'it left the settings'))
  }
  if (pool !== poolBefore) retire(machine, poolBefore)
}

function retire(machine: Machine, pool: Pool): void {
  machine.retiring.add(pool)
  void pool.retire().finally(() => {
    machine.retiring.delete(pool)
    machine.lost_before += pool.lost
  })
}

function namesOf(sources: Split<RunningSource>, sinks: Split<RunningSink>) {
  const left = [...sources.leave, ...sinks.leave].map(({ plan }) => plan.name)
  const came = [...sources.come, ...sinks.come].map(({ plan }) => plan.name)
  return {
    started: came.filter((name) => !left.includes(name)),
    restarted: came.filter((name) => left.includes(name)),
    stopped: left.filter((name) => !came.includes(name)),
  }
}

function byName<One extends { readonly plan: { readonly name: string } }>(all: readonly One[], name: string) {
  return all.find(({ plan }) => plan.name === name)
}

/** Nobody waits for a component that never ends. */
async function within(ends: readonly Promise<void>[]): Promise<void> {
  await until(Promise.allSettled(ends), AbortSignal.timeout(LIMITS.reload_grace_ms + LATE_MS))
}
