// One search by RE2 in one text.
import type { Patterns } from './probes.ts'

/** Longer matches are taken whole: where the groups lie in them RE2 finds slowly, and they are no less secret. */
const CAPTURED_BYTES_MAX = 4096

const NO_SPANS: readonly (readonly [number, number])[] = []

/** What the last search found. Offsets are those of the text. */
export class Search {
  /** Where the match ends. */
  end = 0
  /** The findings in the match, in the order of the text: it, or its groups that took part. */
  spans = NO_SPANS
  /** True when the span is the whole match although groups were asked for: then a check of it says nothing. */
  isWhole = false

  /** Finds the next match at or behind `from`; false when there is none. */
  next(patterns: Patterns, text: Buffer, from: number): boolean {
    this.isWhole = false
    const { whole } = patterns
    whole.lastIndex = from
    if (text.length > CAPTURED_BYTES_MAX && patterns.hasGroups) {
      const bounds = patterns.bounds ?? whole
      bounds.lastIndex = from
      const match = bounds.exec(text)
      if (match === null) return false
      const length = match[0].length
      if (length > CAPTURED_BYTES_MAX) {
        this.isWhole = true
        this.end = match.index + length
        this.spans = [[match.index, this.end]]
        return true
      }
      whole.lastIndex = match.index
    } else if (from === 0) {
      const start = whole.search(text)
      if (start < 0) return false
      if (this.follow(patterns, text, start)) return true
      whole.lastIndex = start
    }
    return this.execute(patterns, text)
  }

  /** The match that begins at `start`, without what makes `exec` slow: see group_places.ts. */
  private follow(patterns: Patterns, text: Buffer, start: number): boolean {
    if (patterns.hasGroups) {
      const { places } = patterns
      this.end = places?.follow(text, start) ?? -1
      if (places === undefined || this.end < 0) return false
      this.spans = places.spans()
      return true
    }
    const { whole } = patterns
    whole.lastIndex = start
    if (!whole.test(text)) return false
    this.end = whole.lastIndex
    this.spans = [[start, this.end]]
    return true
  }

  private execute(patterns: Patterns, text: Buffer): boolean {
    const match = patterns.whole.exec(text)
    if (match === null) return false
    this.end = match.index + match[0].length
    this.spans = match.indices === undefined ? NO_SPANS : patterns.spans(match.indices)
    return true
  }
}
