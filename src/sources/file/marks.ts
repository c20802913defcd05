// How far each file was delivered, and by what it is known again: on the disk, in one file that is replaced as a whole.
// It keeps no byte of a log: what a file begins with, and what stood before the place, are keyed hashes.
import { createHmac, randomBytes } from 'node:crypto'
import { mkdir, open, readFile, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'

/** A file is known by its first bytes; before a place in it so many are compared. */
export const HEAD_BYTES = 1024
export const TAIL_BYTES = 256
/** So many earlier places are remembered: a copy may end before the last one. */
export const TRAIL_PLACES = 4

/** A place in a file, and what stood before it. */
const place = z.object({ offset: z.int(), tail_bytes: z.int(), tail: z.string() })

const mark = place.extend({
  /** Of what is in the file: another one when it is emptied, the same when it is moved. */
  id: z.string().default(newId),
  /** The name under which it was met. */
  path: z.string(),
  /** Device and inode, or empty: the file is known by its bytes alone. */
  dev: z.string(),
  ino: z.string(),
  head_bytes: z.int(),
  head: z.string(),
  /** Earlier places, the last one first. All before `offset` is delivered; in a compressed file, of what is in it. */
  trail: z.array(place),
  /** When the file was there last, on the steady clock of the process that reads it. */
  seen_ms: z.number(),
})

const written = z.object({ version: z.literal(1), key: z.string(), files: z.array(mark) })

export type Place = z.infer<typeof place>
export type Mark = z.infer<typeof mark>

export function newId(): string {
  return randomBytes(12).toString('base64url')
}

export class Marks {
  readonly files = new Set<Mark>()
  /** There was nothing on the disk: everything is met for the first time. */
  readonly isNew: boolean
  /** What was on the disk could not be read, and was put aside. */
  readonly isBroken: boolean
  /** There is something that is not on the disk yet. */
  isChanged = false
  private readonly path: string
  private readonly key: string

  private constructor(path: string, key: string, files: readonly Mark[], isNew: boolean, isBroken: boolean) {
    this.path = path
    this.key = key
    this.isNew = isNew
    this.isBroken = isBroken
    for (const one of files) this.files.add(one)
  }

  /** Rejects when the folder can not be used. */
  static async load(folder: string, name: string, now_ms: number): Promise<Marks> {
    const path = join(folder, `${name}.json`)
    await mkdir(folder, { recursive: true, mode: 0o700 })
    const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return null
      throw error
    })
    const read = text === null ? null : parsed(text)
    const isBroken = text !== null && read === null
    if (isBroken) await rename(path, `${path}.broken`)
    const key = read?.key ?? randomBytes(16).toString('hex')
    // Nobody knows what was there while nobody looked.
    for (const one of read?.files ?? []) one.seen_ms = now_ms
    const marks = new Marks(path, key, read?.files ?? [], text === null, isBroken)
    // Found out now, and not when the first records are delivered.
    await marks.save()
    return marks
  }

  hash(bytes: Uint8Array): string {
    return createHmac('sha256', this.key).update(bytes).digest('base64url').slice(0, 22)
  }

  /** Forgets what has been gone since before `since_ms`. */
  forget(since_ms: number): void {
    for (const one of this.files) if (one.seen_ms < since_ms && this.files.delete(one)) this.isChanged = true
  }

  /** Resolves when it is on the disk: the old state or the new one, and never a part of one. */
  async save(): Promise<void> {
    const text = JSON.stringify({ version: 1, key: this.key, files: [...this.files] })
    this.isChanged = false
    const draft = `${this.path}.new`
    const file = await open(draft, 'w', 0o600)
    try {
      await file.writeFile(text)
      await file.datasync()
    } finally {
      await file.close()
    }
    await rename(draft, this.path)
  }
}

function parsed(text: string): z.infer<typeof written> | null {
  try {
    return written.parse(JSON.parse(text))
  } catch {
    return null
  }
}
