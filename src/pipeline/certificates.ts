// Says in good time that a certificate of a source or sink ends: by then clients are turned away, and nothing here
// would show why. It looks at the files, as the next reload would read them.
import { X509Certificate } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import type { Clock } from '../core/clock.ts'
import { LIMITS } from '../core/limits.ts'
import type { Machine } from './machine.ts'

const LOOK_MS = 12 * 3_600_000
const DAY_MS = 86_400_000

export class Certificates {
  readonly #machine: Machine
  readonly #clock: Clock
  readonly #timer: NodeJS.Timeout

  constructor(machine: Machine, clock: Clock) {
    this.#machine = machine
    this.#clock = clock
    this.#timer = setInterval(() => void this.look(), LOOK_MS)
    this.#timer.unref()
  }

  async look(): Promise<void> {
    const { sources, sinks, parts } = this.#machine
    for (const { plan } of [...sources, ...sinks]) {
      const { cert } = (plan.identity as { tls?: { cert?: unknown } } | undefined)?.tls ?? {}
      if (typeof cert !== 'string') continue
      const left_ms = (await endOf(cert)) - this.#clock.now_ms()
      if (!(left_ms < LIMITS.certificate_left_ms_min)) continue
      const message = left_ms > 0 ? 'A certificate ends soon' : 'A certificate has ended'
      const facts = { cert, days: Math.floor(left_ms / DAY_MS), remedy: 'renew it, then reload' }
      parts.emit(plan.name)(left_ms > 0 ? 'warn' : 'error', 'certificate_ends', message, facts)
    }
  }

  close(): void {
    clearInterval(this.#timer)
  }
}

/** Milliseconds since 1970; NaN when nobody can tell. */
async function endOf(path: string): Promise<number> {
  try {
    return Date.parse(new X509Certificate(await readFile(path)).validTo)
  } catch {
    return Number.NaN
  }
}
