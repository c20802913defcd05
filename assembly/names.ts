// Whose a record is, told by the values at the few places where names stand: the same values in the same order make the
// same node of a tree. JavaScript says once what a node means (src/worker/quiet.ts); here its records are only counted.
import { same, zeros } from './memory'

/** Names that are known; longer ones are not kept. */
const NAMES_MAX: u32 = 4096
const NAME_BYTES_MAX: u32 = 128
/** Nodes of the tree; each list of names that was met has one, and so has each of its beginnings. */
const NODES_MAX: u32 = 8192

/** A name that is not known, or a node. */
export const NONE: u32 = 0xffffffff

/** Row of a name: path, address, length. */
const names: usize = zeros((<usize>NAMES_MAX) << 4)
let nameCount: u32 = 0
/** By hash: a name's number and one, 0 in a free slot. */
const nameSlots: usize = zeros((<usize>NAMES_MAX) << 3)
const NAME_SLOTS: u32 = NAMES_MAX * 2

/** Row of a node: the one above it, the name, whether it is known, records since they were asked for. */
const nodes: usize = zeros((<usize>NODES_MAX) << 4)
const NAME: usize = 4
const KNOWN: usize = 8
const RECORDS: usize = 12
let nodeCount: u32 = 0
const nodeSlots: usize = zeros((<usize>NODES_MAX) << 3)
const NODE_SLOTS: u32 = NODES_MAX * 2

/** Nodes with records, in the order in which they got some. */
const counted: usize = zeros((<usize>NODES_MAX) << 2)
let countedCount: u32 = 0

function rowOf(node: u32): usize {
  return nodes + ((<usize>node) << 4)
}

/** A node with no names: what is around the records is JavaScript's. NONE when there are too many. */
export function newRoot(): u32 {
  return newNode(NONE, NONE)
}

/** From now on records with these names are counted. */
export function setKnown(node: u32): void {
  store<u32>(rowOf(node) + KNOWN, 1)
}

/** False when names are better forgotten: they may be others by now. */
export function hasRoomForNames(): bool {
  return nameCount < NAMES_MAX >> 1 && nodeCount < NODES_MAX >> 1
}

/** Forgets all names. */
export function forgetNames(): void {
  for (let i: u32 = 0; i < nameCount; i++) heap.free(load<u32>(names + ((<usize>i) << 4) + 4))
  memory.fill(nameSlots, 0, (<usize>NAME_SLOTS) << 2)
  memory.fill(nodeSlots, 0, (<usize>NODE_SLOTS) << 2)
  nameCount = 0
  nodeCount = 0
  countedCount = 0
}

/** Counts a record of the node; false when JavaScript does not know it yet. */
export function count(node: u32): bool {
  const row = rowOf(node)
  if (load<u32>(row + KNOWN) === 0) return false
  const records = load<u32>(row + RECORDS)
  if (records === 0) {
    store<u32>(counted + ((<usize>countedCount) << 2), node)
    countedCount++
  }
  store<u32>(row + RECORDS, records + 1)
  return true
}

export function countedNodes(): u32 {
  return countedCount
}

export function countedAt(place: u32): u32 {
  return load<u32>(counted + ((<usize>place) << 2))
}

/** Records of a node since it was asked last. */
export function takeCount(node: u32): u32 {
  const row = rowOf(node)
  const records = load<u32>(row + RECORDS)
  store<u32>(row + RECORDS, 0)
  return records
}

export function endCounts(): void {
  countedCount = 0
}

/** The node behind `node` for the name [start, end) at `path`; NONE when it is not known, or `makes` one. */
export function nodeBehind(node: u32, path: u32, start: usize, end: usize, makes: bool): u32 {
  if (node === NONE || end === start || end - start > NAME_BYTES_MAX) return NONE
  const name = nameOf(path, start, <u32>(end - start), makes)
  if (name === NONE) return NONE
  let slot = mixed(((<u64>node) << 32) | name) & (NODE_SLOTS - 1)
  while (true) {
    const found = load<u32>(nodeSlots + ((<usize>slot) << 2))
    if (found === 0) break
    const row = rowOf(found - 1)
    if (load<u32>(row) === node && load<u32>(row + NAME) === name) return found - 1
    slot = (slot + 1) & (NODE_SLOTS - 1)
  }
  if (!makes) return NONE
  const made = newNode(node, name)
  if (made !== NONE) store<u32>(nodeSlots + ((<usize>slot) << 2), made + 1)
  return made
}

/** A path with this bit names how many addresses are counted there. */
const COUNTED: u32 = 1 << 31
/** Each count as a name of one byte. */
const counts: usize = zeros(256 + 16)
for (let i: u32 = 0; i < 256; i++) store<u8>(counts + i, <u8>i)

/** The same for so many addresses, up to 255, that are counted at `path`. */
export function nodeBehindCounted(node: u32, path: u32, addresses: u32, makes: bool): u32 {
  return nodeBehind(node, path | COUNTED, counts + addresses, counts + addresses + 1, makes)
}

function newNode(above: u32, name: u32): u32 {
  if (nodeCount === NODES_MAX) return NONE
  const row = rowOf(nodeCount)
  store<u32>(row, above)
  store<u32>(row + NAME, name)
  store<u64>(row + KNOWN, 0)
  return nodeCount++
}

function nameOf(path: u32, start: usize, length: u32, makes: bool): u32 {
  let slot = slotOf(path, start, length)
  while (true) {
    const found = load<u32>(nameSlots + ((<usize>slot) << 2))
    if (found === 0) break
    const row = names + ((<usize>(found - 1)) << 4)
    if (load<u32>(row) === path && load<u32>(row + 8) === length && same(load<u32>(row + 4), start, length)) {
      return found - 1
    }
    slot = (slot + 1) & (NAME_SLOTS - 1)
  }
  if (!makes || nameCount === NAMES_MAX) return NONE
  const at = heap.alloc(<usize>length + 16)
  memory.copy(at, start, length)
  const row = names + ((<usize>nameCount) << 4)
  store<u32>(row, path)
  store<u32>(row + 4, <u32>at)
  store<u32>(row + 8, length)
  nameCount++
  store<u32>(nameSlots + ((<usize>slot) << 2), nameCount)
  return nameCount - 1
}

/** By the path, the length, and the first and last eight bytes: names that are kept are few. */
function slotOf(path: u32, start: usize, length: u32): u32 {
  let told = load<u64>(start)
  if (length < 8) told &= ((<u64>1) << (length << 3)) - 1
  else told ^= rotl<u64>(load<u64>(start + length - 8), 29)
  return mixed(told ^ (((<u64>path) << 32) | length)) & (NAME_SLOTS - 1)
}

function mixed(told: u64): u32 {
  const product = (told ^ (told >> 32)) * 0x9e3779b97f4a7
  return <u32>(product >> 40)
}
