// Runs of records in which nothing is found: they are walked and counted here, one after the other, and JavaScript
// hears of the first one in which something may be. The leaves of that one are left for it, so that nothing is walked
// twice.
import { isQuiet, walkJson } from './json'
import { leafCount, leafRows, resetLeaves, TEXT } from './leaves'
import { RECORD, zeros } from './memory'
import { recordOf, walkedTo, walkMsgpack } from './msgpack'
import { count, countedNodes, NONE, nodeBehind } from './names'
import { forgetAsked, hasAsked } from './paths'

/** Silence of paths where names may stand, and of which the policy says nothing else. */
const NAMED: u32 = 3

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

/** True when the record that was walked last has nothing but names of which JavaScript knows what they mean. */
function isCounted(step: i32, base: usize, root: u32): bool {
  if (step !== RECORD || hasAsked()) return false
  const node = nodeOfLeaves(base, root, false)
  return node !== NONE && count(node)
}

/** The node of the names that the last walk reported; NONE when one of its leaves is none, or `makes` one. */
export function nodeOfLeaves(base: usize, root: u32, makes: bool): u32 {
  const leaves = leafCount()
  const first = leafRows()
  let node = root
  for (let i: u32 = 0; i < leaves && node !== NONE; i++) {
    const row = first + ((<usize>i) << 5)
    // Text, not escaped, and a name.
    if (load<u32>(row + 12) !== TEXT || load<u32>(row + 16) !== NAMED << 1) return NONE
    node = nodeBehind(node, load<u32>(row + 8), base + load<u32>(row), base + load<u32>(row + 4), makes)
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
    resetLeaves()
    const step = walkJson(base, start, end, 0, true)
    if (isCounted(step, base, root)) continue
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
    if (isQuiet(0, start, end, false, true) && count(root)) continue
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
    resetLeaves()
    const step = walkMsgpack(base, value, end, 0)
    if (!isCounted(step, base, root)) {
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
