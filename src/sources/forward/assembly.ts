// Holds the bytes of one connection from the first that is not consumed to the last that came. Never looks at them.
import { release } from '../../core/release.ts'

/** Bytes of half-received requests, shared by all connections of a source. */
export class AssemblyBudget {
  used = 0
  readonly bytes_max: number

  constructor(bytes_max: number) {
    this.bytes_max = bytes_max
  }
}

const NOTHING = Buffer.alloc(0)
const BUFFER_BYTES_MIN = 4096
/** What Node reads from a socket at once. */
const READ_BYTES = 64 * 1024
/** A buffer of this size is kept for the next request; a larger one only while it is needed. */
const BUFFER_BYTES_KEPT = 1024 * 1024

/**
 * Whole requests are read where the socket put them. Only a request that spans reads is copied, into a buffer that
 * grows by doubling towards the size that it announced, so that an announcement alone costs nothing.
 */
export class Assembly {
  bytes: Uint8Array = NOTHING
  /** The first byte that is not consumed, and one past the last that is there. */
  start = 0
  limit = 0
  /** Bytes of the buffer that is ours; 0 while `bytes` is what the socket gave. */
  private owned = 0
  private readonly budget: AssemblyBudget

  constructor(budget: AssemblyBudget) {
    this.budget = budget
  }

  get length(): number {
    return this.limit - this.start
  }

  /** Adds what was read. `expected` is the size of the request at `start` as far as known. False: over the budget. */
  push(chunk: Uint8Array, expected: number): boolean {
    if (this.start === this.limit) {
      this.release()
      this.bytes = chunk
      this.start = 0
      this.limit = chunk.length
      return true
    }
    if (this.owned - this.limit < chunk.length && !this.grow(this.length + chunk.length, expected)) return false
    this.bytes.set(chunk, this.limit)
    this.limit += chunk.length
    return true
  }

  /** Forgets everything; the bytes may be gone to others by now. */
  release(): void {
    this.budget.used -= this.owned
    this.owned = 0
    this.bytes = NOTHING
    this.start = 0
    this.limit = 0
  }

  /** Copies what is left of a read into a buffer of our own: the socket's is 64 KiB, however little is left in it. */
  private grow(needed: number, expected: number): boolean {
    const room = this.budget.bytes_max - this.budget.used + this.owned
    let size = bufferBytes(needed, expected)
    // Near the budget nothing is taken in advance.
    if (size > room) size = Math.max(needed, Math.min(expected, needed * 2))
    const fits = this.owned >= size && this.owned <= Math.max(size * 4, BUFFER_BYTES_KEPT)
    if (!fits && size > room) return false
    if (fits) this.bytes.copyWithin(0, this.start, this.limit)
    else {
      const left = this.bytes.subarray(this.start, this.limit)
      // A Buffer like those of the socket: the scanner is faster when it meets one kind of array only.
      this.bytes = Buffer.allocUnsafeSlow(size)
      this.bytes.set(left)
      release(left)
      this.budget.used += size - this.owned
      this.owned = size
    }
    this.limit -= this.start
    this.start = 0
    return true
  }
}

function bufferBytes(needed: number, expected: number): number {
  // A length that reaches well beyond what is here is that of a whole chunk, and little follows it. Otherwise nobody
  // knows how much is to come: only doubling keeps the copies few.
  if (expected > needed + READ_BYTES) return Math.min(expected + READ_BYTES, needed * 2)
  if (needed > READ_BYTES * 2) return needed * 2
  // Powers of two, so that the tails of reads do not ask for a slightly larger buffer each time.
  return 2 ** Math.ceil(Math.log2(Math.max(needed, BUFFER_BYTES_MIN)))
}
