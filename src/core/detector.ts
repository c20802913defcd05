// What a detector says of itself. One file a family in classifier/detectors, one line in its index.
import type { Category, Confidence, Severity } from './policy.ts'

/**
 * Finds the span around a candidate without RE2, for shapes that are frequent in ordinary logs. `at` is the offset
 * just behind the anchor; it looks only at bytes in [from, to). Returns the end of the span (exclusive) and leaves its
 * start in `span.start`, or returns -1; or the complement of an offset (`~end`), when nothing before that one is a
 * finding. A property test holds it equal to `pattern` and `check`.
 */
export type SpanFinder = (bytes: Uint8Array, from: number, to: number, at: number, span: { start: number }) => number

/** True when the bytes in [start, end) really are of the kind: a checksum, a range, a structure. */
export type Check = (bytes: Uint8Array, start: number, end: number) => boolean

/** The walkers' knowledge of a shape (assembly/judge.ts), by which they drop most false candidates. */
export type Judge = 'ipv4' | 'ipv6' | 'email' | 'phone' | 'assignment' | 'url' | 'card'

/** A number of fixed places. */
export interface Picture {
  /** The bytes that may stand at each place: 256 entries of 0 or 1. */
  readonly places: readonly Uint8Array[]
  /** Behind how many of its places its anchor ends. */
  readonly anchorEnd: number
}

export interface Detector {
  /** snake_case, stable: dashboards and policies use it. */
  readonly id: string
  readonly summary: string
  readonly category: Category
  readonly severity: Severity
  /** How sure a finding is when no word of `near` is by it. `low` is below what most rules ask for. */
  readonly confidence: Confidence
  /**
   * Words that speak for a finding, beside it or in its path: lower case, their parts divided by one space ("tax id").
   * They are compared with `-`, `_`, `.`, space and camelCase unified.
   */
  readonly near?: readonly string[]
  /** How sure a finding is with such a word; absent: `high`. */
  readonly near_confidence?: Confidence
  /** ISO 3166-1 alpha-2 in lower case, or `eu`; absent: it is the same everywhere. */
  readonly region?: string
  /** Issuer's document or standard that defines the shape. */
  readonly source: string
  /** RE2 syntax, never matches ''. May start with `(?i)`. Runs on one leaf, from the first candidate. */
  readonly pattern: string
  /**
   * How little its name says of what it finds. 1: anything behind a name; 2: anything behind a name that says little
   * itself. Of two detectors that find the same bytes the other one knows better what they are. Absent: 0.
   */
  readonly generic?: 1 | 2
  /** Name of the capture group that is the finding; absent: the whole match. */
  readonly group?: string
  /**
   * One of these occurs in every match: fixed-length sequences of literals, `[classes]`, `\d`, and `{n}`; `^` at the
   * front means "at the start of the leaf, or after a byte that is no ASCII letter or digit". Case-sensitive unless
   * the anchor starts with `(?i)`. Absent: derived from the pattern.
   */
  readonly anchors?: readonly string[]
  readonly check?: Check
  readonly find?: SpanFinder
  /** It never drops what `find` finds: a property test holds it to that. */
  readonly judge?: Judge
  /** All that it finds has one of these pictures; then that is what the walkers judge by. */
  readonly pictures?: readonly Picture[]
  /** Strings in which exactly one finding must be found, between `«` and `»`. Published test numbers or made up. */
  readonly yes: readonly string[]
  /** Strings in which it must find nothing. */
  readonly no: readonly string[]
}
