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
