// How a detector is run, in the plainest way: what its pattern, its anchors and its finder mean. No speed here.
import RE2 from 're2'
import { parseAnchor } from '../../src/classifier/anchor.ts'
import { compileClassifier } from '../../src/classifier/compile.ts'
import { Matcher } from '../../src/classifier/matcher.ts'
import { PathFacts } from '../../src/classifier/path_facts.ts'
import type { Detector } from '../../src/core/detector.ts'
import { Kind } from '../../src/core/leaves.ts'
import { Paths, ROOT } from '../../src/core/paths.ts'

export interface Span {
  start: number
  end: number
}

export interface Marked {
  text: string
  spans: Span[]
}

const encoder = new TextEncoder()

/** Takes « and » out; offsets are of bytes. */
export function unmarked(marked: string): Marked {
  const spans: Span[] = []
  let text = ''
  let start = 0
  for (const letter of marked) {
    if (letter === '«') start = Buffer.byteLength(text)
    else if (letter === '»') spans.push({ start, end: Buffer.byteLength(text) })
    else text += letter
  }
  return { text, spans }
}

/** Lays the text between other bytes, so that a look beyond the leaf is noticed. */
function laid(text: string, around = '7'): { bytes: Uint8Array; from: number; to: number } {
  const content = encoder.encode(text)
  const bytes = new Uint8Array(content.length + 16).fill(around.charCodeAt(0))
  bytes.set(content, 8)
  return { bytes, from: 8, to: 8 + content.length }
}

const patterns = new Map<string, RE2>()

function patternOf(detector: Detector): RE2 {
  let pattern = patterns.get(detector.id)
  if (!pattern) {
    pattern = new RE2(detector.pattern, 'dg')
    patterns.set(detector.id, pattern)
  }
  return pattern
}

export interface Match extends Span {
  /** Where the whole match begins, boundary included. */
  matchStart: number
  matchEnd: number
  passed: boolean
}

/**
 * All matches with a finding group. Behind a failed check the search goes on one byte further where a finder would be
 * asked about the next candidate, else behind the span, as the matcher does.
 */
export function matches(detector: Detector, text: string): Match[] {
  const { bytes, from, to } = laid(text, ' ')
  const buffer = Buffer.from(bytes.buffer, from, to - from)
  const pattern = patternOf(detector)
  const found: Match[] = []
  let at = 0
  while (at <= buffer.length) {
    pattern.lastIndex = at
    const match = pattern.exec(buffer)
    if (!match?.indices) break
    const [matchStart, matchEnd] = match.indices[0] ?? [0, 0]
    const span = groupSpan(detector, match.indices)
    if (!span) {
      at = Math.max(matchEnd, at + 1)
      continue
    }
    const passed = detector.check?.(bytes, from + span[0], from + span[1]) ?? true
    found.push({ start: span[0], end: span[1], matchStart, matchEnd, passed })
    const isOver = passed || skipsTo(detector, text, matchStart) >= span[1]
    at = Math.max(isOver ? span[1] : span[0] + 1, at + 1)
  }
  return found
}

/** How far there is nothing, as the finder says at the first candidate behind `start`; without one: to the end. */
function skipsTo(detector: Detector, text: string, start: number): number {
  if (!detector.find) return text.length
  const { bytes, from, to } = laid(text, ' ')
  const at = candidates(detector, text).find((one) => one > start)
  return at === undefined ? 0 : ~detector.find(bytes, from, to, from + at, { start: 0 }) - from
}

function groupSpan(detector: Detector, indices: RegExpIndicesArray): readonly [number, number] | undefined {
  if (detector.group === undefined) return indices[0]
  const name = detector.group
  const groups = Object.entries(indices.groups ?? {})
  return groups.find(([key, span]) => key.startsWith(name) && span !== undefined)?.[1]
}

export function byPattern(detector: Detector, text: string): Span[] {
  return matches(detector, text)
    .filter((match) => match.passed)
    .map(({ start, end }) => ({ start, end }))
}

/** Offsets behind the anchors, ascending. Before the text stands a line feed. */
export function candidates(detector: Detector, text: string): number[] {
  const bytes = encoder.encode(`\n${text}`)
  const ends = new Set<number>()
  for (const source of detector.anchors ?? []) {
    const { classes } = parseAnchor(source)
    for (let start = 0; start + classes.length <= bytes.length; start++) {
      if (classes.every((set, i) => set[bytes[start + i]] === 1)) ends.add(start + classes.length - 1)
    }
  }
  return [...ends].sort((a, b) => a - b)
}

export function byFinder(detector: Detector, text: string, around?: string): Span[] {
  const { bytes, from, to } = laid(text, around)
  const span = { start: 0 }
  const found: Span[] = []
  let last = 0
  for (const at of candidates(detector, text)) {
    if (last > 0 && at <= last) continue
    const end = detector.find?.(bytes, from, to, from + at, span) ?? -1
    if (end < 0) last = Math.max(last, ~end - from)
    if (end < 0 || span.start - from < last) continue
    last = end - from
    found.push({ start: span.start - from, end: last })
  }
  return found
}

const matchers = new Map<string, Matcher>()

/** As a rule finds them that says nothing but the detector's id: words near a finding count, and so does its check. */
export function byMatcher({ id, category, severity, confidence }: Detector, text: string): Span[] {
  let matcher = matchers.get(id)
  if (!matcher) {
    const rule = { id, find: { detector: id }, action: { type: 'keep' }, category, severity, confidence }
    const rest = { mode: 'enforce', allow: {}, exclude_fields: [], on_error: 'drop', service_from: [] } as const
    const classifier = compileClassifier({
      version: 'test',
      rules: [rule],
      ...rest,
      exclude_fields: [],
      service_from: [],
    })
    const paths = new Paths()
    matcher = new Matcher(classifier, paths, new PathFacts(classifier, paths))
    matchers.set(id, matcher)
  }
  const { bytes, from, to } = laid(text)
  matcher.begin()
  matcher.value(0, Kind.text, ROOT, 1, bytes, from, to)
  const found = matcher
    .findings('', '', () => bytes)
    .map(({ start, end }) => ({ start: start - from, end: end - from }))
  return found.sort((a, b) => a.start - b.start)
}
