// Owns when settings are read again: one reload at a time, and one more for all who ask meanwhile. It keeps what came
// of the last one, so that health and the metrics can tell. What the settings mean is not its business.
import type { Clock } from '../core/clock.ts'
import { LogveilError } from '../core/errors.ts'
import type { Emit } from '../core/events.ts'
import type { Plan } from '../core/plan.ts'
import type { Changes } from './reload.ts'

/** What is wrong in a file, and where. */
export interface Flaw {
  readonly file: string
  readonly line: number
  readonly column: number
  readonly message: string
  readonly remedy: string
}

export type LoadedPlan =
  | { ok: true; plan: Plan; warnings: readonly Flaw[] }
  | { ok: false; complaints: readonly Flaw[] }

export type Outcome =
  | { readonly outcome: 'changed' | 'unchanged'; readonly changes: Changes; readonly warnings: readonly Flaw[] }
  | {
      readonly outcome: 'refused'
      readonly complaints: readonly Flaw[]
      readonly error?: { readonly code: string; readonly message: string; readonly remedy: string }
    }

/** How the settings on disk stand to those at work. */
export interface ConfigState {
  /** False: the last ones read were refused, and those before them are at work. */
  readonly ok: boolean
  /** When those at work were read. */
  readonly loaded_ms: number
  /** Why the last ones were refused. */
  readonly refused?: Extract<Outcome, { outcome: 'refused' }>
  /** Sections that differ from what is at work until the process is restarted. */
  readonly needs_restart: readonly string[]
}

export interface ReloadsOptions {
  load(): Promise<LoadedPlan>
  apply(plan: Plan): Promise<Changes>
  count(outcome: Outcome['outcome']): void
  /** Resolves when it is written down who did what. */
  told(outcome: Outcome, reason: string): Promise<void>
  readonly clock: Clock
  readonly emit: Emit
}

export class Reloads {
  readonly #options: ReloadsOptions
  #state: ConfigState
  #running: Promise<Outcome> | null = null
  #next: Promise<Outcome> | null = null
  #closed = false

  constructor(options: ReloadsOptions) {
    this.#options = options
    this.#state = { ok: true, loaded_ms: options.clock.now_ms(), needs_restart: [] }
  }

  get state(): ConfigState {
    return this.#state
  }

  /** Resolves with what came of a reload that began after the call. */
  reload(reason: string): Promise<Outcome> {
    this.#next ??= this.#after(this.#running, reason)
    return this.#next
  }

  /** No more reloads begin; resolves when none is under way. */
  async close(): Promise<void> {
    this.#closed = true
    await this.#running
  }

  async #after(running: Promise<Outcome> | null, reason: string): Promise<Outcome> {
    await running
    // Whoever asks in the same turn of the loop, or while the file is read, asks for this one.
    this.#running = this.#one(reason)
    this.#next = null
    const outcome = await this.#running
    this.#running = null
    return outcome
  }

  async #one(reason: string): Promise<Outcome> {
    const { emit, count, told, clock } = this.#options
    const began_ms = clock.steady_ms()
    const outcome = await this.#attempt()
    const took_ms = Math.round(clock.steady_ms() - began_ms)
    count(outcome.outcome)
    await told(outcome, reason)
    if (outcome.outcome === 'refused') {
      this.#state = { ...this.#state, ok: false, refused: outcome }
      const { complaints, error } = outcome
      const why = { code: error?.code, why: error?.message, remedy: error?.remedy, complaints: complaints.length }
      emit('error', 'reload_refused', 'The settings were refused; those before them stay at work', { reason, ...why })
      for (const { file, line, column, message, remedy } of complaints) {
        emit('error', 'complaint', message, { place: `${file}:${line}:${column}`, remedy })
      }
      return outcome
    }
    const { needs_restart, policy, started, restarted, stopped } = outcome.changes
    this.#state = { ok: true, loaded_ms: clock.now_ms(), needs_restart }
    const names = { started: started.join(' '), restarted: restarted.join(' '), stopped: stopped.join(' ') }
    emit('info', 'reloaded', 'The settings were read again', { reason, policy, ...names, took_ms })
    if (needs_restart.length > 0) {
      const sections = needs_restart.join(' ')
      emit('warn', 'needs_restart', 'Some of the settings need a restart of the process', { sections })
    }
    return outcome
  }

  async #attempt(): Promise<Outcome> {
    try {
      if (this.#closed) throw new LogveilError('STOPPING', 'no settings are read any more')
      const loaded = await this.#options.load()
      if (!loaded.ok) return { outcome: 'refused', complaints: loaded.complaints }
      const changes = await this.#options.apply(loaded.plan)
      const { policy, started, restarted, stopped } = changes
      const isChanged = policy || [started, restarted, stopped].some((names) => names.length > 0)
      return { outcome: isChanged ? 'changed' : 'unchanged', changes, warnings: loaded.warnings }
    } catch (error) {
      // A defect is no reason to end a pipeline that works; its message could hold anything.
      const known = error instanceof LogveilError ? error : new LogveilError('INTERNAL', 'a reload failed')
      const { code, message, remedy } = known
      return { outcome: 'refused', complaints: [], error: { code, message, remedy } }
    }
  }
}
