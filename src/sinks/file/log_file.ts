// The file in use: append, flush, cut back, and notice that somebody moved it away. It knows no batches, no retries.
import { constants, type Stats } from 'node:fs'
import { type FileHandle, mkdir, open, rename, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { syncFolder } from './rotated.ts'

const FLAGS = constants.O_RDWR | constants.O_APPEND | constants.O_CREAT
const TAIL_BYTES = 64 * 1024

export class LogFile {
  readonly path: string
  /** End of the last batch that is whole. What lies behind it is a torn write, to be cut off. */
  size = 0
  /** When it began to be written to. */
  since_ms = 0
  private handle: FileHandle | null = null
  private inode = 0
  private torn = false
  private dirty = false

  constructor(path: string) {
    this.path = path
  }

  get isOpen(): boolean {
    return this.handle !== null
  }

  /** Opens or creates it, and its folder. */
  async open(now_ms: number): Promise<void> {
    await makeFolder(dirname(this.path))
    const handle = await open(this.path, FLAGS, 0o640)
    try {
      const facts = await handle.stat()
      this.size = facts.size
      this.inode = facts.ino
      this.since_ms = facts.size > 0 && facts.birthtimeMs > 0 ? facts.birthtimeMs : now_ms
      if (facts.isFile() && facts.size === 0) await syncFolder(dirname(this.path))
    } catch (cause) {
      await handle.close()
      throw cause
    }
    this.handle = handle
    this.torn = false
    this.dirty = false
  }

  /** Appends all parts, or cuts off what came through of them and throws. */
  async append(parts: readonly Uint8Array[]): Promise<void> {
    const handle = this.handle as FileHandle
    if (this.torn) await this.cutBack()
    let written = 0
    try {
      for (const part of parts) {
        for (let at = 0; at < part.length; ) {
          const { bytesWritten } = await handle.write(part, at, part.length - at)
          at += bytesWritten
          written += bytesWritten
        }
      }
    } catch (cause) {
      await this.tear()
      throw cause
    }
    this.size += written
    this.dirty = true
  }

  /** Flushes to the disk. When that fails nobody knows which bytes are there: all behind `from` is cut off. */
  async sync(from: number): Promise<void> {
    if (this.handle === null || !this.dirty) return
    try {
      await this.handle.datasync()
      this.dirty = false
    } catch (cause) {
      this.size = from
      await this.tear()
      throw cause
    }
  }

  /** Cuts off a last line without its line feed: a write that a crash tore. Returns the bytes that went. */
  async cutTornLine(): Promise<number> {
    const handle = this.handle as FileHandle
    const before = this.size
    const tail = Buffer.alloc(TAIL_BYTES)
    let end = before
    while (end > 0) {
      const start = Math.max(0, end - TAIL_BYTES)
      const { bytesRead } = await handle.read(tail, 0, end - start, start)
      const feed = tail.subarray(0, bytesRead).lastIndexOf(0x0a)
      if (feed >= 0) {
        end = start + feed + 1
        break
      }
      end = start
    }
    if (end < before) {
      await handle.truncate(end)
      this.size = end
    }
    return before - end
  }

  /** True when the path no longer leads to this file: it was moved or deleted (logrotate). */
  async wasMoved(): Promise<boolean> {
    let facts: Stats
    try {
      facts = await stat(this.path)
    } catch (cause) {
      return (cause as NodeJS.ErrnoException).code === 'ENOENT'
    }
    if (facts.ino !== this.inode) return true
    // Cut to nothing in place (logrotate's copytruncate): what follows is appended to what is there now.
    if (facts.size < this.size) this.size = facts.size
    return false
  }

  /** Closes it under a new name. The caller opens the next one. */
  async moveTo(path: string): Promise<void> {
    await this.close()
    await rename(this.path, path)
    await syncFolder(dirname(this.path))
  }

  async close(): Promise<void> {
    const handle = this.handle
    if (handle === null) return
    this.handle = null
    await handle.close()
  }

  private async tear(): Promise<void> {
    this.torn = true
    try {
      await this.cutBack()
    } catch {
      // The disk refuses this too. `torn` stays, and the next append begins with it.
    }
  }

  private async cutBack(): Promise<void> {
    const handle = this.handle as FileHandle
    const facts = await handle.stat()
    if (facts.isFile() && facts.size > this.size) await handle.truncate(this.size)
    this.torn = false
  }
}

/** Not `mkdir` with `recursive`: in file systems that make no folders (/proc) Node's never returns. */
async function makeFolder(folder: string): Promise<void> {
  try {
    if ((await stat(folder)).isDirectory()) return
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'ENOENT') throw cause
  }
  if (dirname(folder) !== folder) await makeFolder(dirname(folder))
  await mkdir(folder).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code !== 'EEXIST') throw cause
  })
}
