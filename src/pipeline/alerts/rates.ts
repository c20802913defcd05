// Owns how much a minute: sensitive data (SDPM) and exploits (EPM) of each service, over the last minute.
import type { Counts } from '../../core/counts.ts'
import { LIMITS } from '../../core/limits.ts'
import { SlidingSum } from './sliding.ts'

const MINUTE_MS = 60_000
/** The category of findings that are attacks; all others are data. */
const ATTACK = 'attack'

export type Rate = 'sensitive_data' | 'exploits'

export class Rates {
  readonly #services = new Map<string, Record<Rate, SlidingSum>>()

  add({ findings }: Counts, now_ms: number): void {
    for (const { service, category, matches } of findings) {
      this.#of(service)[category === ATTACK ? 'exploits' : 'sensitive_data'].add(matches, now_ms)
    }
  }

  /** Calls back for each service that ever had any, so that a rate that falls to 0 is seen to fall. */
  each(rate: Rate, now_ms: number, told: (per_minute: number, service: string) => void): void {
    for (const [service, rates] of this.#services) told(rates[rate].sum(now_ms), service)
  }

  #of(service: string): Record<Rate, SlidingSum> {
    let rates = this.#services.get(service)
    if (rates === undefined) {
      if (this.#services.size >= LIMITS.alert_groups_max) {
        const [oldest] = this.#services.keys()
        this.#services.delete(oldest)
      }
      rates = { sensitive_data: new SlidingSum(MINUTE_MS), exploits: new SlidingSum(MINUTE_MS) }
      this.#services.set(service, rates)
    }
    return rates
  }
}
