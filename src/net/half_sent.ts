// What a sink remembers of batches that will be sent again, by their ids. Nobody tells a sink that a batch was dropped,
// so what is remembered is bounded: the oldest is forgotten, and its retry begins from the beginning.
import { LIMITS } from '../core/limits.ts'

interface Entry<What> {
  readonly what: What
  readonly bytes: number
}

export class HalfSent<What> {
  readonly #entries = new Map<string, Entry<What>>()
  #bytes = 0

  get(id: string): What | undefined {
    return this.#entries.get(id)?.what
  }

  /** `bytes`: of the batch, when it is held with it. */
  keep(id: string, what: What, bytes = 0): void {
    this.forget(id)
    this.#entries.set(id, { what, bytes })
    this.#bytes += bytes
    for (const oldest of this.#entries.keys()) {
      const isOver = this.#entries.size > LIMITS.half_sent_batches_max || this.#bytes > LIMITS.half_sent_bytes_max
      if (!isOver || oldest === id) return
      this.forget(oldest)
    }
  }

  forget(id: string): void {
    this.#bytes -= this.#entries.get(id)?.bytes ?? 0
    this.#entries.delete(id)
  }
}
