// Owns the audit log of a process: who changed which policy, starts, stops, tightenings. Each entry is on the disk
// before anybody goes on; the log is only ever appended to. Beside it lies `PATH.head`, which says where the chain
// ends, so that a cut-off end is noticed.
import { type FileHandle, mkdir, open, readFile, rename, writeFile } from 'node:fs/promises'
import { userInfo } from 'node:os'
import { dirname } from 'node:path'
import type { Clock } from '../../core/clock.ts'
import { LogveilError } from '../../core/errors.ts'
import type { Emit } from '../../core/events.ts'
import { LIMITS } from '../../core/limits.ts'
import { type AuditFacts, chained, type Head, verified } from './chain.ts'

export type AuditEvent =
  | 'start'
  | 'stop'
  | 'policy_accepted'
  | 'policy_refused'
  | 'tightened'
  | 'lifted'
  | 'released'
  | 'recovered'

export interface Audit {
  /** Resolves when the entry is on the disk, or kept for the next one when it can not be written. Never rejects. */
  note(event: AuditEvent, facts: AuditFacts): Promise<void>
  close(): Promise<void>
}

/** Where nobody asked for a log. */
export const NO_AUDIT: Audit = { note: async () => {}, close: async () => {} }

export interface AuditSettings {
  readonly path: string
  /** With it nobody without it can make a log that verifies. */
  readonly key?: string
}

interface Surroundings {
  readonly instance: string
  readonly clock: Clock
  readonly emit: Emit
}

/** Opens the log at the end of its chain. Rejects with FILE_WRITE when it can not be written. */
export async function openAudit(settings: AuditSettings, surroundings: Surroundings): Promise<Audit> {
  const { path, key } = settings
  try {
    await mkdir(dirname(path), { recursive: true })
    const text = await textOf(path)
    const known = await headOf(path)
    const { problems, head, torn_bytes } = verified(text, key, known)
    const headless = known === undefined && head.seq > 0
    if (problems.length > 0 || headless) {
      const facts = { problems: problems.length, line: problems[0]?.line }
      surroundings.emit('error', 'audit_broken', 'The audit log was changed by somebody else', facts)
    }
    const file = await open(path, 'a', 0o640)
    // Behind what was cut off: so the gap stays for whoever verifies later.
    const end = known !== undefined && known.seq > head.seq ? known : head
    const log = new AuditLog(file, settings, end, surroundings)
    // Its writer died in the middle of it, and had told nobody that it was written.
    if (torn_bytes > 0) await file.truncate(Buffer.byteLength(text) - torn_bytes)
    if (torn_bytes > 0 || problems.length > 0 || headless) {
      await log.note('recovered', { torn_bytes, problems: problems.length, head_missing: headless })
    }
    return log
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code ?? 'failed'
    throw new LogveilError('FILE_WRITE', `audit log ${path} (${code})`, cause)
  }
}

class AuditLog implements Audit {
  readonly #file: FileHandle
  readonly #settings: AuditSettings
  readonly #surroundings: Surroundings
  readonly #waiting: AuditFacts[] = []
  #head: Head
  #writing: Promise<void> = Promise.resolve()

  constructor(file: FileHandle, settings: AuditSettings, head: Head, surroundings: Surroundings) {
    this.#file = file
    this.#settings = settings
    this.#head = head
    this.#surroundings = surroundings
  }

  note(event: AuditEvent, facts: AuditFacts): Promise<void> {
    const { clock, instance, emit } = this.#surroundings
    const time = new Date(clock.now_ms()).toISOString()
    if (this.#waiting.length >= LIMITS.audit_entries_max) {
      emit(
        'error',
        'audit_lost',
        'An entry of the audit log was lost: too many wait for a file that can not be written',
      )
      return Promise.resolve()
    }
    this.#waiting.push({ time, event, instance, by: whoRuns(), pid: process.pid, ...facts })
    this.#writing = this.#writing.then(() => this.#write())
    return this.#writing
  }

  async close(): Promise<void> {
    await this.#writing
    if (this.#waiting.length > 0) await this.#write()
    await this.#file.close()
  }

  async #write(): Promise<void> {
    const { path, key } = this.#settings
    try {
      while (this.#waiting.length > 0) {
        const { line, head } = chained(this.#waiting[0], this.#head, key)
        const before = (await this.#file.stat()).size
        await this.#append(line, before)
        this.#waiting.shift()
        this.#head = head
        await keepHead(path, head)
      }
    } catch (cause) {
      const code = (cause as NodeJS.ErrnoException).code
      this.#surroundings.emit('error', 'audit_failed', 'The audit log can not be written; its entries are kept', {
        code,
      })
    }
  }

  /** Whole, or not at all: what a full disk took of it goes again. */
  async #append(line: string, before: number): Promise<void> {
    try {
      await this.#file.appendFile(line)
      await this.#file.datasync()
    } catch (cause) {
      await this.#file.truncate(before).catch(() => {})
      throw cause
    }
  }
}

async function textOf(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return ''
    throw cause
  }
}

/** Undefined when there is none: the log is new, or somebody took it away. */
export async function headOf(path: string): Promise<Head | undefined> {
  try {
    const { seq, hash } = JSON.parse(await readFile(`${path}.head`, 'utf8'))
    return Number.isSafeInteger(seq) && typeof hash === 'string' ? { seq, hash } : undefined
  } catch (cause) {
    if (cause instanceof SyntaxError || (cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw cause
  }
}

async function keepHead(path: string, head: Head): Promise<void> {
  await writeFile(`${path}.head.tmp`, `${JSON.stringify(head)}\n`, { mode: 0o640 })
  await rename(`${path}.head.tmp`, `${path}.head`)
}

function whoRuns(): string {
  try {
    return userInfo().username
  } catch {
    // A user without a name: usual in containers.
    return String(process.getuid?.() ?? 'unknown')
  }
}
