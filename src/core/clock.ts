// The only place that reads the time, so that tests can move it.

export interface Clock {
  /** Milliseconds since 1970, UTC. */
  now_ms(): number
  /** Milliseconds on a clock that never goes back; its zero means nothing. */
  steady_ms(): number
}

export const systemClock: Clock = {
  now_ms: () => Date.now(),
  steady_ms: () => performance.now(),
}

/** Milliseconds of processor time that this process has used, whatever else the machine does. */
export function processor_ms(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000
}
