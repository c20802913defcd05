// The walkers of JSON and msgpack, which are WebAssembly (assembly/): their memory and their answers, for the names of
// one Paths. They see a copy of the batch; offsets are those of the batch itself.
import { Kind, type Leaves } from '../core/leaves.ts'
import { LIMITS } from '../core/limits.ts'
import { ELEMENT, LONG_KEY, type Paths, ROOT } from '../core/paths.ts'
import { type KnownAnchors, loadAnchors } from './load_anchors.ts'
import { Views } from './views.ts'
import { newWalks, type Walks } from './walks.ts'

/** Ends of anchors (classifier/scan.ts). */
export interface AnchorEnds {
  count: number
  add(at: number, end: number): void
}

/** Words of one leaf in the list. */
const ROW = 8
/** Shorter texts are scanned where they are. */
const COPIED_BYTES_MIN = 64
/** How a key is to be read. */
const ESCAPED_KEY = 1
const LONG = 2
const SILENCE_SHIFT = 28
const KEY_CLEAN = 0x40000000
const NOT_NAMED = 0x80000000
/** The walkers have no room for more names. */
export const NO_NODE = -1

export class Walker {
  private readonly paths: Paths
  private readonly walks: Walks
  /** All of the memory; made anew when that has grown. */
  private words = new Int32Array(0)
  private readonly keyView = new Views()
  /** The batch that is in the memory. */
  private batch: Uint8Array | undefined
  private batchNumber = -1
  private batchAt = 0
  private showsAll = false
  /** More names than these are not learned in one walk. */
  private keysMax = 0
  private filters = false
  /** The highest path that JavaScript named. */
  private lastRoot = 0
  /** All of the memory, as bytes. */
  private octets: Uint8Array = new Uint8Array(0)
  /** Where the record begins that was walked behind a run, and what its walk said; its leaves are still to be taken. */
  private readyAt = -1
  private readyStep = 0
  /** The last walk was that of a record of the batch. */
  private hasRecord = false
  /** Where in the words the walkers say how a run went, and the nodes of which it counted records. */
  private readonly stateAt: number
  private counted = 0
  /** The list of ends that is in the memory, and where. */
  private ends: Uint32Array | undefined
  private endsAt = 0

  constructor(paths: Paths) {
    this.paths = paths
    this.walks = newWalks({
      child_of: (box, start, end, how) => this.child(box, start, end, how),
      element_of: (box) => this.answer(paths.child(box, ELEMENT)),
    })
    this.stateAt = this.walks.runState() >> 2
    this.walks.seedPaths(BigInt(Math.floor(Math.random() * 2 ** 52)))
  }

  /**
   * Sets the automata, and what is known of candidates. With `filters`, texts in which nothing can be found are not
   * reported, where the policy says nothing else of their path.
   */
  anchors(known: KnownAnchors, filters: boolean): void {
    const { walks } = this
    loadAnchors(walks, known)
    this.filters = filters
    walks.setFilter(filters ? 1 : 0)
  }

  /** With `isOn`, IPv4 addresses are counted in runs and not shown. */
  countAddresses(isOn: boolean): void {
    this.walks.setCounting(isOn ? 1 : 0)
  }

  /** Notes in `ends` where anchors end in [start, end). False for a text that is not worth to be copied for it. */
  scan(bytes: Uint8Array, start: number, end: number, ends: AnchorEnds): boolean {
    const isLoaded = this.isLoaded(bytes)
    if (!isLoaded && end - start < COPIED_BYTES_MIN) return false
    const { walks } = this
    const ahead = isLoaded ? this.batchAt : this.loadText(bytes, start, end)
    const count = isLoaded ? walks.scanText(ahead + start, ahead + end) : walks.scanAnew(ahead + start, ahead + end)
    ends.count = 0
    if (count === 0) return true
    if (this.words.length === 0) this.words = new Int32Array(walks.memory.buffer)
    const { words } = this
    let at = walks.hitRows() >> 2
    for (let i = 0; i < count; i++, at += 2) ends.add(words[at] - ahead, words[at + 1])
    return true
  }

  /** Appends the leaves of the JSON text [start, end) of the batch, or of other bytes, and says how it went. */
  json(bytes: Uint8Array, start: number, end: number, leaves: Leaves, root: number, isOfBatch: boolean): number {
    if (isOfBatch) this.load(bytes)
    const isLoaded = this.isLoaded(bytes)
    this.hasRecord = isLoaded && root === ROOT
    let step = this.hasRecord ? this.ready(start) : 0
    if (step === 0) {
      const ahead = isLoaded ? this.batchAt : this.loadText(bytes, start, end)
      this.reset()
      this.makeRoot(root)
      step = this.walks.walkJson(ahead, ahead + start, ahead + end, root, isLoaded ? 1 : 0)
    }
    this.take(leaves)
    return step
  }

  /** The same for the msgpack value at `start` of the batch; `walkedTo` tells where it ends. */
  msgpack(bytes: Uint8Array, start: number, end: number, leaves: Leaves, root: number): number {
    this.load(bytes)
    const ahead = this.batchAt
    this.hasRecord = root === ROOT
    let step = this.hasRecord ? this.ready(start) : 0
    if (step === 0) {
      this.reset()
      this.makeRoot(root)
      step = this.walks.walkMsgpack(ahead, ahead + start, ahead + end, root)
    }
    this.take(leaves)
    return step
  }

  /** True when nothing can be found in the text [start, end) of the batch, which stands at `path`. */
  isQuiet(bytes: Uint8Array, start: number, end: number, path: number): boolean {
    if (this.paths.silence[path] !== 1) return false
    this.load(bytes)
    this.hasRecord = path === ROOT && this.ready(start) !== 0
    if (this.hasRecord) return false
    this.showAsTold()
    this.makeRoot(path)
    return this.walks.lookAt(path, this.batchAt + start, this.batchAt + end, 0, 1) === 0
  }

  /**
   * Remembers that nothing can be found in the text [start, end) of the batch, whatever it is a part of. False when the
   * batch is not one that these walkers walk.
   */
  wasClean(batch: Uint8Array, path: number, start: number, end: number): boolean {
    if (!this.isLoaded(batch)) return false
    this.makeRoot(path)
    this.walks.wasClean(path, this.batchAt + start, this.batchAt + end)
    return true
  }

  /** False when no base64 that decodes to text is in [start, end) of the batch. */
  mayHaveBase64(bytes: Uint8Array, start: number, end: number): boolean {
    return !this.isLoaded(bytes) || this.walks.mayHaveBase64InBatch(this.batchAt + start, this.batchAt + end) === 1
  }

  /** True when the bytes [start, end) of the batch stand at another place, too, in its part [from, to). */
  occursAgain(bytes: Uint8Array, from: number, to: number, start: number, end: number): boolean {
    this.load(bytes)
    const { batchAt } = this
    return this.walks.occursAgain(batchAt + from, batchAt + to, batchAt + start, batchAt + end) === 1
  }

  /**
   * Walks frames of JSON or lines of text from number `first` on, as long as nothing can be found in them and their
   * names, behind the node `root`, are known; returns the number of the first one of which that is not so.
   */
  runLines(isJson: boolean, bytes: Uint8Array, ends: Uint32Array, first: number, root: number): number {
    if (!isJson && this.paths.silence[ROOT] !== 1) return first
    this.beginRun(bytes)
    if (this.ends !== ends) {
      this.endsAt = this.walks.endsRoom(ends.length)
      new Uint32Array(this.walks.memory.buffer, this.endsAt, ends.length).set(ends)
      this.ends = ends
    }
    const run = isJson ? this.walks.runJson : this.walks.runText
    const stopped = run(this.batchAt, this.endsAt, first, ends.length, root)
    this.endRun()
    return stopped
  }

  /** The same for events of forward in [from, to) of the batch; returns where the first one begins. */
  runEvents(bytes: Uint8Array, from: number, to: number, root: number): number {
    this.beginRun(bytes)
    const stopped = this.walks.runEvents(this.batchAt, from, to, root)
    this.endRun()
    return stopped
  }

  /** The beginning of a list of names, known at once; NO_NODE when there are too many. */
  newRoot(): number {
    const node = this.walks.newRoot() | 0
    if (node !== NO_NODE) this.walks.setKnown(node)
    return node
  }

  /**
   * The node of the leaves of the record that was walked last, from now on known. NO_NODE when not all of its `count`
   * leaves are names or texts with addresses to count, `found` of them, or other texts were walked since.
   */
  learnNames(root: number, count: number, found: number): number {
    const { walks } = this
    if (!this.hasRecord || walks.leafCount() !== count || walks.foundCount() !== found) return NO_NODE
    const node = walks.nodeOfLeaves(this.batchAt, root, 1) | 0
    if (node !== NO_NODE) walks.setKnown(node)
    return node
  }

  /** False when names are better forgotten: there are so many that they are not the same for long. */
  get hasRoomForNames(): boolean {
    return this.walks.hasRoomForNames() === 1
  }

  forgetNames(): void {
    this.walks.forgetNames()
  }

  /** Tells how many records of each node were counted since it was asked last. */
  takeCounts(take: (node: number, records: number) => void): void {
    const { walks, counted } = this
    if (counted === 0) return
    for (let i = 0; i < counted; i++) {
      const node = walks.countedAt(i)
      take(node, walks.takeCount(node))
    }
    walks.endCounts()
    this.counted = 0
  }

  private beginRun(bytes: Uint8Array): void {
    this.load(bytes)
    this.keysMax = this.paths.keyCount + LIMITS.record_new_keys_max
    this.showAsTold()
  }

  private endRun(): void {
    if (this.words.length === 0) this.words = new Int32Array(this.walks.memory.buffer)
    const { words, stateAt } = this
    this.readyStep = words[stateAt]
    this.readyAt = words[stateAt] === 0 ? -1 : words[stateAt + 1]
    this.counted = words[stateAt + 2]
  }

  /** What the walk behind a run said, when it was that of the record at `start`; else 0. Nothing is ready any more. */
  private ready(start: number): number {
    const step = this.readyAt === start ? this.readyStep : 0
    this.readyAt = -1
    return step
  }

  get walkedTo(): number {
    return this.walks.walkedTo(this.batchAt)
  }

  private reset(): void {
    this.readyAt = -1
    this.walks.beginRecord()
    this.keysMax = this.paths.keyCount + LIMITS.record_new_keys_max
    this.showAsTold()
  }

  private showAsTold(): void {
    if (this.paths.showsAll === this.showsAll) return
    this.showsAll = this.paths.showsAll
    this.walks.setFilter(this.filters && !this.showsAll ? 1 : 0)
  }

  private isLoaded(bytes: Uint8Array): boolean {
    return bytes === this.batch && this.paths.batch === this.batchNumber
  }

  /** Paths that others have made are unknown to these walkers, which read what is behind their table then. */
  private makeRoot(root: number): void {
    if (root <= this.lastRoot) return
    this.lastRoot = root
    this.walks.setSilence(root, this.paths.silence[root])
  }

  /** Copies the batch into the memory, unless it is there. */
  private load(bytes: Uint8Array): void {
    if (this.isLoaded(bytes)) return
    this.readyAt = -1
    this.ends = undefined
    this.batchAt = this.walks.batchRoom(bytes.length)
    new Uint8Array(this.walks.memory.buffer, this.batchAt, bytes.length).set(bytes)
    this.walks.forgetValues()
    this.walks.forgetRepeats()
    this.walks.forgetText()
    this.walks.setDigitsMin(this.paths.digitsMin)
    this.batch = bytes
    this.batchNumber = this.paths.batch
  }

  /** Copies [start, end) into the memory; by how much addresses are ahead of offsets then. */
  private loadText(bytes: Uint8Array, start: number, end: number): number {
    const at = this.walks.textRoom(end - start)
    new Uint8Array(this.walks.memory.buffer, at, end - start).set(bytes.subarray(start, end))
    return at - start
  }

  /** Copies the leaves of the last walk, and tells the walkers what has become known of their paths since. */
  private take(leaves: Leaves): void {
    const { walks, paths } = this
    const count = walks.leafCount()
    if (count === 0) return
    if (this.words.length === 0) this.words = new Int32Array(walks.memory.buffer)
    const { words } = this
    let at = walks.leafRows() >> 2
    for (let i = 0; i < count; i++, at += ROW) {
      const path = words[at + 2]
      const kind = words[at + 3]
      const flags = words[at + 4]
      if (kind === Kind.key) {
        if (paths.cleanKeys[paths.key[path]] === 1) {
          walks.setKeyClean(path)
          continue
        }
      } else if (paths.silence[path] !== ((flags >> 1) & 3)) {
        walks.setSilence(path, paths.silence[path])
        if (paths.silence[path] === 2) continue
      }
      const leaf = leaves.add(words[at], words[at + 1], path, kind, words[at + 5], words[at + 6], words[at + 7])
      if ((flags & 1) === 1) leaves.markEscaped(leaf)
    }
  }

  private child(box: number, start: number, end: number, how: number): number {
    const { paths, keyView } = this
    if (how === LONG) return this.answer(paths.child(box, LONG_KEY))
    // The record fails closed: what it is made of need not be known by name.
    if (paths.keyCount > this.keysMax) return this.answer(paths.child(box, LONG_KEY)) | NOT_NAMED
    if (this.octets.length === 0) this.octets = new Uint8Array(this.walks.memory.buffer)
    if (how !== ESCAPED_KEY) return this.answer(paths.child(box, paths.keyOf(this.octets, start, end)))
    keyView.clear()
    const first = keyView.decodeJson(this.octets, start, end, false)
    return this.answer(paths.child(box, paths.keyOf(keyView.bytes, first, keyView.used - 1)))
  }

  private answer(path: number): number {
    const { silence, cleanKeys, key } = this.paths
    return path | (silence[path] << SILENCE_SHIFT) | (cleanKeys[key[path]] === 1 ? KEY_CLEAN : 0)
  }
}

const walkers = new WeakMap<Paths, Walker>()

/** The walkers that speak in the numbers of `paths`. */
export function walkerOf(paths: Paths): Walker {
  let walker = walkers.get(paths)
  if (walker === undefined) {
    walker = new Walker(paths)
    walkers.set(paths, walker)
  }
  return walker
}
