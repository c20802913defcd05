// Owns what walkers must know of a place in records at each key and value, one cache line a path: its name, what comes
// behind it, what need not be reported. Ids and policies are JavaScript's (src/core/paths.ts), which is asked once.
import { same, zeros } from './memory'

/** How a key is to be read: as it stands, with JSON escapes, or as one too long to be named. */
const PLAIN_KEY: u32 = 0
const ESCAPED_KEY: u32 = 1
const LONG_KEY: u32 = 2

/**
 * Asks JavaScript for the path of the key at [start, end) of the map at the path `box`. The answer's low 28 bits are
 * the path, the next two its silence, the next one says that the key is clean, and the last one that it is not named.
 */
declare function child_of(box: u32, start: usize, end: usize, how: u32): u32
/** The same for the elements of the array at the path `box`. */
declare function element_of(box: u32): u32

const PATH_BITS: u32 = 28
const PATH_MASK: u32 = (1 << PATH_BITS) - 1
const IS_KEY_CLEAN: u32 = 1 << 30
/** The record has too many new keys: this one is not remembered. */
const NOT_NAMED: u32 = 1 << 31

/** Layout of a row; a path of 0 is none. */
const ROW_BYTES: usize = 48
const NEXT: usize = 0
const FIRST: usize = 4
/** Address of the name, which a quote follows, and its length; address 0 for names that are not kept. */
const NAME: usize = 8
const LENGTH: usize = 12
/** The last value in which nothing can be found: address and length, 0 for none. */
const CLEAN: usize = 16
const CLEAN_LENGTH: usize = 20
const SILENCE: usize = 24
const KEY_CLEAN: usize = 25
/** 1 when the name stands in JSON as it is. */
const IS_PLAIN: usize = 26
const BOX: usize = 28
const ELEMENT: usize = 32

/** Longer keys are not named (LIMITS.key_intern_bytes_max). */
const NAME_BYTES_MAX: usize = 128

let room: u32 = 1024
let rows: usize = zeros(<usize>room * ROW_BYTES)
let used: u32 = 1

/** Paths by box and name; 0 in a free slot. */
let slotCount: u32 = 4096
let slots: usize = zeros((<usize>slotCount) << 2)
let named: u32 = 0
let salt: u64 = 1

/** `seed` is drawn anew for each worker, so that nobody can write keys that all hash alike. */
export function seedPaths(seed: u64): void {
  salt = seed | 1
}

function rowOf(path: u32): usize {
  return rows + <usize>path * ROW_BYTES
}

function slotAt(slot: u32): usize {
  return slots + ((<usize>slot) << 2)
}

function makeRow(path: u32): void {
  if (path >= used) used = path + 1
  if (path < room) return
  const bigger = max<u32>(path + 1, room * 2)
  const at = zeros(<usize>bigger * ROW_BYTES)
  memory.copy(at, rows, <usize>room * ROW_BYTES)
  heap.free(rows)
  rows = at
  room = bigger
}

/** 0: report all values, 1: those in which something may be found, 2: none, 3: all, which are names. */
export function setSilence(path: u32, level: u32): void {
  makeRow(path)
  store<u8>(rowOf(path) + SILENCE, <u8>level)
  if (level === 2) silences = true
}

let silences: bool = false

/** True when there are paths of which no value is reported. */
export function hasSilent(): bool {
  return silences
}

/** The key of this path need not be reported. */
export function setKeyClean(path: u32): void {
  makeRow(path)
  store<u8>(rowOf(path) + KEY_CLEAN, 1)
}

export function silenceOf(path: u32): u32 {
  return load<u8>(rowOf(path) + SILENCE)
}

export function isKeyClean(path: u32): bool {
  return load<u8>(rowOf(path) + KEY_CLEAN) !== 0
}

/** The path that came behind `last` in its map the last time, or first in the map `box` when `last` is -1. */
export function guessOf(box: u32, last: i32): u32 {
  return last < 0 ? load<u32>(rowOf(box) + FIRST) : load<u32>(rowOf(last) + NEXT)
}

export function setGuess(box: u32, last: i32, path: u32): void {
  if (last < 0) store<u32>(rowOf(box) + FIRST, path)
  else store<u32>(rowOf(last) + NEXT, path)
}

/** Length of the name of `path` when it stands at `at` as JSON writes it, with its closing quote; else -1. */
export function plainNameAt(path: u32, at: usize, end: usize): i32 {
  const row = rowOf(path)
  const length = load<u32>(row + LENGTH)
  if (load<u8>(row + IS_PLAIN) === 0 || at + length >= end) return -1
  return same(load<u32>(row + NAME), at, length + 1) ? length : -1
}

export function isName(path: u32, at: usize, length: u32): bool {
  const row = rowOf(path)
  return load<u32>(row + LENGTH) === length && load<u32>(row + NAME) !== 0 && same(load<u32>(row + NAME), at, length)
}

/** The path of the key [start, end) in `box`. What is escaped or long is asked for each time. */
export function child(box: u32, start: usize, end: usize, isEscaped: bool): u32 {
  const length = end - start
  if (isEscaped) return known(child_of(box, start, end, ESCAPED_KEY))
  if (length > NAME_BYTES_MAX) return known(child_of(box, start, end, LONG_KEY))
  let slot = hash(box, start, length) & (slotCount - 1)
  while (true) {
    const path = load<u32>(slotAt(slot))
    if (path === 0) break
    if (load<u32>(rowOf(path) + BOX) === box && isName(path, start, <u32>length)) return path
    slot = (slot + 1) & (slotCount - 1)
  }
  const answer = child_of(box, start, end, PLAIN_KEY)
  const path = known(answer)
  if ((answer & NOT_NAMED) === 0) keepName(path, box, start, length)
  return path
}

/** The path of a key that is no text. */
export function longKey(box: u32, at: usize): u32 {
  return known(child_of(box, at, at, LONG_KEY))
}

export function element(box: u32): u32 {
  const path = load<u32>(rowOf(box) + ELEMENT)
  if (path !== 0) return path
  const made = known(element_of(box))
  store<u32>(rowOf(box) + ELEMENT, made)
  return made
}

/** True when JavaScript was asked: what it made anew may not be told of as known. */
let asked: bool = false

export function forgetAsked(): void {
  asked = false
}

export function hasAsked(): bool {
  return asked
}

/** Notes what an answer says, and returns the path. */
function known(answer: u32): u32 {
  asked = true
  const path = answer & PATH_MASK
  setSilence(path, (answer >> PATH_BITS) & 3)
  if ((answer & IS_KEY_CLEAN) !== 0) store<u8>(rowOf(path) + KEY_CLEAN, 1)
  return path
}

function keepName(path: u32, box: u32, start: usize, length: usize): void {
  const row = rowOf(path)
  // An escaped spelling may have come first: the path is known, its name is not.
  const at = heap.alloc(length + 32)
  memory.copy(at, start, length)
  store<u8>(at + length, 0x22)
  let isPlain: u8 = 1
  for (let i: usize = 0; i < length; i++) {
    const byte = load<u8>(at + i)
    if (byte === 0x22 || byte === 0x5c) isPlain = 0
  }
  store<u32>(row + NAME, <u32>at)
  store<u32>(row + LENGTH, <u32>length)
  store<u8>(row + IS_PLAIN, isPlain)
  store<u32>(row + BOX, box)
  named++
  if (named * 2 > slotCount) rehash()
  insert(path)
}

function insert(path: u32): void {
  const row = rowOf(path)
  let slot = hash(load<u32>(row + BOX), load<u32>(row + NAME), load<u32>(row + LENGTH)) & (slotCount - 1)
  while (load<u32>(slotAt(slot)) !== 0) slot = (slot + 1) & (slotCount - 1)
  store<u32>(slotAt(slot), path)
}

function rehash(): void {
  const old = slots
  const count = slotCount
  slotCount = count * 2
  slots = zeros((<usize>slotCount) << 2)
  for (let slot: u32 = 0; slot < count; slot++) {
    const path = load<u32>(old + ((<usize>slot) << 2))
    if (path !== 0) insert(path)
  }
  heap.free(old)
}

function hash(box: u32, start: usize, length: usize): u32 {
  let sum = (<u64>box ^ ((<u64>length) << 32)) * salt
  let left: i32 = <i32>length
  let at = start
  while (left > 0) {
    let word = load<u64>(at)
    if (left < 8) word &= ((<u64>1) << (left << 3)) - 1
    sum = (sum ^ word) * salt
    sum ^= sum >> 32
    at += 8
    left -= 8
  }
  return <u32>(sum ^ (sum >> 29))
}

/** Forgets the clean values: they lie in a batch that is over. */
export function forgetValues(): void {
  for (let path: u32 = 0; path < used; path++) store<u32>(rowOf(path) + CLEAN_LENGTH, 0)
}

export function setClean(path: u32, start: usize, length: u32): void {
  const row = rowOf(path)
  store<u32>(row + CLEAN, <u32>start)
  store<u32>(row + CLEAN_LENGTH, length)
}

/** Length of the clean value of `path` when its bytes stand at `at`, else 0. */
export function cleanAt(path: u32, at: usize, end: usize): u32 {
  const row = rowOf(path)
  const length = load<u32>(row + CLEAN_LENGTH)
  if (length === 0 || at + length > end) return 0
  return same(load<u32>(row + CLEAN), at, length) ? length : 0
}
