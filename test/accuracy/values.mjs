// The values that the corpus hides: for each detector its own samples and many changed ones that still are of the
// kind, and near misses that look like it and are not.
import RE2 from 're2'
import { detectors } from '../../dist/classifier/detectors/index.js'

/**
 * A value and the text that has to stand around it: nothing, where the value shows by itself what it is.
 * @typedef {{ before: string, value: string, after: string }} Piece
 * @typedef {import('../../dist/core/detector.js').Detector} Detector
 * @typedef {import('../../dist/cli/traffic/random.js').Random} Random
 */

const TRIES_MAX = 400
const DIGITS = '0123456789'
const CLASSES = [DIGITS, 'ABCDEFGHIJKLMNOPQRSTUVWXYZ', 'abcdefghijklmnopqrstuvwxyz']
const encoder = new TextEncoder()

/** @type {Map<string, RE2>} */
const patterns = new Map()

/** @param {Detector} detector */
function patternOf({ id, pattern }) {
  const known = patterns.get(id)
  if (known) return known
  const made = new RE2(pattern, 'dg')
  patterns.set(id, made)
  return made
}

/** True when pattern and check find exactly the value. @param {Detector} detector @param {Piece} piece */
function isFound(detector, { before, value, after }) {
  const text = Buffer.from(before + value + after)
  const start = Buffer.byteLength(before)
  const end = start + Buffer.byteLength(value)
  const pattern = patternOf(detector)
  let from = 0
  while (from <= text.length) {
    pattern.lastIndex = from
    const match = pattern.exec(text)
    if (!match?.indices) return false
    const span = detector.group === undefined ? match.indices[0] : match.indices.groups?.[detector.group]
    if (span && span[0] === start && span[1] === end) return detector.check?.(padded(text), start, end) ?? true
    from = Math.max(match.index + 1, span ? span[0] + 1 : match.index + match[0].length)
  }
  return false
}

/** @param {Uint8Array} text */
function padded(text) {
  const bytes = new Uint8Array(text.length + 8)
  bytes.set(text)
  return bytes.subarray(0, text.length)
}

/**
 * Samples of a detector as pieces, the bare value wherever that is enough.
 * @param {Detector} detector @returns {Piece[]}
 */
export function samplesOf(detector) {
  const shown = detector.yes.flatMap((line) => {
    const [before, value, after] = line.split(/[«»]/)
    return value === undefined ? [] : [{ before, value, after }]
  })
  const bare = shown.map(({ value }) => ({ before: '', value, after: '' })).filter((piece) => isFound(detector, piece))
  if (bare.length > 0) return distinct(bare)
  const whole = shown.filter((piece) => isFound(detector, piece) && isAlone(piece))
  // Marks of another notation around it belong to the renderings, where it shows without them.
  const plain = whole.filter(({ before, after }) => !/[{}%\\<>]/.test(before + after))
  return distinct(plain.length > 0 ? plain : whole)
}

/** @param {readonly Piece[]} pieces */
function distinct(pieces) {
  return [...new Map(pieces.map((piece) => [piece.before + piece.value + piece.after, piece])).values()]
}

/** True when there is not a second value beside it. @param {Piece} piece */
function isAlone({ before, after }) {
  return !detectors.some((other) => claims(other, { before, value: '', after }))
}

/**
 * Another value of the same kind, or the sample itself.
 * @param {Detector} detector @param {Piece} sample @param {Random} random
 */
export function varied(detector, sample, random) {
  for (let tries = 0; tries < TRIES_MAX; tries++) {
    const piece = { ...sample, value: changed(sample.value, random, 1 + (tries % 6)) }
    if (isFound(detector, piece)) return piece
  }
  return sample
}

/**
 * One digit or letter is another one, and no detector takes it any more.
 * @param {Piece} sample @param {Random} random
 */
export function nearMiss(sample, random) {
  for (let tries = 0; tries < TRIES_MAX; tries++) {
    const piece = { ...sample, value: changed(sample.value, random, 1) }
    if (!detectors.some((other) => claims(other, piece))) return piece
  }
  return undefined
}

/** True when a detector finds anything at all in the piece. @param {Detector} detector @param {Piece} piece */
function claims(detector, { before, value, after }) {
  const text = Buffer.from(before + value + after)
  const pattern = patternOf(detector)
  let from = 0
  while (from <= text.length) {
    pattern.lastIndex = from
    const match = pattern.exec(text)
    if (!match?.indices) return false
    const span = detector.group === undefined ? match.indices[0] : match.indices.groups?.[detector.group]
    if (span && span[1] > span[0] && (detector.check?.(padded(text), span[0], span[1]) ?? true)) return true
    from = match.index + 1
  }
  return false
}

/** @param {string} value @param {Random} random @param {number} times */
function changed(value, random, times) {
  const letters = [...value]
  for (let time = 0; time < times; time++) {
    const at = random.int(0, letters.length - 1)
    const alphabet = CLASSES.find((letterClass) => letterClass.includes(letters[at]))
    if (alphabet) letters[at] = random.pick([...alphabet].filter((letter) => letter !== letters[at]))
  }
  return letters.join('')
}

/** @param {string} text */
export function bytesOf(text) {
  return encoder.encode(text).length
}
