// Looks at the files again and again: which there are, which have grown, which have lost their name, been emptied or
// been replaced. It decides what is read; the reading is done by each Tail.
import type { BigIntStats } from 'node:fs'
import { type FileHandle, open, readdir, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import type { Clock } from '../../core/clock.ts'
import type { SourceSite } from '../../core/component.ts'
import { LIMITS } from '../../core/limits.ts'
import { Turns } from '../../net/turns.ts'
import type { LinesOptions } from '../../wire/lines/reader.ts'
import { type Bytes, bytesOf } from './bytes.ts'
import type { Globs } from './glob.ts'
import { forgetKey, headOf, type Identity, identify, type Key, keyText, textOf } from './identity.ts'
import { type Mark, type Marks, newId, TAIL_BYTES } from './marks.ts'
import { Tail } from './tail.ts'

/** What is read at once, and goes to a worker as one batch. */
const READ_BYTES = 768 * 1024
/** Looks back for the beginning of a line in such steps. */
const STEP_BYTES = 64 * 1024

export interface WatchOptions {
  readonly site: SourceSite
  readonly clock: Clock
  readonly globs: Globs
  readonly marks: Marks
  readonly gzip: boolean
  readonly read_from: 'beginning' | 'end'
  readonly rotated_wait_ms: number
  /** Writes the marks down; never rejects. */
  save(): Promise<void>
  /** How the lines of a file of that path are read. */
  linesOf(path: string): LinesOptions
}

interface Seen {
  readonly path: string
  readonly key: Key
  readonly stats: BigIntStats
}

/** A file that is open, and what the last looks at it saw. */
interface Watched {
  readonly key: Key
  readonly tail: Tail
  readonly handle: FileHandle
  /** Size and time of the last change. */
  stamp: string
  /** The stamp up to which it was read. */
  readStamp: string
  changed_ms: number
  /** It has a path that is asked for. */
  isNamed: boolean
  isReading: boolean
  hasChanged: boolean
  /** Its end has been said; it closes when all is delivered. */
  isFinished: boolean
}

export class Watch {
  private readonly options: WatchOptions
  private readonly watched = new Map<string, Watched>()
  /** Files that are not opened again while they have that stamp, and the marks that they have. */
  private readonly left = new Map<string, { stamp: string; mark: Mark | null }>()
  private readonly told = new Set<string>()
  private readonly turns = new Turns(LIMITS.files_read_max)
  private readonly buffers: Buffer[] = []
  private readonly stop = new AbortController()
  private isFirst = true
  /** A file was met whose mark is not on the disk yet. */
  private hasNew = false

  constructor(options: WatchOptions) {
    this.options = options
  }

  /** One look at all files. Reading goes on behind it. */
  async look(): Promise<void> {
    const now_ms = this.options.clock.steady_ms()
    const named = new Set<string>()
    const unknown: Seen[] = []
    for (const path of await this.options.globs.find()) {
      const stats = await stat(path, { bigint: true }).catch(() => null)
      if (stats === null || !stats.isFile()) continue
      const key = keyOf(stats)
      if (named.has(keyText(key))) continue
      named.add(keyText(key))
      if (!this.isOpen(key, stats, now_ms)) unknown.push({ path, key, stats })
    }
    for (const key of this.left.keys()) if (!named.has(key)) this.left.delete(key)
    await this.lookAtNameless(named, now_ms)
    // Files that were moved are recognised before others can be taken for their copies.
    const known = new Set([...this.options.marks.files].map(keyText))
    unknown.sort((a, b) => Number(known.has(keyText(b.key))) - Number(known.has(keyText(a.key))))
    for (const seen of unknown) await this.meet(seen, null)
    if (this.isFirst) await this.findMoved(this.options.marks.files)
    this.isFirst = false
    // What is counted of a file must be found under its name again, also after a kill.
    if (this.hasNew) await this.options.save()
    this.hasNew = false
    for (const one of [...this.watched.values()]) await this.attend(one, now_ms)
    this.options.marks.forget(now_ms - LIMITS.file_remembered_ms)
  }

  /** True when everything that is known of is read and delivered. */
  get isQuiet(): boolean {
    return [...this.watched.values()].every(
      ({ tail, isReading, stamp, readStamp }) => !isReading && stamp === readStamp && tail.isDone,
    )
  }

  /** Gives an end to lines that have none; for files that nobody writes to any more. */
  finish(): void {
    for (const { tail } of this.watched.values()) tail.finish()
  }

  /** Reads no more; resolves when what is under way is settled. */
  async settle(): Promise<void> {
    this.stop.abort()
    while ([...this.watched.values()].some(({ tail, isReading }) => isReading || !tail.isSettled)) {
      await new Promise((resolve) => setTimeout(resolve, 5))
    }
  }

  /** Lets go of all files, whatever is under way. */
  async close(): Promise<void> {
    this.stop.abort()
    await Promise.all([...this.watched.values()].map((one) => one.tail.bytes.close().catch(() => {})))
    this.watched.clear()
  }

  /** Notes what a known file looks like. False: it is not open. */
  private isOpen(key: Key, stats: BigIntStats, now_ms: number): boolean {
    const one = this.watched.get(keyText(key))
    if (one === undefined) return false
    this.note(one, stats, now_ms)
    one.isNamed = true
    return true
  }

  private note(one: Watched, stats: BigIntStats, now_ms: number): void {
    const stamp = stampOf(stats)
    one.tail.mark.seen_ms = now_ms
    if (stamp === one.stamp) return
    one.stamp = stamp
    one.changed_ms = now_ms
  }

  private async lookAtNameless(named: ReadonlySet<string>, now_ms: number): Promise<void> {
    for (const [key, one] of this.watched) {
      if (named.has(key)) continue
      one.isNamed = false
      const stats = await one.handle.stat({ bigint: true }).catch(() => null)
      if (stats !== null) this.note(one, stats, now_ms)
    }
  }

  /** Opens a file, if it is worth it. With `heirsOf`, only when it goes on where one of these marks is. */
  private async meet({ path, key, stats }: Seen, heirsOf: ReadonlySet<Mark> | null): Promise<void> {
    const left = this.left.get(keyText(key))
    if (left?.mark) left.mark.seen_ms = this.options.clock.steady_ms()
    if (left?.stamp === stampOf(stats) && heirsOf === null) return
    const handle = await this.open(path)
    if (handle === null) return
    let isKept = false
    try {
      // Another file may have got the name since it was looked at.
      const opened = await handle.stat({ bigint: true })
      if (!this.watched.has(keyText(keyOf(opened)))) isKept = await this.know(path, handle, opened, heirsOf)
    } catch (error) {
      this.tell(path, error)
    } finally {
      if (!isKept) await handle.close().catch(() => {})
    }
  }

  /** Finds out which file it is, and has it read if there is anything to read. */
  private async know(
    path: string,
    handle: FileHandle,
    stats: BigIntStats,
    heirsOf: ReadonlySet<Mark> | null,
  ): Promise<boolean> {
    const { marks, gzip } = this.options
    const key = keyOf(stats)
    const bytes = await bytesOf(handle)
    const isWanted = !bytes.isCompressed || gzip || heirsOf !== null
    const head = isWanted ? await headOf(bytes) : Buffer.alloc(0)
    if (head.length === 0) {
      this.left.set(keyText(key), { stamp: stampOf(stats), mark: null })
      return false
    }
    // Asked for few of them.
    const identity = await identify(bytes, head, key, marks, (mark) => this.openMarks().has(mark))
    if (identity.kind === 'wait') return false
    if (heirsOf !== null && (identity.kind !== 'known' || !heirsOf.has(identity.mark))) return false
    await this.take(path, key, stampOf(stats), { handle, bytes, head, identity })
    return true
  }

  private openMarks(): Set<Mark> {
    return new Set([...this.watched.values()].map(({ tail }) => tail.mark))
  }

  private async take(
    path: string,
    key: Key,
    stamp: string,
    { handle, bytes, head, identity }: { handle: FileHandle; bytes: Bytes; head: Buffer; identity: Identity },
  ): Promise<void> {
    const { marks, site, clock } = this.options
    let before: Buffer = Buffer.alloc(0)
    let mark: Mark
    if (identity.kind === 'known') {
      mark = identity.mark
      before = identity.before
      Object.assign(mark, key)
    } else {
      let offset = identity.kind === 'copy' ? identity.offset : 0
      const isOld = this.isFirst && marks.isNew && this.options.read_from === 'end'
      if (isOld) offset = await lineStart(bytes)
      before = await textOf(bytes, offset)
      const head_of = { head_bytes: head.length, head: marks.hash(head) }
      const place = { offset, tail_bytes: before.length, tail: marks.hash(before), trail: [] }
      mark = { id: newId(), path, ...key, ...head_of, ...place, seen_ms: clock.steady_ms() }
      marks.files.add(mark)
      this.hasNew = true
      site.emit('info', 'file_found', 'A file is read', { path, from: offset })
    }
    marks.isChanged = true
    const tail = new Tail({ site, marks, mark, bytes, head, before, lines: this.options.linesOf(mark.path) })
    const now_ms = clock.steady_ms()
    const state = { stamp, readStamp: '', changed_ms: now_ms, isNamed: true, isReading: false }
    this.left.delete(keyText(key))
    this.watched.set(keyText(key), { key, tail, handle, ...state, hasChanged: false, isFinished: false })
  }

  /** Does for a file what is due: its turn to be read, its end, its new beginning. */
  private async attend(one: Watched, now_ms: number): Promise<void> {
    if (one.isReading) return
    if (one.hasChanged) {
      if (one.tail.isSettled) await this.renew(one)
      return
    }
    one.tail.expire(now_ms)
    if (one.stamp !== one.readStamp || (one.tail.isSettled && !one.tail.isDone)) this.read(one)
    else if (one.isFinished) {
      // Again, for a delivery of the last line may have failed and been begun anew.
      one.tail.finish()
      if (one.tail.isDone) await this.drop(one)
    } else if (this.isOver(one, now_ms)) {
      if (one.tail.bytes.isCutShort) {
        const facts = { path: one.tail.mark.path }
        this.options.site.emit('warn', 'gzip_incomplete', 'A compressed file ends early or is broken', facts)
      }
      one.tail.finish()
      one.isFinished = true
    } else if (this.watched.size > LIMITS.files_open_max && one.tail.isDone) await this.drop(one)
  }

  /** Nothing will come any more: its name is gone and it is quiet, or it is compressed. */
  private isOver(one: Watched, now_ms: number): boolean {
    const { isCompressed, isCutShort } = one.tail.bytes
    if (isCompressed && !isCutShort) return true
    return (isCompressed || !one.isNamed) && now_ms - one.changed_ms >= this.options.rotated_wait_ms
  }

  private read(one: Watched): void {
    const { clock } = this.options
    one.isReading = true
    void this.turns
      .take(async () => {
        const buffer = this.buffers.pop() ?? Buffer.allocUnsafeSlow(READ_BYTES + TAIL_BYTES)
        const { stamp } = one
        try {
          if (stamp !== one.readStamp) one.tail.bytes.isCompressed && one.readStamp !== '' && one.tail.bytes.renew()
          const outcome = await one.tail.turn(buffer, () => clock.steady_ms(), this.stop.signal)
          one.hasChanged = outcome === 'changed'
          if (outcome === 'end') one.readStamp = stamp
          return outcome
        } finally {
          this.buffers.push(buffer)
        }
      })
      .catch((error) => {
        this.tell(one.tail.mark.path, error)
        return 'stuck' as const
      })
      .then((outcome) => {
        one.isReading = false
        if (outcome === 'more' && !this.stop.signal.aborted) this.read(one)
      })
  }

  /** A file that was emptied begins anew; what it held may go on in a copy of it. */
  private async renew(one: Watched): Promise<void> {
    const { marks, site } = this.options
    const { mark } = one.tail
    this.watched.delete(keyText(one.key))
    await one.tail.bytes.close().catch(() => {})
    forgetKey(mark, marks)
    site.emit('info', 'file_truncated', 'A file was emptied or replaced, and is read from its beginning', {
      path: mark.path,
    })
    await this.findMoved([mark])
  }

  /** Looks beside files that are gone for what they are called now: they may hold lines that nobody has read. */
  private async findMoved(gone: Iterable<Mark>): Promise<void> {
    const open = this.openMarks()
    const byFolder = new Map<string, Set<Mark>>()
    for (const mark of gone) {
      const folder = dirname(mark.path)
      if (!open.has(mark)) byFolder.set(folder, (byFolder.get(folder) ?? new Set()).add(mark))
    }
    for (const [folder, marks] of byFolder) {
      const stems = new Set([...marks].map(({ path }) => stemOf(path)))
      const keys = new Set([...marks].map(keyText))
      for (const name of await readdir(folder).catch(() => [])) {
        const path = join(folder, name)
        const stats = await stat(path, { bigint: true }).catch(() => null)
        if (!stats?.isFile()) continue
        const key = keyOf(stats)
        if (this.watched.has(keyText(key))) continue
        // `app.log.1`, `app-20261121.log` and `app.log.1.gz` have the stem of `app.log`.
        const isNamedSo = [...stems].some((stem) => name.startsWith(stem))
        if (isNamedSo || keys.has(keyText(key))) await this.meet({ path, key, stats }, marks)
      }
    }
  }

  /** Closes a file that will be opened again when it changes. */
  private async drop(one: Watched): Promise<void> {
    this.watched.delete(keyText(one.key))
    this.left.set(keyText(one.key), { stamp: one.stamp, mark: one.tail.mark })
    await one.tail.bytes.close().catch(() => {})
  }

  private async open(path: string): Promise<FileHandle | null> {
    try {
      const handle = await open(path, 'r')
      this.told.delete(path)
      return handle
    } catch (error) {
      this.tell(path, error)
      return null
    }
  }

  /** Once, until it can be opened. A file that has gone meanwhile is no trouble. */
  private tell(path: string, error: unknown): void {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT' || this.told.has(path)) return
    this.told.add(path)
    this.options.site.emit('warn', 'file_unreadable', 'A file can not be read', { path, code })
  }
}

/** What the names of a file and of its rotated forms begin with. */
function stemOf(path: string): string {
  return basename(path).split('.')[0]
}

function keyOf({ dev, ino }: BigIntStats): Key {
  return { dev: String(dev), ino: String(ino) }
}

function stampOf({ size, mtimeNs }: BigIntStats): string {
  return `${size}:${mtimeNs}`
}

/** Where the last line begins that has no end yet. */
async function lineStart(bytes: Bytes): Promise<number> {
  const size = await bytes.size()
  if (bytes.isCompressed) return size
  const step = Buffer.alloc(STEP_BYTES)
  for (let end = size; end > 0; end -= STEP_BYTES) {
    const start = Math.max(0, end - STEP_BYTES)
    const feed = step.subarray(0, await bytes.read(step.subarray(0, end - start), start)).lastIndexOf(0x0a)
    if (feed >= 0) return start + feed + 1
  }
  return 0
}
