// How figures are taken: rivals take turns (A B C A B C …) and are timed by the processor time that they use, so that
// a noisy neighbour hits all of them alike; what is compared is the median of the ratios within a turn.

/** One row of the JSON output. */
export interface Figure {
  readonly name: string
  readonly value: number
  readonly unit: string
}

/** Works for at least so many milliseconds of processor time, and says how fast: MB/s. */
export type Rival = (least_ms: number) => Promise<number>

export interface Duel {
  /** Median MB/s of each rival, in their order. */
  readonly mb_s: readonly number[]
  /** Median, over the turns, of the first rival's speed by the speed of each other one. */
  readonly ratios: readonly number[]
}

export interface Turns {
  readonly turns: number
  /** All rivals together work so long before the first turn: compilers need a while until a figure says anything. */
  readonly warm_ms: number
}

/** Each rival works at least this long in a turn, so that the clock's grain and a single GC do not matter. */
const TURN_MS = 120

export async function duel(rivals: readonly Rival[], { turns, warm_ms }: Turns): Promise<Duel> {
  await Promise.all(rivals.map((rival) => rival(warm_ms)))
  const speeds = rivals.map(() => [] as number[])
  for (let turn = 0; turn < turns; turn++) {
    for (const [i, rival] of rivals.entries()) speeds[i].push(await rival(TURN_MS))
  }
  return {
    mb_s: speeds.map(median),
    ratios: speeds.map((own) => median(own.map((speed, turn) => speeds[0][turn] / speed))),
  }
}

function median(values: readonly number[]): number {
  return quantile(values, 0.5)
}

/** The value below which `share` of the values lie; NaN of none. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted.length === 0 ? Number.NaN : sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]
}
