// Knows whether an Authorization header has one of our tokens, in the same time whether it fits or not.
import { createHash, timingSafeEqual } from 'node:crypto'

export class Bearer {
  private readonly digests: readonly Buffer[]

  /** No tokens: everybody may come in. */
  constructor(tokens: readonly string[]) {
    this.digests = tokens.map(digest)
  }

  admits(authorization: string | undefined): boolean {
    if (this.digests.length === 0) return true
    const given = /^bearer +(\S+) *$/i.exec(authorization ?? '')
    // Digests have one length, whatever was given.
    const offered = digest(given?.[1] ?? '')
    let fits = false
    for (const expected of this.digests) fits = timingSafeEqual(offered, expected) || fits
    return fits && given !== null
  }
}

function digest(token: string): Buffer {
  return createHash('sha256').update(token).digest()
}
