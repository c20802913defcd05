// Reads the bytes of one open file from any place on, compressed or not. It never waits for more to be written.
import type { FileHandle } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'

const SKIP_BYTES = 256 * 1024
const PACKED_BYTES = 64 * 1024

export interface Bytes {
  readonly isCompressed: boolean
  /** A compressed file ended in the middle, or is broken from there on. */
  readonly isCutShort: boolean
  /** Fills `buffer` from that place on; returns how much there was. */
  read(buffer: Buffer, position: number): Promise<number>
  /** How much there is to read. Of a compressed file it takes a reading of the whole. */
  size(): Promise<number>
  /** The file has changed. */
  renew(): void
  close(): Promise<void>
}

/** By its first two bytes (RFC 1952, 2.3.1). */
export async function bytesOf(handle: FileHandle): Promise<Bytes> {
  const magic = Buffer.alloc(2)
  const { bytesRead } = await handle.read(magic, 0, 2, 0)
  return bytesRead === 2 && magic.readUInt16BE() === 0x1f8b ? new GzipBytes(handle) : new PlainBytes(handle)
}

class PlainBytes implements Bytes {
  readonly isCompressed = false
  readonly isCutShort = false
  private readonly handle: FileHandle

  constructor(handle: FileHandle) {
    this.handle = handle
  }

  async read(buffer: Buffer, position: number): Promise<number> {
    let used = 0
    while (used < buffer.length) {
      const { bytesRead } = await this.handle.read(buffer, used, buffer.length - used, position + used)
      if (bytesRead === 0) break
      used += bytesRead
    }
    return used
  }

  async size(): Promise<number> {
    return (await this.handle.stat()).size
  }

  renew(): void {}

  close(): Promise<void> {
    return this.handle.close()
  }
}

/** Goes forward only; whoever wants to go back begins anew. */
class GzipBytes implements Bytes {
  readonly isCompressed = true
  isCutShort = false
  private readonly handle: FileHandle
  private stream: Readable | null = null
  private chunks: AsyncIterator<Buffer> | null = null
  private left: Buffer = Buffer.alloc(0)
  private position = 0
  private hasEnded = false

  constructor(handle: FileHandle) {
    this.handle = handle
  }

  async read(buffer: Buffer, position: number): Promise<number> {
    if (position < this.position) this.renew()
    let used = 0
    while (used < buffer.length) {
      if (this.left.length === 0) {
        const next = await this.next()
        if (next === null) break
        this.left = next
      }
      const skipped = Math.min(this.left.length, Math.max(0, position - this.position))
      const taken = this.left.copy(buffer, used, skipped)
      this.left = this.left.subarray(skipped + taken)
      this.position += skipped + taken
      used += taken
    }
    return used
  }

  async size(): Promise<number> {
    const buffer = Buffer.allocUnsafe(SKIP_BYTES)
    for (;;) if ((await this.read(buffer, this.position)) === 0) return this.position
  }

  renew(): void {
    this.stream?.destroy()
    this.stream = null
    this.chunks = null
    this.left = Buffer.alloc(0)
    this.position = 0
    this.hasEnded = false
    this.isCutShort = false
  }

  async close(): Promise<void> {
    this.renew()
    await this.handle.close()
  }

  /** Null at the end. What was unpacked before the place where a file is cut or broken comes all the same. */
  private async next(): Promise<Buffer | null> {
    if (this.hasEnded) return null
    this.chunks ??= this.open()
    const { value, done } = await this.chunks.next()
    if (!done) return value
    this.hasEnded = true
    return null
  }

  private async *open(): AsyncGenerator<Buffer> {
    // A stream of the handle itself would close it.
    const file = Readable.from(blocksOf(this.handle))
    const unzip = createGunzip({ chunkSize: SKIP_BYTES })
    this.stream = unzip
    const waiting: Buffer[] = []
    let isOver = false
    let wake = (): void => {}
    const over = (): void => {
      isOver = true
      wake()
    }
    unzip.on('data', (chunk: Buffer) => {
      waiting.push(chunk)
      unzip.pause()
      wake()
    })
    unzip.on('end', over)
    unzip.on('close', over)
    unzip.on('error', () => {
      this.isCutShort = true
      over()
    })
    file.on('error', (error) => unzip.destroy(error))
    file.pipe(unzip)
    try {
      for (;;) {
        const chunk = waiting.shift()
        if (chunk !== undefined) yield chunk
        else if (isOver) return
        else {
          const came = new Promise<void>((resolve) => {
            wake = resolve
          })
          unzip.resume()
          await came
        }
      }
    } finally {
      file.destroy()
      unzip.destroy()
    }
  }
}

async function* blocksOf(handle: FileHandle): AsyncGenerator<Buffer> {
  for (let at = 0; ; ) {
    const { bytesRead, buffer } = await handle.read(Buffer.allocUnsafeSlow(PACKED_BYTES), 0, PACKED_BYTES, at)
    if (bytesRead === 0) return
    at += bytesRead
    yield buffer.subarray(0, bytesRead)
  }
}
