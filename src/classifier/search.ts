// One search by RE2 in one text.
import type { Probe } from './compile.ts'

/** Longer matches are taken whole: where the group lies in them RE2 finds slowly, and they are no less secret. */
const CAPTURED_BYTES_MAX = 4096

/** What the last search found. Offsets are those of the text. */
export class Search {
  start = 0
  end = 0
  /** True when the span is the whole match although the probe has a group: then its check says nothing. */
  isWhole = false

  /** Finds the next span at or behind `from`; false when there is none. An empty span is a match without the group. */
  next({ pattern, bounds, group }: Probe, text: Buffer, from: number): boolean {
    this.isWhole = false
    pattern.lastIndex = from
    if (bounds !== undefined && text.length > CAPTURED_BYTES_MAX) {
      bounds.lastIndex = from
      const match = bounds.exec(text)
      if (match === null) return false
      const length = match[0].length
      this.isWhole = length > CAPTURED_BYTES_MAX
      this.start = match.index
      this.end = match.index + length
      if (this.isWhole) return true
      pattern.lastIndex = match.index
    }
    const match = pattern.exec(text)
    if (match === null) return false
    const { indices } = match
    const span = group === 0 ? indices?.[0] : typeof group === 'number' ? indices?.[group] : indices?.groups?.[group]
    this.start = span ? span[0] : match.index + match[0].length
    this.end = span ? span[1] : this.start
    return true
  }
}
