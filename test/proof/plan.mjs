// Who sends which records of a proof: each client a range of its own, the bulk sender the rest. It also makes every
// record again, as it was sent or as it must come out, so that nothing has to be remembered.
import { recordAt } from '../../dist/cli/traffic/records.js'

/**
 * @typedef {{ seed: number, share: number }} Options
 * @typedef {{ name: string, share: number, movesKeys: boolean }} Sharer
 */

/** @template {Sharer} Client */
export class Plan {
  /** @type {{ client: Client, from: number, to: number }[]} */
  parts = []
  /** The bulk sender has all records from here on. */
  bulkFrom = 0
  records
  options

  /** @param {number} records @param {Options} options @param {readonly Client[]} clients */
  constructor(records, options, clients) {
    this.records = records
    this.options = options
    for (const client of clients) {
      const from = this.bulkFrom
      this.bulkFrom += Math.floor(records * client.share)
      this.parts.push({ client, from, to: this.bulkFrom })
    }
  }

  /**
   * What clients send also holds numbers that need 64 bits, and one that is no integer: each client encodes them in
   * its own way, and they must come out with the same value.
   * @param {number} number @param {'raw' | 'redacted'} [view]
   */
  recordAt(number, view = 'raw') {
    const record = recordAt(number, this.options, view)
    if (number < this.bulkFrom) record.body.wide = [Number.MAX_SAFE_INTEGER - number, -(2 ** 40) - number, number + 0.5]
    return record
  }

  /** True when the client of this record does not keep the order of keys. @param {number} number */
  movesKeys(number) {
    return this.parts.some(({ client, from, to }) => client.movesKeys && number >= from && number < to)
  }
}
