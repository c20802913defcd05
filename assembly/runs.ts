// Runs of records in which nothing is found: they are walked and counted here, one after the other, and JavaScript
// hears of the first one in which something may be. The leaves of that one are left for it, so that nothing is walked
// twice.
import { dropFound, foundCount, foundEnd, foundPath, foundStart } from './found'
import { lookAt, walkJson } from './json'
import { addLeaf, COUNTED_SHIFT, leafCount, leafRows, resetLeaves, SILENCE_SHIFT, TEXT, textFlags } from './leaves'
import { RECORD, zeros } from './memory'
import { recordOf, walkedTo, walkMsgpack } from './msgpack'
import { count, countedNodes, NONE, nodeBehind, nodeBehindCounted } from './names'
import { occursAgain } from './occurrences'
import { forgetAsked, hasAsked, hasSilent } from './paths'

/** Flags of leaves at paths where names may stand, and of which the policy says nothing else. */
const NAMED: u32 = textFlags(false, 3, 0)
/** A line of text is the value of its record. */
const LINE: u32 = 0

/** What JavaScript reads behind a run: three words. */
const state: usize = zeros(12)
/** What the walk of the record behind the run said; 0 when it was not walked. */
const STEP: usize = 0
/** Where its value begins. */
const START: usize = 4
/** Nodes of which records were counted. */
const COUNTED: usize = 8

export function runState(): usize {
  return state
}

function endRun(step: i32, start: u32): void {
  store<i32>(state + STEP, step)
  store<u32>(state + START, start)
  store<u32>(state + COUNTED, countedNodes())
}

/** Before each record. */
export function beginRecord(): void {
  resetLeaves()
  dropFound(0)
}

/**
 * True when the record [start, end) that was walked last has nothing but names and addresses to count, and JavaScript
 * knows what they mean.
 */
function isCounted(step: i32, base: usize, root: u32, start: usize, end: usize): bool {
  if (step !== RECORD || hasAsked()) return false
  const node = nodeOfLeaves(base, root, false)
  return node !== NONE && !hasEcho(start, end) && count(node)
}

/** True when an address may be an id of the record, too, which is nothing to count (src/worker/echoes.ts). */
function hasEcho(start: usize, end: usize): bool {
  if (!hasSilent()) return false
  for (let i: u32 = 0; i < foundCount(); i++) {
    if (occursAgain(start, end, foundStart(i), foundEnd(i))) return true
  }
  return false
}

/**
 * The node of the names that the last walk reported, and of how many addresses it counted where; NONE when one of its
 * leaves is something else, or there is no such node yet, unless it `makes` one.
 */
export function nodeOfLeaves(base: usize, root: u32, makes: bool): u32 {
  const leaves = leafCount()
  const first = leafRows()
  let node = root
  let place: u32 = 0
  for (let i: u32 = 0; i < leaves && node !== NONE; i++) {
    const row = first + ((<usize>i) << 5)
    const path = load<u32>(row + 8)
    const flags = load<u32>(row + 16)
    const counted = flags >> COUNTED_SHIFT
    if (load<u32>(row + 12) !== TEXT) return NONE
    if (flags === NAMED) node = nodeBehind(node, path, base + load<u32>(row), base + load<u32>(row + 4), makes)
    else if (counted === 0 || ((flags >> SILENCE_SHIFT) & 3) !== 1) return NONE
    else {
      node = nodeOfFound(node, place, place + counted, makes)
      place += counted
    }
  }
  return node
}

/** The node behind `node` for the addresses from number `first` to `last`: how many at which path. */
function nodeOfFound(node: u32, first: u32, last: u32, makes: bool): u32 {
  let at = first
  while (at < last && node !== NONE) {
    const path = foundPath(at)
    let next = at + 1
    while (next < last && foundPath(next) === path) next++
    node = nodeBehindCounted(node, path, next - at, makes)
    at = next
  }
  return node
}

/**
 * Walks the lines whose ends, as offsets from `base`, are listed at `ends`: from number `first` on, at most to `count`.
 * Returns the number of the first one that is not counted.
 */
export function runJson(base: usize, ends: usize, first: u32, frames: u32, root: u32): u32 {
  forgetAsked()
  for (let frame = first; frame < frames; frame++) {
    const start = base + startOf(ends, frame)
    const end = base + load<u32>(ends + ((<usize>frame) << 2))
    if (isBlank(start, end)) continue
    beginRecord()
    const step = walkJson(base, start, end, 0, true)
    if (isCounted(step, base, root, start, end)) continue
    endRun(step, <u32>(start - base))
    return frame
  }
  endRun(0, 0)
  return frames
}

/** The same for lines of text. */
export function runText(base: usize, ends: usize, first: u32, frames: u32, root: u32): u32 {
  forgetAsked()
  for (let frame = first; frame < frames; frame++) {
    const start = base + startOf(ends, frame)
    let end = base + load<u32>(ends + ((<usize>frame) << 2))
    if (end > start && load<u8>(end - 1) === 0x0a) end--
    if (end > start && load<u8>(end - 1) === 0x0d) end--
    if (end === start) continue
    beginRecord()
    const seen = lookAt(LINE, start, end, false, true)
    const node = seen < 0 ? NONE : nodeOfFound(root, 0, seen, false)
    if (node !== NONE && count(node)) continue
    if (seen !== 0) addLeaf(base, start, end, LINE, TEXT, textFlags(false, 1, seen), start, start, 0)
    endRun(RECORD, <u32>(start - base))
    return frame
  }
  endRun(0, 0)
  return frames
}

/** Walks the events of a chunk, as offsets from `base`; returns where the first one begins that is not counted. */
export function runEvents(base: usize, from: u32, to: u32, root: u32): u32 {
  forgetAsked()
  const end = base + to
  let at = base + from
  while (at < end) {
    const value = recordOf(at, end)
    if (value === 0) break
    beginRecord()
    const step = walkMsgpack(base, value, end, 0)
    if (!isCounted(step, base, root, value, base + walkedTo(base))) {
      endRun(step, <u32>(value - base))
      return <u32>(at - base)
    }
    at = base + walkedTo(base)
  }
  endRun(0, 0)
  return <u32>(at - base)
}

function startOf(ends: usize, frame: u32): u32 {
  return frame === 0 ? 0 : load<u32>(ends + ((<usize>(frame - 1)) << 2))
}

function isBlank(start: usize, end: usize): bool {
  let at = start
  while (at < end) {
    const byte: u32 = load<u8>(at)
    if (byte !== 0x20 && byte - 9 > 4) return false
    at++
  }
  return true
}
