// Numbers of fixed places, told as a picture: `999-99-9999`. This file makes of it what a detector needs: a pattern,
// anchors, and a span finder, so that RE2 is not asked. It knows no checksum and no country.
import type { Check, Detector, SpanFinder } from '../core/detector.ts'
import { type ByteClass, parseAnchor } from './anchor.ts'
import { endsNumber, NUMBER_END, setOf } from './checks/bytes.ts'
import { asPart, inLines } from './shape_samples.ts'

/** Directly before a number these say that it is a part of something longer: a decimal, an identifier, a UUID. */
const NO_FRONT = setOf('0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_.+%-')
const FRONT = '[^0-9A-Za-z_.+%-]'

/** What the letters of a picture stand for. `_` is what divides groups; every other byte is itself. */
const PLACES: Readonly<Record<string, string>> = {
  '9': '[0-9]',
  A: '[A-Z]',
  a: '[A-Za-z]',
  X: '[0-9A-Z]',
  x: '[0-9A-Za-z]',
  _: '[ -]',
}
/** Anchors are as long as the picture, so that a candidate has its whole shape; but not longer than this. */
const ANCHOR_BYTES_MAX = 24

interface Picture {
  readonly places: readonly ByteClass[]
  readonly anchorBytes: number
}

/** A detector of such numbers. `numbers` are of the kind, `wrong` look alike: its strings are made of them. */
export interface Shaped extends Omit<Detector, 'pattern' | 'group' | 'anchors' | 'find' | 'yes' | 'no'> {
  /** `9` digit, `A` capital, `a` letter, `X` digit or capital, `x` digit or letter, `_` space or dash, `[set]`, `{n}`. */
  readonly shapes: readonly string[]
  readonly numbers: readonly string[]
  readonly wrong: readonly string[]
}

/** Of shapes that begin at the same place the first in the list is taken. */
export function shaped({ shapes, numbers, wrong, ...rest }: Shaped): Detector {
  const sources = shapes.map(sourceOf)
  const pictures = sources.map((source): Picture => {
    const places = parseAnchor(source).classes
    return { places, anchorBytes: Math.min(places.length, ANCHOR_BYTES_MAX) }
  })
  const word = rest.near?.[0] ?? 'value'
  return {
    ...rest,
    pattern: `(?:^|${FRONT})(?P<number>${sources.join('|')})${NUMBER_END}`,
    group: 'number',
    anchors: [...new Set(pictures.map(anchorOf))],
    find: finderOf(pictures, rest.check),
    yes: inLines(word, numbers),
    no: [...wrong.map((number) => `${word} ${number}`), ...asPart(word, numbers[0])],
  }
}

/** What an id is called whose digits stand there bare. */
const BARE = '_digits'

interface InBothForms extends Omit<Shaped, 'shapes' | 'near'> {
  readonly printed: readonly string[]
  readonly bare: readonly string[]
  readonly near: readonly string[]
}

/**
 * Two detectors: `id` for the number as it is printed, which shows by itself what it is, and `id_digits` for its bare
 * digits, which count beside a word that speaks for them. `numbers` and `wrong` are given as printed.
 */
export function inBothForms({ printed, bare, near, ...rest }: InBothForms): Detector[] {
  return [
    shaped({ ...rest, shapes: printed }),
    shaped({
      ...rest,
      id: `${rest.id}${BARE}`,
      summary: `${rest.summary}; bare, beside a word for it`,
      confidence: 'low',
      near,
      shapes: bare,
      numbers: rest.numbers.map(withoutMarks),
      wrong: rest.wrong.map(withoutMarks),
    }),
  ]
}

function withoutMarks(number: string): string {
  return number.replace(/[^0-9A-Za-z]/g, '')
}

/** The picture in the syntax that RE2 and anchors share. */
function sourceOf(shape: string): string {
  let source = ''
  for (let at = 0; at < shape.length; at++) {
    const place = shape[at]
    if (place === '[' || place === '{') {
      const close = shape.indexOf(place === '[' ? ']' : '}', at)
      source += shape.slice(at, close + 1)
      at = close
    } else {
      source += PLACES[place] ?? (/[.()+*?|^$/\\]/.test(place) ? `\\${place}` : place)
    }
  }
  return source
}

/** Sets within the digits or within the capitals are widened to all of them: few kinds make a small automaton. */
function anchorOf({ places, anchorBytes }: Picture): string {
  return FRONT + places.slice(0, anchorBytes).map(widened).join('')
}

const WIDER = [
  ['\\d', parseAnchor('\\d').classes[0]],
  ['[A-Z]', parseAnchor('[A-Z]').classes[0]],
  ['[0-9A-Z]', parseAnchor('[0-9A-Z]').classes[0]],
  ['[A-Za-z]', parseAnchor('[A-Za-z]').classes[0]],
  ['[0-9A-Za-z]', parseAnchor('[0-9A-Za-z]').classes[0]],
] as const

function widened(place: ByteClass): string {
  const members = [...place.keys()].filter((byte) => place[byte] === 1)
  const letters = members.map((byte) => String.fromCharCode(byte))
  if (members.length === 1) return /[0-9A-Za-z ]/.test(letters[0]) ? letters[0] : `\\${letters[0]}`
  for (const [name, set] of WIDER) if (members.every((byte) => set[byte] === 1)) return name
  return `[${letters.map((one) => (one === '-' ? '\\-' : one)).join('')}]`
}

function finderOf(pictures: readonly Picture[], check: Check | undefined): SpanFinder {
  return (bytes, from, to, at, span) => {
    for (const { anchorBytes } of pictures) {
      const start = at - anchorBytes
      if (start < from || (start > from && NO_FRONT[bytes[start - 1]] === 1)) continue
      const end = endFrom(pictures, bytes, start, to)
      if (end < at || (check !== undefined && !check(bytes, start, end))) continue
      span.start = start
      return end
    }
    return -1
  }
}

/** End of the first picture that fits at `start`, or -1. */
function endFrom(pictures: readonly Picture[], bytes: Uint8Array, start: number, to: number): number {
  for (const { places } of pictures) {
    const end = start + places.length
    if (end <= to && fits(places, bytes, start) && endsNumber(bytes, end, to)) return end
  }
  return -1
}

function fits(places: readonly ByteClass[], bytes: Uint8Array, start: number): boolean {
  for (let i = 0; i < places.length; i++) if (places[i][bytes[start + i]] === 0) return false
  return true
}
