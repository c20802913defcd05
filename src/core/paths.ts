// Names for places in records: each key and each path gets a small number once, and the hot loop speaks in numbers.
import { grownBytes, grownInts } from './growable.ts'
import { LIMITS } from './limits.ts'

/** The path of a record itself. */
export const ROOT = 0
/** Key id of an array element. */
export const ELEMENT = 0
/** Key id of a key too long to be named. */
export const LONG_KEY = 1

const QUOTE = 0x22
const BACKSLASH = 0x5c

const decoder = new TextDecoder()

export class Paths {
  /** Number of paths known. */
  count = 1
  /** Parent path and last key of each path. */
  parent = new Int32Array(1024)
  key = new Int32Array(1024)

  /**
   * Records of one kind have their members in one order: for a box's path, the path of the member that came first last
   * time; for a member's path, the one that came behind it. 0 when there was none. Guesses only, see `isKeyAt`.
   */
  first = new Int32Array(1024)
  next = new Int32Array(1024)
  /**
   * 1 for a key in which no rule can find anything: walkers then do not report it as a leaf. The matcher sets it after
   * it has looked at the key once.
   */
  cleanKeys = new Uint8Array(1024)
  /**
   * What walkers need not report of the values at a path: 0 nothing, 1 numbers of fewer than `digitsMin` digits, 2 any
   * value, 3 nothing, as all may be names. Set by who knows the policy; a record that fails closed is walked again
   * with Paths that know nothing.
   */
  silence = new Uint8Array(1024)
  /**
   * The last value at a path in which nothing can be found: where it lies in the batch, and its length, 0 for none. A
   * walker that meets the same bytes there again need not report them. Only values without escapes.
   */
  cleanStart = new Int32Array(1024)
  cleanLength = new Int32Array(1024)
  digitsMin = 1
  /** True while walkers have to report also the texts in which nothing can be found. */
  showsAll = false
  /** Counts the batches: what is remembered by its place in a batch holds for that one. */
  batch = 0
  /** 1 for a key in which something sensitive was found: `report` does not name it. */
  private dirtyKeys = new Uint8Array(1024)
  /** What `report` said of paths, as long as no other key has become dirty. */
  private reports: (string | undefined)[] = []

  /** Made when somebody asks for them. */
  private readonly keyNames: (string | undefined)[] = ['[]', '*long*']
  private keyBytes = new Uint8Array(16384)
  private keyStart = new Int32Array(1024)
  private keyEnd = new Int32Array(1024)
  /** 1 for keys that stand in JSON as they are, without escapes. */
  private keyPlain = new Uint8Array(1024)
  private keySlots = new Int32Array(4096).fill(-1)
  private pathSlots = new Int32Array(4096).fill(-1)
  private keyBytesUsed = 0
  /** Odd and drawn anew, so that nobody can write keys that all hash alike and make the tables slow. */
  private readonly salt = (Math.floor(Math.random() * 0x40000000) << 1) | 1

  constructor() {
    this.parent[ROOT] = -1
    this.key[ROOT] = -1
  }

  get keyCount(): number {
    return this.keyNames.length
  }

  /** True when so many names are known that the owner must start with new Paths (between batches). */
  get full(): boolean {
    return this.count >= LIMITS.paths_max || this.keyNames.length >= LIMITS.paths_max
  }

  /** Id of the key with these bytes. */
  keyOf(bytes: Uint8Array, start: number, end: number): number {
    const length = end - start
    if (length > LIMITS.key_intern_bytes_max) return LONG_KEY
    const mask = this.keySlots.length - 1
    let slot = this.keyHash(bytes, start, end) & mask
    for (;;) {
      const id = this.keySlots[slot]
      if (id < 0) return this.addKey(bytes, start, end, slot)
      if (this.sameKey(id, bytes, start, length)) return id
      slot = (slot + 1) & mask
    }
  }

  /** Forgets the clean values: they lie in a batch that is over. */
  forgetValues(): void {
    this.batch++
    this.cleanLength.fill(0, 0, this.count)
  }

  /** Length of the clean value of `path` when its bytes stand at `at`, else 0. */
  cleanAt(path: number, bytes: Uint8Array, at: number, end: number): number {
    const length = this.cleanLength[path]
    const from = this.cleanStart[path]
    if (at + length > end) return 0
    for (let i = 0; i < length; i++) if (bytes[from + i] !== bytes[at + i]) return 0
    return length
  }

  /** Bytes of the last key of `path` when it stands at `at`, written without escapes; else -1. */
  isKeyAt(path: number, bytes: Uint8Array, at: number, end: number): number {
    const id = this.key[path]
    const from = this.keyStart[id]
    const length = this.keyEnd[id] - from
    if (this.keyPlain[id] === 0 || at + length > end) return -1
    const names = this.keyBytes
    for (let i = 0; i < length; i++) if (names[from + i] !== bytes[at + i]) return -1
    return length
  }

  /** Id of the path `parent` + `key`. */
  child(parent: number, key: number): number {
    const mask = this.pathSlots.length - 1
    let slot = this.pathHash(parent, key) & mask
    for (;;) {
      const id = this.pathSlots[slot]
      if (id < 0) return this.addPath(parent, key, slot)
      if (this.parent[id] === parent && this.key[id] === key) return id
      slot = (slot + 1) & mask
    }
  }

  /** Path of a key by its name, for settings and tests. */
  childNamed(parent: number, name: string): number {
    if (name === '[]') return this.child(parent, ELEMENT)
    const bytes = new TextEncoder().encode(name)
    return this.child(parent, this.keyOf(bytes, 0, bytes.length))
  }

  keyName(key: number): string {
    const known = this.keyNames[key]
    if (known !== undefined) return known
    const name = decoder.decode(this.keyBytes.subarray(this.keyStart[key], this.keyEnd[key]))
    this.keyNames[key] = name
    return name
  }

  /** Keys joined by dots, elements as `[]` without a dot: `order.items[].card`. The record itself is ''. */
  render(path: number): string {
    if (path <= ROOT) return ''
    const above = this.render(this.parent[path])
    const key = this.key[path]
    if (key === ELEMENT) return `${above}[]`
    return above === '' ? this.keyName(key) : `${above}.${this.keyName(key)}`
  }

  /** Like `render`, for people and SIEMs: a key that is itself a finding is not named. */
  report(path: number): string {
    if (path <= ROOT) return ''
    const known = this.reports[path]
    if (known !== undefined) return known
    const report = this.reportOf(path)
    this.reports[path] = report
    return report
  }

  /** Something sensitive was found in the key: `report` names it no more. */
  hideKey(key: number): void {
    if (this.dirtyKeys[key] === 1) return
    this.dirtyKeys[key] = 1
    this.reports = []
  }

  private reportOf(path: number): string {
    const above = this.report(this.parent[path])
    const key = this.key[path]
    if (key === ELEMENT) return `${above}[]`
    const name = this.dirtyKeys[key] === 1 ? '*redacted*' : this.keyName(key)
    return above === '' ? name : `${above}.${name}`
  }

  private keyHash(bytes: Uint8Array, start: number, end: number): number {
    let hash = end - start
    for (let at = start; at < end; at++) hash = Math.imul(hash ^ bytes[at], this.salt)
    return Math.imul(hash ^ (hash >>> 15), 0x9e3779b1) >>> 12
  }

  private pathHash(parent: number, key: number): number {
    const hash = Math.imul(Math.imul(parent, this.salt) ^ key, 0x85ebca6b)
    return Math.imul(hash ^ (hash >>> 15), 0x9e3779b1) >>> 12
  }

  private sameKey(id: number, bytes: Uint8Array, start: number, length: number): boolean {
    let known = this.keyStart[id]
    if (this.keyEnd[id] - known !== length) return false
    for (let at = start; at < start + length; at++) if (this.keyBytes[known++] !== bytes[at]) return false
    return true
  }

  private addKey(bytes: Uint8Array, start: number, end: number, slot: number): number {
    const id = this.keyNames.length
    const name = bytes.subarray(start, end)
    this.keyNames.push(undefined)
    if (id >= this.keyStart.length) {
      this.keyStart = grownInts(this.keyStart, id + 1)
      this.keyEnd = grownInts(this.keyEnd, id + 1)
      this.keyPlain = grownBytes(this.keyPlain, id + 1)
      this.cleanKeys = grownBytes(this.cleanKeys, id + 1)
      this.dirtyKeys = grownBytes(this.dirtyKeys, id + 1)
    }
    const used = this.keyBytesUsed + name.length
    if (used > this.keyBytes.length) this.keyBytes = grownBytes(this.keyBytes, used)
    this.keyBytes.set(name, this.keyBytesUsed)
    this.keyPlain[id] = name.includes(QUOTE) || name.includes(BACKSLASH) ? 0 : 1
    this.keyStart[id] = this.keyBytesUsed
    this.keyEnd[id] = used
    this.keyBytesUsed = used
    this.keySlots[slot] = id
    if (id * 2 > this.keySlots.length) this.rehashKeys()
    return id
  }

  private addPath(parent: number, key: number, slot: number): number {
    const id = this.count++
    if (id >= this.parent.length) {
      this.silence = grownBytes(this.silence, id + 1)
      this.cleanStart = grownInts(this.cleanStart, id + 1)
      this.cleanLength = grownInts(this.cleanLength, id + 1)
      this.first = grownInts(this.first, id + 1)
      this.next = grownInts(this.next, id + 1)
      this.parent = grownInts(this.parent, id + 1)
      this.key = grownInts(this.key, id + 1)
    }
    this.parent[id] = parent
    this.key[id] = key
    this.pathSlots[slot] = id
    if (id * 2 > this.pathSlots.length) this.rehashPaths()
    return id
  }

  private rehashKeys(): void {
    const slots = new Int32Array(this.keySlots.length * 2).fill(-1)
    const mask = slots.length - 1
    for (let id = LONG_KEY + 1; id < this.keyNames.length; id++) {
      let slot = this.keyHash(this.keyBytes, this.keyStart[id], this.keyEnd[id]) & mask
      while (slots[slot] >= 0) slot = (slot + 1) & mask
      slots[slot] = id
    }
    this.keySlots = slots
  }

  private rehashPaths(): void {
    const slots = new Int32Array(this.pathSlots.length * 2).fill(-1)
    const mask = slots.length - 1
    for (let id = 1; id < this.count; id++) {
      let slot = this.pathHash(this.parent[id], this.key[id]) & mask
      while (slots[slot] >= 0) slot = (slot + 1) & mask
      slots[slot] = id
    }
    this.pathSlots = slots
  }
}
