// How far a proof is: for every sender, what it has delivered and in what time. Shown while it runs on a terminal only.
const SHOW_MS = 500
/** No acknowledgement for so long is not slowness. */
const STALL_MS = 120_000

/** @typedef {{ name: string, records: number, delivered: number, began_ms: number, ended_ms: number }} Row */

export class Progress {
  /** @type {Row[]} */
  #rows = []
  #changed_ms = performance.now()
  #timer
  #records

  /** @param {number} records @param {() => void} stalled called once, when nothing has moved for two minutes */
  constructor(records, stalled) {
    this.#records = records
    this.#timer = setInterval(() => {
      this.#show()
      if (performance.now() - this.#changed_ms < STALL_MS) return
      this.end()
      stalled()
    }, SHOW_MS)
  }

  /** Returns the function that hears of each delivery. @param {string} name @param {number} records */
  begin(name, records) {
    const row = { name, records, delivered: 0, began_ms: performance.now(), ended_ms: 0 }
    this.#rows.push(row)
    return (/** @type {number} */ delivered) => {
      row.delivered += delivered
      row.ended_ms = performance.now()
      this.#changed_ms = row.ended_ms
    }
  }

  end() {
    clearInterval(this.#timer)
    if (process.stdout.isTTY) process.stdout.write('\r\x1b[K')
  }

  /** A line for each sender. @returns {string[]} */
  lines() {
    return this.#rows.map(({ name, records, delivered, began_ms, ended_ms }) => {
      const rate = delivered === 0 ? 0 : Math.round(delivered / ((ended_ms - began_ms) / 1000))
      const share = `${delivered.toLocaleString('en')} of ${records.toLocaleString('en')} records`
      return `${name.padEnd(40)} ${share.padStart(30)} ${rate.toLocaleString('en').padStart(8)}/s`
    })
  }

  #show() {
    if (!process.stdout.isTTY) return
    const delivered = this.#rows.reduce((sum, row) => sum + row.delivered, 0)
    process.stdout.write(`\r\x1b[K${delivered.toLocaleString('en')} of ${this.#records.toLocaleString('en')} records`)
  }
}
