// Owns the order of batches and what they leave open: the batches of one origin leave in the order in which they came,
// inspected as if they were one, though workers look at several at once. A batch is inspected on the guess that the one
// before it changes nothing that is open; where the guess was wrong, or where a line goes on in the batch behind it, it
// is inspected again. It never looks into records, and holds none for longer than `hold_ms`.
import { isDeepStrictEqual } from 'node:util'
import type { Batch, Format } from '../core/batch.ts'
import type { Clock } from '../core/clock.ts'
import { LIMITS } from '../core/limits.ts'
import type { Policy } from '../core/policy.ts'
import type { Carry, WorkerResult } from '../worker/types.ts'
import type { Pool, Surroundings } from './pool.ts'

export interface Fate {
  done(result: WorkerResult): void
  failed(error: Error): void
}

/** Who looks at batches. Another policy is another pool. */
type Workers = Pick<Pool, 'run'> & Partial<Pick<Pool, 'policy'>>

interface Turn extends Fate {
  readonly workers: Workers
  readonly tap: Surroundings['tap']
  readonly batches: readonly Batch[]
  readonly also: readonly Format[]
  readonly now_ms: number
  /** What was thought to be open when it came. */
  readonly guess: Carry | undefined
  /** It is not inspected on the guess: that would be in vain. */
  readonly isDeferred: boolean
  outcome: { result: WorkerResult } | { error: Error } | undefined
}

interface Line {
  readonly turns: Turn[]
  /** What the last batch that left has left open. */
  carry: Carry | undefined
  /** Whose policy `carry` speaks of. */
  workers: Workers
  /** The first turn is being inspected again. */
  busy: boolean
  /** The guess was right for the last turn. */
  isGuessed: boolean
  /** Called when there is one turn more. */
  onTurn: () => void
}

export interface ContinuityOptions {
  readonly pool: Workers
  readonly clock: Clock
  /** For how long a batch may wait for the next one when a line goes on behind it. */
  readonly hold_ms: number
}

export class Continuity {
  readonly #options: ContinuityOptions
  readonly #lines = new Map<string, Line>()
  #released = false

  constructor(options: ContinuityOptions) {
    this.#options = options
  }

  /** Has `batches`, which are of one origin, inspected as one. Each fate is told once, in the order of the calls. */
  run(
    batches: readonly Batch[],
    also: readonly Format[],
    fate: Fate,
    workers: Workers = this.#options.pool,
    tap?: Surroundings['tap'],
  ): void {
    const line = this.#lineOf(batches[0].origin)
    const now_ms = this.#options.clock.steady_ms()
    const guess = left(line, workers, now_ms)
    const { done, failed } = fate
    const isDeferred = !line.isGuessed && line.turns.length > 0
    const turn: Turn = { workers, tap, batches, also, now_ms, guess, isDeferred, done, failed, outcome: undefined }
    line.turns.push(turn)
    if (!isDeferred) {
      workers.run(batches, also, { carry: guess, now_ms, tap }).then(
        (result) => this.#settle(line, turn, { result }),
        (error: Error) => this.#settle(line, turn, { error }),
      )
    }
    line.onTurn()
  }

  /** From now on nothing waits for what may come. */
  release(): void {
    this.#released = true
    for (const line of this.#lines.values()) line.onTurn()
  }

  #lineOf(origin: string): Line {
    let line = this.#lines.get(origin)
    if (line === undefined) {
      const { pool: workers } = this.#options
      line = { turns: [], carry: undefined, workers, busy: false, isGuessed: true, onTurn: () => {} }
      this.#lines.set(origin, line)
    }
    return line
  }

  #settle(line: Line, turn: Turn, outcome: NonNullable<Turn['outcome']>): void {
    turn.outcome = outcome
    if (!line.busy) this.#advance(line)
  }

  #advance(line: Line): void {
    for (;;) {
      const turn = line.turns[0]
      if (turn === undefined || (turn.outcome === undefined && !turn.isDeferred)) return
      if (turn.outcome && 'error' in turn.outcome) {
        line.turns.shift()
        turn.failed(turn.outcome.error)
        continue
      }
      const result = turn.outcome?.result
      const carry = left(line, turn.workers, turn.now_ms)
      const isGuessed = isSame(carry, turn.guess) && !result?.waits
      line.isGuessed = isGuessed
      if (result === undefined || !isGuessed) {
        line.busy = true
        void this.#again(line, turn, carry, result)
        return
      }
      line.turns.shift()
      leave(line, turn, result)
      turn.done(result)
    }
  }

  async #again(line: Line, turn: Turn, carry: Carry | undefined, before?: WorkerResult): Promise<void> {
    try {
      const result = await this.#inspectAgain(line, turn, carry, before)
      leave(line, turn, result)
      line.turns.shift()
      turn.done(result)
    } catch (error) {
      line.turns.shift()
      turn.failed(error as Error)
    }
    line.busy = false
    this.#advance(line)
  }

  async #inspectAgain(
    line: Line,
    turn: Turn,
    carry: Carry | undefined,
    before: WorkerResult | undefined,
  ): Promise<WorkerResult> {
    const { clock, hold_ms } = this.#options
    const { workers, batches, also, now_ms, tap } = turn
    const until_ms = clock.steady_ms() + hold_ms
    let worked_ms = before?.worked_ms ?? 0
    let result = isSame(carry, turn.guess) ? before : undefined
    // Where a line is open already, the next one may be, too.
    let show_bytes = before?.waits || carry?.lines.length ? FIRST_SHOWN_BYTES : 0
    let seen_bytes = 0
    let looked_ms = 0
    while (result === undefined || result.waits) {
      const left_ms = until_ms - clock.steady_ms()
      const isLast = this.#released || left_ms <= 0
      const { next, bytes, isOver } = behind(line, isLast ? LIMITS.held_bytes_max : show_bytes)
      const isFinal = isLast || isOver
      // To look again costs as much as it did before: it is done when there is twice as much to see, or after a while.
      const pause_ms = Math.min(left_ms, looked_ms + hold_ms / LOOKS - clock.steady_ms())
      const hasNew = bytes > seen_bytes
      if (result !== undefined && !isFinal && !(hasNew && (bytes >= 2 * seen_bytes || pause_ms <= 0))) {
        await nextTurn(line, hasNew ? pause_ms : left_ms)
        continue
      }
      result = await workers.run(batches, also, { carry, next, isFinal, now_ms, tap })
      worked_ms += result.worked_ms
      if (isFinal) break
      show_bytes = Math.max(FIRST_SHOWN_BYTES, show_bytes * SHOWN_GROWTH)
      seen_bytes = bytes
      looked_ms = clock.steady_ms()
    }
    return { ...result, worked_ms }
  }
}

/** In how many parts the time is divided in which a batch is held, at most one look in each. */
const LOOKS = 8
/** What is shown of the batches behind one at first: the next piece of a line comes soon, as a rule. */
const FIRST_SHOWN_BYTES = 64 * 1024
const SHOWN_GROWTH = 8

/** The first frames behind the first turn, about so many bytes. `isOver`: no line goes on in what comes behind them. */
function behind(line: Line, bytes_max: number): { next: Batch[]; bytes: number; isOver: boolean } {
  const next: Batch[] = []
  let bytes = 0
  for (const { batches } of line.turns.slice(1)) {
    for (const batch of batches) {
      if (batch.format !== line.turns[0].batches[0].format) return { next, bytes, isOver: true }
      if (bytes >= bytes_max) return { next, bytes, isOver: bytes >= LIMITS.held_bytes_max }
      const first = firstFrames(batch, bytes_max - bytes)
      next.push(first)
      bytes += first.bytes.length
    }
  }
  return { next, bytes, isOver: false }
}

/** At least one frame, and no more than it takes to have `bytes_max`. */
function firstFrames(batch: Batch, bytes_max: number): Batch {
  const { bytes, ends } = batch
  if (bytes.length <= bytes_max) return batch
  let frames = 1
  while (ends[frames - 1] < bytes_max) frames++
  return { ...batch, bytes: bytes.subarray(0, ends[frames - 1]), ends: ends.subarray(0, frames) }
}

/** Resolves when one turn more is there, or when the time is over. */
function nextTurn(line: Line, left_ms: number): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer)
      line.onTurn = () => {}
      resolve()
    }
    const timer = setTimeout(done, left_ms)
    line.onTurn = done
  })
}

function leave(line: Line, { workers }: Turn, { carry }: WorkerResult): void {
  line.carry = carry
  line.workers = workers
}

/** What the line's last batch left open, in the words of the policy of `workers`. */
function left(line: Line, workers: Workers, now_ms: number): Carry | undefined {
  const carry = alive(line.carry, now_ms)
  return carry && translated(carry, line.workers.policy, workers.policy)
}

/** A rule is known by its place, and another policy has another rule there. What none looks for is not open. */
export function translated(carry: Carry, from: Policy | undefined, to: Policy | undefined): Carry | undefined {
  if (from === undefined || to === undefined || from === to) return carry
  const blocks = carry.blocks.flatMap((block) => {
    const { id, find } = from.rules[block.rule]
    const named = to.rules.findIndex((rule) => rule.id === id)
    const rule = named >= 0 ? named : to.rules.findIndex((other) => isDeepStrictEqual(other.find, find))
    return rule >= 0 ? [{ ...block, rule }] : []
  })
  return blocks.length === 0 && carry.lines.length === 0 ? undefined : { ...carry, blocks }
}

/** What of it is not too old. */
function alive(carry: Carry | undefined, now_ms: number): Carry | undefined {
  if (carry === undefined) return undefined
  const isAlive = ({ touched_ms }: { touched_ms: number }) => now_ms - touched_ms <= LIMITS.open_idle_ms
  const blocks = carry.blocks.filter(isAlive)
  const lines = carry.lines.filter(isAlive)
  return blocks.length === 0 && lines.length === 0 ? undefined : { blocks, lines }
}

function isSame(a: Carry | undefined, b: Carry | undefined): boolean {
  if (a === undefined || b === undefined) return a === b
  return areEqual(a.blocks, b.blocks) && areEqual(a.lines, b.lines)
}

function areEqual<Open extends object>(some: readonly Open[], others: readonly Open[]): boolean {
  return some.length === others.length && some.every((one, at) => isEqual(one, others[at]))
}

function isEqual<Open extends object>(a: Open, b: Open): boolean {
  return (Object.keys(a) as (keyof Open)[]).every((key) => {
    const [one, other] = [a[key], b[key]]
    return one instanceof Uint8Array ? Buffer.compare(one, other as Uint8Array) === 0 : one === other
  })
}
