// Rotated files: what they are called, how they are compressed, and how many stay. It never touches the file in use.
//
//   logs.ndjson → logs-20261121T150000Z-000001.ndjson → (gzip) logs-20261121T150000Z-000001.ndjson.gz
//
// Names sort as the files were rotated. A compressed file is written under `.gz.tmp` and renamed when it is whole, and
// only then its source goes: whenever the process ends, the next start finds either the source or the result.
import { createReadStream, createWriteStream } from 'node:fs'
import { open, readdir, rename, unlink } from 'node:fs/promises'
import { basename, dirname, extname, join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { createGzip } from 'node:zlib'

const STAMP_BYTES = '-20261121T150000Z-000001'.length

export class RotatedFiles {
  private readonly folder: string
  private readonly stem: string
  private readonly extension: string

  constructor(path: string) {
    this.folder = dirname(path)
    this.extension = extname(path)
    this.stem = basename(path, this.extension)
  }

  /** Plain and compressed ones, oldest first. */
  async list(): Promise<string[]> {
    const names = await readdir(this.folder)
    return names.filter((name) => this.sequenceOf(name) > 0 && !name.endsWith('.tmp')).sort()
  }

  /** The path for a file that is rotated now: its number is one above the highest that is there. */
  async nextPath(now_ms: number): Promise<string> {
    let highest = 0
    for (const name of await this.list()) highest = Math.max(highest, this.sequenceOf(name))
    const stamp = new Date(now_ms).toISOString().slice(0, 19).replaceAll('-', '').replaceAll(':', '')
    const sequence = String(highest + 1).padStart(6, '0')
    return join(this.folder, `${this.stem}-${stamp}Z-${sequence}${this.extension}`)
  }

  /** Compresses every rotated file that is not yet, and takes away what an ended process left half written. */
  async compressAll(signal: AbortSignal): Promise<void> {
    for (const name of await readdir(this.folder)) {
      if (name.endsWith('.gz.tmp') && this.sequenceOf(name) > 0) await unlink(join(this.folder, name))
    }
    for (const name of await this.list()) {
      if (!name.endsWith('.gz')) await compress(join(this.folder, name), signal)
    }
    await syncFolder(this.folder)
  }

  /** Deletes the oldest ones above `count`. Returns how many. */
  async keep(count: number): Promise<number> {
    const names = await this.list()
    const old = names.slice(0, Math.max(0, names.length - count))
    for (const name of old) await unlink(join(this.folder, name))
    return old.length
  }

  /** The number in a rotated file's name, or 0 for another file. */
  private sequenceOf(name: string): number {
    if (!name.startsWith(`${this.stem}-`)) return 0
    const rest = name.slice(this.stem.length)
    const tail = rest.slice(STAMP_BYTES)
    const suffixes = ['', '.gz', '.gz.tmp'].map((suffix) => this.extension + suffix)
    if (!suffixes.includes(tail) || !/^-\d{8}T\d{6}Z-\d{6}$/.test(rest.slice(0, STAMP_BYTES))) return 0
    return Number(rest.slice(STAMP_BYTES - 6, STAMP_BYTES))
  }
}

async function compress(path: string, signal: AbortSignal): Promise<void> {
  const target = `${path}.gz`
  const half = `${target}.tmp`
  await pipeline(createReadStream(path), createGzip(), createWriteStream(half, { mode: 0o640 }), { signal })
  const file = await open(half, 'r')
  try {
    await file.sync()
  } finally {
    await file.close()
  }
  await rename(half, target)
  await unlink(path)
}

/** Makes renames and new names last through a power cut. */
export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}
