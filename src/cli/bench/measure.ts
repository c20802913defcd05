// How figures are taken: rivals take turns (A B C A B C …) and are timed by the processor time that they use, so that
// a noisy neighbour hits all of them alike; what is compared is the median of the ratios within a turn.

/** One row of the JSON output. */
export interface Figure {
  readonly name: string
  readonly value: number
  readonly unit: string
}

export interface Rival {
  readonly name: string
  /** Works once over its input. */
  run(): void
  /** Bytes of that input. */
  readonly bytes: number
}

export interface Duel {
  /** Median MB/s of each rival, in their order. */
  readonly mb_s: readonly number[]
  /** Median, over the turns, of the first rival's speed by the speed of each other one. */
  readonly ratios: readonly number[]
}

/** Each rival works at least this long in a turn, so that the clock's grain and a single GC do not matter. */
const TURN_MS = 120

export function duel(rivals: readonly Rival[], turns: number): Duel {
  // Compilers need a few runs before a figure says anything.
  for (const rival of rivals) speedOf(rival, TURN_MS * 2)
  const speeds = rivals.map(() => [] as number[])
  for (let turn = 0; turn < turns; turn++) {
    for (const [i, rival] of rivals.entries()) speeds[i].push(speedOf(rival, TURN_MS))
  }
  return {
    mb_s: speeds.map(median),
    ratios: speeds.map((own) => median(own.map((speed, turn) => speeds[0][turn] / speed))),
  }
}

/** MB per second of processor time, over at least `least_ms`: that of helper threads (GC, compiler) counts too. */
function speedOf(rival: Rival, least_ms: number): number {
  const began = process.cpuUsage()
  let runs = 0
  let took_ms = 0
  do {
    rival.run()
    runs++
    const { user, system } = process.cpuUsage(began)
    took_ms = (user + system) / 1000
  } while (took_ms < least_ms)
  return (rival.bytes * runs) / 1e6 / (took_ms / 1000)
}

function median(values: readonly number[]): number {
  return quantile(values, 0.5)
}

/** The value below which `share` of the values lie; NaN of none. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted.length === 0 ? Number.NaN : sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]
}
