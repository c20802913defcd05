// What came out, held against what went in: every record once and exactly as it must be redacted, no raw value in any
// byte, counts equal to what was hidden.
import { closeSync, openSync, readdirSync, readFileSync, readSync } from 'node:fs'
import { join } from 'node:path'
import { decode, decodeMulti } from '@msgpack/msgpack'
import { skipValue } from '../../dist/net/msgpack.js'
import { Needles } from './needles.mjs'

const READ_BYTES = 8 * 1024 * 1024
/** Longer than every needle: a piece is searched together with the end of the one before it. */
const OVERLAP_BYTES = 512
const SHORT = 10

/** @typedef {import('./plan.mjs').Plan<import('./plan.mjs').Sharer>} Plan */

/**
 * Every raw value that may not be seen, and the counts that the census must have.
 * @param {Plan} plan
 */
export function expectations(plan) {
  const needles = new Needles()
  /** @type {Map<string, number>} */
  const counts = new Map()
  const add = (/** @type {string} */ key) => counts.set(key, (counts.get(key) ?? 0) + 1)
  for (let number = 0; number < plan.records; number++) {
    const { service, secrets } = plan.recordAt(number)
    add(`${service} records`)
    for (const { rule, value, redacted } of secrets) {
      add(`${service} ${rule}`)
      if (value !== redacted) for (const needle of needlesOf(value)) needles.add(needle)
    }
  }
  return { needles, counts }
}

/**
 * Lines of a PEM key alone: escaping changes what is between them. Short values with what stands before them on the
 * wire.
 * @param {string} value
 */
function needlesOf(value) {
  const lines = value.split('\n').filter((line) => !line.startsWith('-----') && line.length >= 8)
  return lines.flatMap((line) =>
    line.length < SHORT ? [`"${line}`, `${String.fromCharCode(0xa0 + line.length)}${line}`] : [line],
  )
}

/** @param {string} path @param {(piece: Buffer) => number} take returns how many bytes were taken */
function eachPiece(path, take) {
  const file = openSync(path, 'r')
  let held = Buffer.alloc(0)
  try {
    for (;;) {
      const piece = Buffer.allocUnsafe(READ_BYTES)
      const length = readSync(file, piece, 0, READ_BYTES, null)
      if (length === 0) break
      held = Buffer.concat([held, piece.subarray(0, length)])
      held = held.subarray(take(held))
    }
  } finally {
    closeSync(file)
  }
  return held.length
}

/** Raw values in the bytes of a file. @param {string} path @param {Needles} needles */
export function rawIn(path, needles) {
  let found = 0
  eachPiece(path, (piece) => {
    found += needles.countIn(piece)
    // What lies wholly in the overlap is found again in the next piece: then it is told too often, never missed.
    return Math.max(0, piece.length - OVERLAP_BYTES)
  })
  return found
}

/** One output: which records were there, and which were not as they must be. */
export class Ledger {
  seen
  wrong = 0
  again = 0
  /** @type {string[]} */
  examples = []
  #plan

  /** @param {Plan} plan */
  constructor(plan) {
    this.seen = new Uint8Array(plan.records)
    this.#plan = plan
  }

  /** @param {string} tag @param {{ seq: number }} body @param {boolean} repeats the chunk was seen before */
  take(tag, body, repeats) {
    // A number that was never sent would be wanted of every proof, and would not be missed in `seen`.
    const known = Number.isInteger(body.seq) && body.seq >= 0 && body.seq < this.#plan.records
    const wanted = known ? this.#plan.recordAt(body.seq, 'redacted') : undefined
    const text = known && this.#plan.movesKeys(body.seq) ? textInAnyOrder : JSON.stringify
    if (wanted === undefined || tag !== wanted.tag || text(body) !== text(wanted.body)) {
      this.wrong++
      // The record number only: what is wrong may be raw.
      if (this.examples.length < 5) this.examples.push(`record ${body.seq}`)
      return
    }
    if (this.seen[body.seq] > 0 && !repeats) this.again++
    this.seen[body.seq] = 1
  }

  get missing() {
    return this.seen.reduce((sum, count) => sum + (count === 0 ? 1 : 0), 0)
  }
}

/** The same text for the same members in whatever order: for clients that move them. @param {unknown} value */
function textInAnyOrder(value) {
  return JSON.stringify(value, (_key, inner) =>
    inner !== null && typeof inner === 'object' && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  )
}

/**
 * The files of the file sink.
 * @param {string} folder @param {Ledger} ledger @param {Needles} needles @returns {number} raw values
 */
export function checkStored(folder, ledger, needles) {
  let raw = 0
  for (const name of readdirSync(folder).filter((file) => /^logs.*\.ndjson$/.test(file))) {
    const path = join(folder, name)
    raw += rawIn(path, needles)
    const torn = eachPiece(path, (piece) => {
      const end = piece.lastIndexOf(0x0a) + 1
      for (const line of piece.toString('utf8', 0, end).split('\n')) {
        if (line === '') continue
        const { tag, body } = JSON.parse(line)
        ledger.take(tag, body, false)
      }
      return end
    })
    if (torn > 0) ledger.wrong++
  }
  return raw
}

/**
 * Messages as the receiver took them, back to back.
 * @param {string} path @param {Ledger} ledger @param {Needles} needles
 */
export function checkForwarded(path, ledger, needles) {
  const raw = rawIn(path, needles)
  /** @type {Set<string>} */
  const chunks = new Set()
  let resent = 0
  eachPiece(path, (piece) => {
    let at = 0
    for (;;) {
      const end = skipValue(piece, at, piece.length)
      if (end < 0) return at
      const [tag, events, options] = /** @type {[string, Uint8Array, { chunk: string }]} */ (
        decode(piece.subarray(at, end))
      )
      const repeats = chunks.has(options.chunk)
      if (repeats) resent++
      chunks.add(options.chunk)
      for (const event of decodeMulti(events)) {
        const [, body] = /** @type {[unknown, { seq: number }]} */ (event)
        ledger.take(tag, body, repeats)
      }
      at = end
    }
  })
  return { raw, chunks: chunks.size, resent }
}

/**
 * Differences between the census and what was hidden, one line each.
 * @param {string} path @param {Map<string, number>} counts
 */
export function checkCensus(path, counts) {
  /** @type {Map<string, number>} */
  const counted = new Map()
  const add = (/** @type {string} */ key, /** @type {number} */ count) =>
    counted.set(key, (counted.get(key) ?? 0) + count)
  for (const line of readFileSync(path, 'utf8').split('\n').filter(Boolean)) {
    const row = JSON.parse(line)
    if (row.event === 'finding') add(`${row.service} ${row.rule}`, row.matches)
    if (row.event !== 'coverage') continue
    add(`${row.service} records`, row.records_seen)
    for (const [reason, count] of Object.entries(row.failures)) add(`${row.service} failed: ${reason}`, count)
  }
  const keys = [...new Set([...counts.keys(), ...counted.keys()])].sort()
  return keys
    .filter((key) => counts.get(key) !== counted.get(key))
    .map((key) => `${key}: ${counts.get(key) ?? 0} hidden, ${counted.get(key) ?? 0} counted`)
}
