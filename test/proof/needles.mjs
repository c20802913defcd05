// Looks for very many byte strings at once: a rolling hash over eight bytes says where one may begin.

const WINDOW = 8
const BITS = 24
const MASK = 2 ** BITS - 1
const FACTOR = 0x01000193
/** FACTOR to the power of WINDOW - 1, to take the oldest byte out again. */
const OLDEST = Array.from({ length: WINDOW - 1 }).reduce((/** @type {number} */ power) => Math.imul(power, FACTOR), 1)

export class Needles {
  #bits = new Uint8Array(2 ** (BITS - 3))
  /** @type {Map<string, string[]>} by their first eight bytes */
  #byHead = new Map()
  size = 0

  /** @param {string} needle latin1, at least eight bytes */
  add(needle) {
    if (needle.length < WINDOW) throw new Error('a needle must have eight bytes')
    const head = needle.slice(0, WINDOW)
    const others = this.#byHead.get(head)
    if (others) others.push(needle)
    else this.#byHead.set(head, [needle])
    let hash = 0
    for (let i = 0; i < WINDOW; i++) hash = (Math.imul(hash, FACTOR) + needle.charCodeAt(i)) | 0
    const bit = (hash ^ (hash >>> 13)) & MASK
    this.#bits[bit >> 3] |= 1 << (bit & 7)
    this.size++
  }

  /** How many needles lie in `bytes`. @param {Uint8Array} bytes @returns {number} */
  countIn(bytes) {
    const bits = this.#bits
    let found = 0
    let hash = 0
    for (let at = 0; at < bytes.length; at++) {
      if (at >= WINDOW) hash = (hash - Math.imul(bytes[at - WINDOW], OLDEST)) | 0
      hash = (Math.imul(hash, FACTOR) + bytes[at]) | 0
      const bit = (hash ^ (hash >>> 13)) & MASK
      if (at >= WINDOW - 1 && (bits[bit >> 3] & (1 << (bit & 7))) !== 0) found += this.#countAt(bytes, at - WINDOW + 1)
    }
    return found
  }

  /** @param {Uint8Array} bytes @param {number} start */
  #countAt(bytes, start) {
    const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
    const candidates = this.#byHead.get(buffer.toString('latin1', start, start + WINDOW)) ?? []
    return candidates.filter((needle) => buffer.toString('latin1', start, start + needle.length) === needle).length
  }
}
