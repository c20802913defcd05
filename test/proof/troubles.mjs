// What goes wrong on purpose while records flow, each at its part of the way: workers die, the receiver goes and comes.
import { setTimeout as sleep } from 'node:timers/promises'

const RESTART_MS = 700
/** A batch that met two killed workers would fail closed, as it should; by then the one of the last kill is through. */
const BETWEEN_KILLS_MS = 4000

export class Troubles {
  restarts = 0
  kills = 0
  #done = 0
  #records
  /** @type {Promise<void>} */
  #restarting = Promise.resolve()
  #receiver
  #logveil
  #killed_ms = Number.NEGATIVE_INFINITY
  /** @type {NodeJS.Timeout | undefined} */
  #nextKill
  /** @type {[number, () => void][]} */
  #plan = [
    [0.15, () => this.#kill()],
    [0.3, () => this.#restart()],
    [0.5, () => this.#kill()],
    [0.65, () => this.#restart()],
    [0.8, () => this.#kill()],
  ]

  /**
   * @param {number} records how many there will be
   * @param {import('../../dist/cli/traffic/receiver.js').Receiver} receiver
   * @param {{ killWorker: () => void }} logveil
   */
  constructor(records, receiver, logveil) {
    this.#records = records
    this.#receiver = receiver
    this.#logveil = logveil
  }

  /** @param {number} delivered */
  progress(delivered) {
    this.#done += delivered
    while (this.#plan.length > 0 && this.#done / this.#records >= this.#plan[0][0]) this.#plan.shift()?.[1]()
  }

  over() {
    clearTimeout(this.#nextKill)
    return this.#restarting
  }

  #kill() {
    clearTimeout(this.#nextKill)
    const wait_ms = this.#killed_ms + BETWEEN_KILLS_MS - performance.now()
    if (wait_ms > 0) {
      // Two kills that both came too early become one.
      this.#nextKill = setTimeout(() => this.#kill(), wait_ms)
      return
    }
    this.#killed_ms = performance.now()
    this.kills++
    this.#logveil.killWorker()
  }

  #restart() {
    this.restarts++
    this.#restarting = this.#receiver
      .close()
      .then(() => sleep(RESTART_MS))
      .then(() => this.#receiver.open())
  }
}
