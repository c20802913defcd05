// Owns the census on disk: one file, whose first line is all that was known when it was begun, and each line after it
// one thing that happened since. What is noted is on the disk before anybody hears of it, so that a process that is
// killed takes up exactly where it was. Counts and names only; never a value.
import { type FileHandle, mkdir, open, readFile, rename, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { LogveilError } from '../core/errors.ts'
import type { Emit } from '../core/events.ts'
import { LIMITS } from '../core/limits.ts'
import type { CensusState, Entry } from './census_state.ts'

export interface Recovered {
  readonly state: CensusState
  readonly entries: readonly Entry[]
}

interface Waiting {
  readonly line: string
  resolve(): void
}

const FILE = 'census.journal'

export class CensusJournal {
  readonly #path: string
  readonly #emit: Emit
  /** All that is known now, which replaces the file. */
  readonly #snapshot: () => CensusState
  #file: FileHandle | null = null
  #bytes = 0
  #waiting: Waiting[] = []
  #writing: Promise<void> | null = null
  #isBroken = false
  #closed = false

  constructor(folder: string, emit: Emit, snapshot: () => CensusState) {
    this.#path = join(folder, FILE)
    this.#emit = emit
    this.#snapshot = snapshot
  }

  /** What an earlier life left; null: there was none. Rejects when the folder or the file can not be used. */
  async read(): Promise<Recovered | null> {
    try {
      await mkdir(dirname(this.#path), { recursive: true })
      return parse(await readFile(this.#path, 'utf8'))
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return null
      throw new LogveilError('CENSUS_STATE', `${this.#path} (${reasonOf(cause)})`, cause)
    }
  }

  /** Begins the file anew. Rejects when it can not be written. */
  async begin(): Promise<void> {
    try {
      await this.#replace()
    } catch (cause) {
      throw new LogveilError('CENSUS_STATE', `${this.#path} (${reasonOf(cause)})`, cause)
    }
  }

  /** Resolves when the entry is on the disk; also when the disk failed, which is said once. */
  note(entry: Entry): Promise<void> {
    if (this.#closed) return Promise.resolve()
    return new Promise((resolve) => {
      this.#waiting.push({ line: `${JSON.stringify(entry)}\n`, resolve })
      this.#writing ??= this.#drain()
    })
  }

  async close(): Promise<void> {
    this.#closed = true
    while (this.#writing) await this.#writing
    await this.#file?.close()
    this.#file = null
  }

  // One write and one flush for all that came meanwhile.
  async #drain(): Promise<void> {
    while (this.#waiting.length > 0) {
      const whose = await this.#whose()
      const group = this.#waiting.splice(0)
      try {
        if (whose === 'theirs') throw Object.assign(new Error('another process writes here'), { code: 'EINUSE' })
        // A file that could not be written may end in half a line: it is begun anew, with all that is known.
        const isOver = this.#bytes > LIMITS.census_journal_bytes_max
        if (this.#isBroken || whose === 'nobody' || isOver) await this.#replace()
        else await this.#append(group.map(({ line }) => line).join(''))
        if (this.#isBroken) this.#emit('info', 'census_state_written', 'The state of the census is on the disk again')
        this.#isBroken = false
      } catch (cause) {
        const message = 'The state of the census can not be written; a crash would lose counts'
        if (!this.#isBroken) this.#emit('error', 'census_state_failed', message, { reason: reasonOf(cause) })
        this.#isBroken = true
      }
      for (const { resolve } of group) resolve()
    }
    // In the same step in which nothing waited: whoever comes next begins again.
    this.#writing = null
  }

  async #append(text: string): Promise<void> {
    await this.#file?.appendFile(text)
    await this.#file?.datasync()
    this.#bytes += text.length
  }

  // The snapshot is taken in the same step as the group that it stands for: what is noted later comes behind it.
  async #replace(): Promise<void> {
    const text = `${JSON.stringify(this.#snapshot())}\n`
    const fresh = `${this.#path}.new`
    const file = await open(fresh, 'w', 0o600)
    try {
      await file.appendFile(text)
      await file.datasync()
      await rename(fresh, this.#path)
    } catch (cause) {
      await file.close()
      throw cause
    }
    const before = this.#file
    this.#file = file
    this.#bytes = 0
    await before?.close()
    await syncFolder(dirname(this.#path))
  }

  /** Whose file it is that lies there: two processes in one folder would each lose the other's counts. */
  async #whose(): Promise<'ours' | 'theirs' | 'nobody'> {
    const there = await stat(this.#path).catch(() => null)
    const ours = await this.#file?.stat().catch(() => null)
    if (!there || !ours) return 'nobody'
    return there.ino === ours.ino ? 'ours' : 'theirs'
  }
}

async function syncFolder(path: string): Promise<void> {
  const folder = await open(path)
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}

/** The last line may be torn: nobody was told of it. */
function parse(text: string): Recovered {
  const lines = text.slice(0, text.lastIndexOf('\n') + 1).split('\n')
  lines.pop()
  const [state, ...entries] = lines.map((line) => JSON.parse(line) as unknown)
  const first = state as CensusState | undefined
  if (first?.layout !== 1) throw Object.assign(new Error('unknown layout'), { code: 'unknown layout' })
  return { state: first, entries: entries as Entry[] }
}

function reasonOf(cause: unknown): string {
  return (cause as NodeJS.ErrnoException).code ?? 'damaged'
}
