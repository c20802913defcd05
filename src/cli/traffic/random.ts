// Seeded randomness for made-up traffic: the same seed gives the same records on every machine. Not for keys.

/** Letters and digits, in the order of base 62 as GitHub and npm count. */
export const BASE62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
export const UPPER32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'
export const BASE64URL = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
const HEX = '0123456789abcdef'

/** The generator `mulberry32`: 32 bits of state, fast, good enough to look like life. */
export class Random {
  private state: number

  /** Records are drawn by number, so that any of them can be made again alone. */
  constructor(seed: number, number = 0) {
    this.state = (Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) ^ Math.imul(number + 0x7f4a7c15, 0xc2b2ae35)) | 0
  }

  /** In [0, 1). */
  next(): number {
    this.state = (this.state + 0x6d2b79f5) | 0
    let mixed = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 0x100000000
  }

  /** An integer in [from, to]. */
  int(from: number, to: number): number {
    return from + Math.floor(this.next() * (to - from + 1))
  }

  chance(share: number): boolean {
    return this.next() < share
  }

  pick<T>(choices: readonly T[]): T {
    return choices[Math.floor(this.next() * choices.length)]
  }

  /** `count` characters out of `alphabet`. */
  text(alphabet: string, count: number): string {
    let text = ''
    for (let i = 0; i < count; i++) text += alphabet[Math.floor(this.next() * alphabet.length)]
    return text
  }

  digits(count: number): string {
    return this.text('0123456789', count)
  }

  hex(count: number): string {
    return this.text(HEX, count)
  }

  uuid(): string {
    const [front, variant] = [`${this.hex(8)}-${this.hex(4)}-4${this.hex(3)}`, this.pick(['8', '9', 'a', 'b'])]
    return `${front}-${variant}${this.hex(3)}-${this.hex(12)}`
  }
}
