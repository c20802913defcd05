// Remembers up to which entry the journal was delivered: its cursor, in a file that is replaced as a whole.
import { mkdir, open, readFile, rename } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { LogveilError } from '../../core/errors.ts'

const CURSOR = /^s=[0-9a-f]{32};i=[0-9a-f]+;b=[0-9a-f]{32};[0-9a-z=;]+$/

export class CursorFile {
  private readonly path: string
  private saved = ''

  constructor(folder: string, source: string) {
    this.path = join(folder, `${source}.cursor`)
  }

  /** Null: nothing was delivered yet. Rejects when it is there and can not be used: nothing is to be left out. */
  async load(): Promise<string | null> {
    const text = await readFile(this.path, 'utf8').catch((cause: NodeJS.ErrnoException) => {
      if (cause.code === 'ENOENT') return null
      throw new LogveilError('STATE_FILE', `${this.path} (${cause.code ?? 'unreadable'})`, cause)
    })
    if (text === null) return null
    const cursor = text.trim()
    if (!CURSOR.test(cursor)) throw new LogveilError('STATE_FILE', `${this.path} holds no cursor of a journal`)
    this.saved = cursor
    return cursor
  }

  /** Returns when it is on the disk. */
  async save(cursor: string): Promise<void> {
    if (cursor === this.saved) return
    await mkdir(dirname(this.path), { recursive: true })
    const draft = `${this.path}.new`
    const file = await open(draft, 'w', 0o640)
    try {
      await file.writeFile(`${cursor}\n`)
      await file.sync()
    } finally {
      await file.close()
    }
    await rename(draft, this.path)
    this.saved = cursor
  }
}
