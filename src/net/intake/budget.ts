// Owns the count of bytes that a source holds of requests that it has not answered, and the bytes of each of them.

/** Bytes of all requests of a source together. */
export class Budget {
  used_bytes = 0
  readonly bytes_max: number

  constructor(bytes_max: number) {
    this.bytes_max = bytes_max
  }

  /** False, and nothing is taken, when there is not so much left. */
  take(bytes: number): boolean {
    if (this.used_bytes + bytes > this.bytes_max) return false
    this.used_bytes += bytes
    return true
  }

  give(bytes: number): void {
    this.used_bytes -= bytes
  }
}

/** What a request costs before its first byte: a stream, its headers, its promises. */
const REQUEST_OVERHEAD_BYTES = 4096
/** What a chunk costs besides its bytes: a message sent byte by byte is as many objects. */
const CHUNK_OVERHEAD_BYTES = 256

/** The bytes of a request as they come, paid for out of the budget. What a client declares costs nothing. */
export class Body {
  size = 0
  private paid_bytes = 0
  private parts: Uint8Array[] = []
  readonly budget: Budget

  constructor(budget: Budget) {
    this.budget = budget
  }

  /** To be called first. False when the budget has no room for one more request. */
  open(): boolean {
    if (!this.budget.take(REQUEST_OVERHEAD_BYTES)) return false
    this.paid_bytes += REQUEST_OVERHEAD_BYTES
    return true
  }

  /** False when the budget has no room for it. */
  push(chunk: Uint8Array): boolean {
    const cost = chunk.length + CHUNK_OVERHEAD_BYTES
    if (!this.budget.take(cost)) return false
    this.paid_bytes += cost
    this.size += chunk.length
    this.parts.push(chunk)
    return true
  }

  /** All that came, in one piece. */
  bytes(): Uint8Array {
    if (this.parts.length !== 1) this.parts = [Buffer.concat(this.parts, this.size)]
    return this.parts[0]
  }

  /** Holds `bytes` in place of what came. False when the budget has no room for them. */
  become(bytes: Uint8Array): boolean {
    this.release()
    return this.open() && this.push(bytes)
  }

  /** Forgets the bytes and gives back what they cost. Idempotent. */
  release(): void {
    this.budget.give(this.paid_bytes)
    this.paid_bytes = 0
    this.size = 0
    this.parts = []
  }
}
