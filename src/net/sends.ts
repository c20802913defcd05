// The sends of a sink that are under way, so that whoever closes it can wait for them. It begins none by itself, and
// what comes of one is heard only by who began it.
import { setMaxListeners } from 'node:events'
import { orAborted } from '../core/abort.ts'

export class Sends {
  readonly #underWay = new Set<Promise<void>>()

  /** Begins one, and gives its outcome. `signal` is what ends it. */
  begin(signal: AbortSignal, send: () => Promise<void>): Promise<void> {
    // One signal may stand for every batch in flight, each of which listens to it.
    setMaxListeners(0, signal)
    const sent = send()
    const settled = sent.catch(() => {}).finally(() => this.#underWay.delete(settled))
    this.#underWay.add(settled)
    return sent
  }

  /** Resolves when none is under way, or when `signal` aborts. */
  async settled(signal?: AbortSignal): Promise<void> {
    const all = Promise.all(this.#underWay)
    await (signal === undefined ? all : orAborted(all, signal))
  }
}
