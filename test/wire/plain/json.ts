// The walker of JSON in plain TypeScript, one byte at a time: the tests hold the fast one (assembly/json.ts) to it.
import { Kind, type Leaves } from '../../../src/core/leaves.ts'
import { LIMITS } from '../../../src/core/limits.ts'
import { ELEMENT, type Paths, ROOT } from '../../../src/core/paths.ts'
import { Step } from '../../../src/core/wire.ts'
import { Views } from '../../../src/wire/views.ts'

const QUOTE = 0x22
const BACKSLASH = 0x5c
const OPEN_OBJECT = 0x7b
const CLOSE_OBJECT = 0x7d
const OPEN_ARRAY = 0x5b
const CLOSE_ARRAY = 0x5d
const COMMA = 0x2c
const COLON = 0x3a
const MINUS = 0x2d

/** 1 for bytes that may stand in a number behind its first one. */
const IN_NUMBER = new Uint8Array(256)
for (const letter of '0123456789+-.eE') IN_NUMBER[letter.charCodeAt(0)] = 1

const TRUE = Uint8Array.of(0x74, 0x72, 0x75, 0x65)
const FALSE = Uint8Array.of(0x66, 0x61, 0x6c, 0x73, 0x65)
const NULL = Uint8Array.of(0x6e, 0x75, 0x6c, 0x6c)

function skipSpace(bytes: Uint8Array, from: number, end: number): number {
  let at = from
  if (bytes[at] > 0x20) return at
  while (at < end && bytes[at] <= 0x20 && (bytes[at] === 0x20 || (bytes[at] >= 9 && bytes[at] <= 13))) at++
  return at
}

/** Walks one JSON text. Also used for JSON inside strings, with `root` as the path of that string. */
export class PlainJson {
  private bytes: Uint8Array = new Uint8Array(0)
  private end = 0
  private leaves!: Leaves
  private paths!: Paths
  private keyView = new Views()
  private depth = 0
  private readonly boxes = new Int32Array(LIMITS.depth_max + 1)
  private readonly boxPaths = new Int32Array(LIMITS.depth_max + 1)
  private readonly isArray = new Uint8Array(LIMITS.depth_max + 1)
  /** Path of the last member of each open object; -1 before its first. */
  private readonly lastPaths = new Int32Array(LIMITS.depth_max + 1)
  /** Path and start of the member whose value is next. */
  private path = ROOT
  private member = -1

  /** Appends the leaves of the text in [start, end). Returns Step.record, Step.malformed or Step.too_deep. */
  walk(bytes: Uint8Array, start: number, end: number, leaves: Leaves, paths: Paths, root: number): number {
    this.bytes = bytes
    this.end = end
    this.leaves = leaves
    this.paths = paths
    this.depth = 0
    this.boxes[0] = -1
    this.path = root
    this.member = -1
    let at = start
    for (;;) {
      at = this.value(skipSpace(bytes, at, end))
      if (at < 0) return at
      // A box was opened and its first member is next, or a value has ended.
      if (this.member !== -2) {
        at = this.afterValue(at)
        if (at < 0) return at
        if (this.depth === 0) return at >= end ? Step.record : Step.malformed
      } else {
        at = this.firstMember(at)
        if (at < 0) return at
        if (this.depth === 0) return skipSpace(bytes, at, end) >= end ? Step.record : Step.malformed
      }
    }
  }

  /** Reads the value at `at`; returns where it ends. Opening a box sets `member` to -2 and returns its first byte. */
  private value(at: number): number {
    if (at >= this.end) return Step.malformed
    const bytes = this.bytes
    const byte = bytes[at]
    if (byte === QUOTE) return this.text(at)
    if (byte === OPEN_OBJECT || byte === OPEN_ARRAY) {
      if (this.depth >= LIMITS.depth_max) return Step.too_deep
      this.depth++
      this.boxes[this.depth] = at
      this.boxPaths[this.depth] = byte === OPEN_ARRAY ? this.paths.child(this.path, ELEMENT) : this.path
      this.isArray[this.depth] = byte === OPEN_ARRAY ? 1 : 0
      this.lastPaths[this.depth] = -1
      this.member = -2
      return at + 1
    }
    if ((byte >= 0x30 && byte <= 0x39) || byte === MINUS) {
      let stop = at + 1
      while (stop < this.end && IN_NUMBER[bytes[stop]] === 1) stop++
      if (byte === MINUS && stop === at + 1) return Step.malformed
      const silence = this.paths.silence[this.path]
      if (silence === 2 || (silence === 1 && stop - at < this.paths.digitsMin)) return stop
      this.leaves.add(at, stop, this.path, Kind.number, at, this.member, this.boxes[this.depth])
      return stop
    }
    const literal = byte === 0x74 ? TRUE : byte === 0x66 ? FALSE : NULL
    if (at + literal.length > this.end) return Step.malformed
    for (let i = 0; i < literal.length; i++) if (bytes[at + i] !== literal[i]) return Step.malformed
    return at + literal.length
  }

  private text(at: number): number {
    const stop = this.stringEnd(at + 1)
    if (stop < 0) return Step.malformed
    if (this.paths.silence[this.path] === 2) return stop + 1
    const leaf = this.leaves.add(at + 1, stop, this.path, Kind.text, at, this.member, this.boxes[this.depth])
    if (this.sawEscape) this.leaves.markEscaped(leaf)
    return stop + 1
  }

  private sawEscape = false

  /** Offset of the closing quote, or -1. */
  private stringEnd(from: number): number {
    const bytes = this.bytes
    const end = this.end
    this.sawEscape = false
    let at = from
    while (at < end) {
      const byte = bytes[at]
      if (byte === QUOTE) return at
      if (byte === BACKSLASH) {
        this.sawEscape = true
        at++
      }
      at++
    }
    return -1
  }

  private firstMember(from: number): number {
    const at = skipSpace(this.bytes, from, this.end)
    const close = this.isArray[this.depth] === 1 ? CLOSE_ARRAY : CLOSE_OBJECT
    if (this.bytes[at] === close && at < this.end) {
      this.depth--
      this.member = -1
      return this.depth === 0 ? at + 1 : this.afterValue(at + 1)
    }
    return this.nextMember(at)
  }

  /** Closes the boxes that end here; then stands at the next member's value, or behind the whole text. */
  private afterValue(from: number): number {
    let at = from
    for (;;) {
      at = skipSpace(this.bytes, at, this.end)
      if (this.depth === 0) return at
      if (at >= this.end) return Step.malformed
      const byte = this.bytes[at]
      if (byte === COMMA) return this.nextMember(skipSpace(this.bytes, at + 1, this.end))
      if (byte !== (this.isArray[this.depth] === 1 ? CLOSE_ARRAY : CLOSE_OBJECT)) return Step.malformed
      this.depth--
      at++
    }
  }

  /** Stands at the member at `at`; in an object, reads its key and returns where the value begins. */
  private nextMember(at: number): number {
    this.member = at
    const { depth } = this
    if (this.isArray[depth] === 1) {
      this.path = this.boxPaths[depth]
      return at
    }
    if (at >= this.end || this.bytes[at] !== QUOTE) return Step.malformed
    const stop = this.key(at + 1, depth)
    if (stop < 0) return Step.malformed
    const colon = skipSpace(this.bytes, stop + 1, this.end)
    if (colon >= this.end || this.bytes[colon] !== COLON) return Step.malformed
    return colon + 1
  }

  /** Reads the key that begins at `start`, sets the path, and returns the offset of its closing quote, or -1. */
  private key(start: number, depth: number): number {
    const { paths, bytes } = this
    const box = this.boxPaths[depth]
    const last = this.lastPaths[depth]
    const guess = last < 0 ? paths.first[box] : paths.next[last]
    const length = guess > 0 ? paths.isKeyAt(guess, bytes, start, this.end) : -1
    let stop = start + length
    let isEscaped = false
    let path = guess
    if (length < 0 || bytes[stop] !== QUOTE) {
      stop = this.stringEnd(start)
      if (stop < 0) return -1
      isEscaped = this.sawEscape
      path = paths.child(box, isEscaped ? this.escapedKey(start, stop) : paths.keyOf(bytes, start, stop))
      if (last < 0) paths.first[box] = path
      else paths.next[last] = path
    }
    this.path = path
    this.lastPaths[depth] = path
    if (paths.cleanKeys[paths.key[path]] === 0) {
      const leaf = this.leaves.add(start, stop, path, Kind.key, start - 1, start - 1, this.boxes[depth])
      if (isEscaped) this.leaves.markEscaped(leaf)
    }
    return stop
  }

  private escapedKey(start: number, end: number): number {
    this.keyView.clear()
    const first = this.keyView.decodeJson(this.bytes, start, end, false)
    return this.paths.keyOf(this.keyView.bytes, first, this.keyView.used - 1)
  }
}
