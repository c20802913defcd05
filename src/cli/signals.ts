// SIGTERM and SIGINT: the first asks for a drain, the second ends the process at once. SIGHUP is the same for who does
// not hear it otherwise.
import { constants } from 'node:os'

const SIGNALS = ['SIGTERM', 'SIGINT', 'SIGHUP'] as const

export type StopSignal = (typeof SIGNALS)[number]

/** What stops `run`, which reads its settings again at SIGHUP. */
export const STOPS: readonly StopSignal[] = ['SIGTERM', 'SIGINT']

/** Resolves with the first signal. From now on a second one exits with 128 + its number, after `onSecond`. */
export function firstSignal(
  onSecond: (signal: StopSignal) => void,
  signals: readonly StopSignal[] = SIGNALS,
): Promise<StopSignal> {
  return new Promise((resolve) => {
    let first: StopSignal | undefined
    const onSignal = (signal: StopSignal): void => {
      if (first === undefined) {
        first = signal
        resolve(signal)
      } else {
        onSecond(signal)
        process.exit(128 + constants.signals[signal])
      }
    }
    for (const signal of signals) process.on(signal, () => onSignal(signal))
  })
}
