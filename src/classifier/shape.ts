// Numbers of fixed places, told as a picture: `999-99-9999`. This file makes of it what a detector needs: a pattern,
// anchors, and a span finder, so that RE2 is not asked. It knows no checksum and no country.
import type { Check, Detector, Picture, SpanFinder } from '../core/detector.ts'
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
/** Longer anchors make more states and select hardly better. */
const ANCHOR_BYTES_MAX = 11
const ANCHOR_LETTERS_MAX = 3

interface Anchored extends Picture {
  readonly anchor: string
}

/** A detector of such numbers. `numbers` are of the kind, `wrong` look alike: its strings are made of them. */
export interface Shaped extends Omit<Detector, 'pattern' | 'group' | 'anchors' | 'find' | 'pictures' | 'yes' | 'no'> {
  /** `9` digit, `A` capital, `a` letter, `X` digit or capital, `x` either, `_` space or dash, `[set]`, `{n}`. */
  readonly shapes: readonly string[]
  readonly numbers: readonly string[]
  readonly wrong: readonly string[]
}

/**
 * Of shapes that begin at the same place the first in the list is taken. What is made of the shapes is made when it is
 * first asked for: a policy has few of the library's detectors, and a start should not pay for the others.
 */
export function shaped({ shapes, numbers, wrong, ...rest }: Shaped): Detector {
  const sources = shapes.map(sourceOf)
  const word = rest.near?.[0] ?? 'value'
  let made: Pick<Detector, 'anchors' | 'find' | 'pictures'> | undefined
  const fromPictures = () => {
    if (made !== undefined) return made
    const pictures = sources.map(pictureOf)
    const anchors = [...new Set(pictures.map(({ anchor }) => anchor))]
    made = { anchors, find: finderOf(pictures, rest.check), pictures }
    return made
  }
  return {
    ...rest,
    pattern: `(?:^|${FRONT})(?P<number>${sources.join('|')})${NUMBER_END}`,
    group: 'number',
    get anchors() {
      return fromPictures().anchors
    },
    get find() {
      return fromPictures().find
    },
    get pictures() {
      return fromPictures().pictures
    },
    get yes() {
      return inLines(word, numbers)
    },
    get no() {
      return [...wrong.map((number) => `${word} ${number}`), ...asPart(word, numbers[0])]
    },
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

/** What stands between the digits of printed numbers. */
const MARKS = ' -./+()'

function withoutMarks(number: string): string {
  return [...number].filter((letter) => !MARKS.includes(letter)).join('')
}

/** What means something else there. */
const SYNTAX = '.()+*?|^$/\\'

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
      source += PLACES[place] ?? (SYNTAX.includes(place) ? `\\${place}` : place)
    }
  }
  return source
}

/**
 * The part of a picture that is looked for: from its front, or from its first digit where it begins with many letters.
 * Letters of an anchor stand beside all other anchors of letters in the automaton, and what they multiply is its size:
 * so an anchor has few of them. Sets are widened to the digits, letters or marks that they are of, for the same reason.
 */
function pictureOf(source: string): Anchored {
  const places = parseAnchor(source).classes
  const firstDigit = places.findIndex(isDigit)
  const isLate = firstDigit > ANCHOR_LETTERS_MAX && places.length - firstDigit > 3
  // A letter in front of the digits comes along: else every long number would be a candidate, at each of its digits.
  const from = isLate ? firstDigit - (mayBeLetter(places[firstDigit - 1]) ? 1 : 2) : 0
  let to = from
  for (let letters = 0; to < places.length && to - from < ANCHOR_BYTES_MAX; to++) {
    if (mayBeLetter(places[to]) && ++letters > ANCHOR_LETTERS_MAX) break
  }
  return { places, anchor: (from === 0 ? FRONT : '') + places.slice(from, to).map(widened).join(''), anchorEnd: to }
}

function isDigit(place: ByteClass): boolean {
  return place.every((bit, byte) => bit === 0 || (byte >= 0x30 && byte <= 0x39))
}

/** One letter that is always the same is not meant. */
function mayBeLetter(place: ByteClass): boolean {
  return LETTERS.reduce((count, byte) => count + place[byte], 0) > 1
}

const LETTERS = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'].map((one) => one.charCodeAt(0))

const WIDER = ['\\d', '[A-Z]', '[a-z]', '[0-9A-Z]', '[0-9A-Za-z]', '[ ./+-]'].map(
  (name) => [name, parseAnchor(name).classes[0]] as const,
)

function widened(place: ByteClass): string {
  const members = [...place.keys()].filter((byte) => place[byte] === 1)
  for (const [name, set] of WIDER) if (members.every((byte) => set[byte] === 1)) return name
  return `[${members.map((byte) => `\\x${byte.toString(16)}`).join('')}]`
}

function finderOf(pictures: readonly Picture[], check: Check | undefined): SpanFinder {
  const anchorEnds = [...new Set(pictures.map(({ anchorEnd }) => anchorEnd))]
  return (bytes, from, to, at, span) => {
    for (const anchorEnd of anchorEnds) {
      const start = at - anchorEnd
      if (start < from || (start > from && NO_FRONT[bytes[start - 1]] === 1)) continue
      const end = endFrom(pictures, bytes, start, to)
      if (end < 0 || (check !== undefined && !check(bytes, start, end))) continue
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

/** From the back: the anchor has seen to the front. */
function fits(places: readonly ByteClass[], bytes: Uint8Array, start: number): boolean {
  for (let i = places.length - 1; i >= 0; i--) if (places[i][bytes[start + i]] === 0) return false
  return true
}
