// The `file` sink: appends batches to a file, rotates it by size and age, compresses what was rotated. Batches are
// written in the order of their sends, by one writer; one flush serves all batches that were written before it.
// It never retries, and never leaves part of a batch behind.
import { z } from 'zod'
import type { Batch, Format } from '../core/batch.ts'
import { systemClock } from '../core/clock.ts'
import type { Sink, SinkSpec, Site } from '../core/component.ts'
import { LogveilError, SinkError } from '../core/errors.ts'
import { holdsEvents } from '../core/siem_event.ts'
import { linesOf } from '../wire/transcode/lines.ts'
import { LogFile } from './file/log_file.ts'
import { RotatedFiles } from './file/rotated.ts'
import { eventLines, formatSetting } from './formats/index.ts'

const settings = z.strictObject({
  path: z.string().min(1).describe('File to append to; its folder is created when it is missing'),
  encoding: z
    .enum(['ndjson', 'original'])
    .default('ndjson')
    .describe(
      '`ndjson`: one line a record. `original`: the frames as they came, redacted (forward chunks stay msgpack)',
    ),
  sync: z
    .enum(['always', 'interval', 'never'])
    .default('always')
    .describe('When a batch counts as stored: flushed to the disk, or only written (`interval` flushes every sync_ms)'),
  sync_ms: z.int().min(10).default(1000).describe('Time between flushes with `sync: interval`'),
  rotate_bytes: z
    .int()
    .min(1024)
    .default(256 * 1024 * 1024)
    .describe('A file that would grow larger is rotated first (`logs-20261121T150000Z-000001.ndjson`)'),
  rotate_ms: z.int().min(1000).optional().describe('A file older than this is rotated; absent: only its size counts'),
  keep: z.int().min(1).optional().describe('Rotated files that stay; older ones are deleted. Absent: all stay'),
  gzip: z.boolean().default(false).describe('Compresses rotated files'),
  format: formatSetting,
})

type Settings = z.infer<typeof settings>

export const file: SinkSpec<Settings> = {
  type: 'file',
  summary: 'Appends records to a file, as NDJSON or as they came, with rotation and flushing to the disk',
  settings,
  example: { path: './out/logs.ndjson', rotate_bytes: 134217728, keep: 20, gzip: true },
  create: (given, site) => new FileSink(given, site),
}

/** One group of batches is written and flushed together; a larger one would make the first of them wait. */
const GROUP_BYTES_MAX = 8 * 1024 * 1024
const TICK_MS = 1000

interface Waiting {
  readonly parts: Uint8Array[]
  readonly bytes: number
  readonly signal: AbortSignal
  resolve(): void
  reject(reason: SinkError): void
}

class FileSink implements Sink {
  readonly accepts: readonly Format[]
  private readonly settings: Settings
  private readonly site: Site
  private readonly log: LogFile
  private readonly rotated: RotatedFiles
  private readonly queue: Waiting[] = []
  private readonly stopCompressing = new AbortController()
  private writing: Promise<void> | null = null
  private compressing: Promise<void> | null = null
  private timer: NodeJS.Timeout | undefined
  private due = false
  private closed = false

  constructor(given: Settings, site: Site) {
    this.settings = given
    this.site = site
    this.accepts = given.encoding === 'ndjson' ? ['json', 'text'] : ['msgpack', 'json', 'text']
    this.log = new LogFile(given.path)
    this.rotated = new RotatedFiles(given.path)
  }

  async start(): Promise<void> {
    try {
      await this.log.open(systemClock.now_ms())
      // A torn line was never promised to anybody: its batch was not resolved, and so its source sends it again.
      const cut = this.settings.encoding === 'ndjson' ? await this.log.cutTornLine() : 0
      if (cut > 0) this.site.emit('warn', 'torn_line_cut', 'The last line had no end and was cut off', { bytes: cut })
    } catch (cause) {
      throw new LogveilError('FILE_WRITE', `${this.settings.path} (${reasonOf(cause)})`, cause)
    }
    this.tidy()
    const tick_ms = this.settings.sync === 'interval' ? Math.min(TICK_MS, this.settings.sync_ms) : TICK_MS
    this.timer = setInterval(() => this.tick(), tick_ms)
    this.timer.unref()
  }

  send(batch: Batch, _id: string, signal: AbortSignal): Promise<void> {
    if (this.closed) return Promise.reject(new SinkError('SINK_CLOSED', this.settings.path, false))
    const { encoding, format } = this.settings
    const parts = holdsEvents(batch) ? eventLines(batch, format) : linesOf(batch, encoding === 'ndjson')
    let bytes = 0
    for (const part of parts) bytes += part.length
    return new Promise((resolve, reject) => {
      this.queue.push({ parts, bytes, signal, resolve, reject })
      this.write()
    })
  }

  async close(signal: AbortSignal): Promise<void> {
    this.closed = true
    clearInterval(this.timer)
    if (signal.aborted) this.stopCompressing.abort()
    signal.addEventListener('abort', () => this.stopCompressing.abort(), { once: true })
    while (this.writing !== null) await this.writing
    try {
      if (this.settings.sync !== 'never') await this.log.sync(this.log.size)
    } catch (cause) {
      this.site.emit('error', 'flush_failed', 'The file could not be flushed', { reason: reasonOf(cause) })
    }
    await this.log.close()
    await this.compressing
  }

  private tick(): void {
    this.due = true
    this.write()
  }

  /** Starts the one writer, if it is not at work. */
  private write(): void {
    if (this.writing !== null) return
    this.writing = this.drain().finally(() => {
      this.writing = null
      if (this.queue.length > 0) this.write()
    })
  }

  private async drain(): Promise<void> {
    if (this.due) {
      this.due = false
      await this.housekeep()
    }
    while (this.queue.length > 0) {
      const group = this.takeGroup()
      if (group.length === 0) continue
      try {
        await this.store(group)
        for (const waiting of group) waiting.resolve()
      } catch (cause) {
        const error = new SinkError('FILE_WRITE', `${this.settings.path} (${reasonOf(cause)})`, true, cause)
        for (const waiting of group) waiting.reject(error)
      }
    }
  }

  private takeGroup(): Waiting[] {
    const group: Waiting[] = []
    let bytes = 0
    while (this.queue.length > 0 && (group.length === 0 || bytes + this.queue[0].bytes <= GROUP_BYTES_MAX)) {
      const next = this.queue.shift() as Waiting
      if (next.signal.aborted) {
        next.reject(new SinkError('SINK_TIMEOUT', 'given up before it was written', true))
        continue
      }
      group.push(next)
      bytes += next.bytes
      // Each group begins a file at most, so that files keep to their size.
      if (this.log.size + bytes >= this.settings.rotate_bytes) break
    }
    return group
  }

  /** Writes a group as a whole: when one byte of it fails, none of it stays. */
  private async store(group: readonly Waiting[]): Promise<void> {
    const bytes = group.reduce((sum, waiting) => sum + waiting.bytes, 0)
    if (!this.log.isOpen) await this.log.open(systemClock.now_ms())
    else if (this.log.size > 0 && this.log.size + bytes > this.settings.rotate_bytes) await this.rotate()
    const from = this.log.size
    await this.log.append(group.flatMap((waiting) => waiting.parts))
    if (this.settings.sync === 'always') await this.log.sync(from)
  }

  /** Once a tick: rotation by age, a file that was moved away, the flush of `sync: interval`. */
  private async housekeep(): Promise<void> {
    try {
      const { sync, rotate_ms } = this.settings
      if (!this.log.isOpen) return
      if (sync === 'interval') await this.log.sync(this.log.size)
      if (await this.log.wasMoved()) {
        this.site.emit('info', 'file_reopened', 'The file was moved away; a new one is begun')
        await this.log.sync(this.log.size)
        await this.log.close()
        await this.log.open(systemClock.now_ms())
      }
      const age_ms = systemClock.now_ms() - this.log.since_ms
      if (rotate_ms !== undefined && this.log.size > 0 && age_ms >= rotate_ms) await this.rotate()
    } catch (cause) {
      this.site.emit('error', 'file_upkeep_failed', 'A flush or a rotation failed', { reason: reasonOf(cause) })
    }
  }

  private async rotate(): Promise<void> {
    const now_ms = systemClock.now_ms()
    await this.log.sync(this.log.size)
    await this.log.moveTo(await this.rotated.nextPath(now_ms))
    await this.log.open(now_ms)
    this.log.since_ms = now_ms
    this.site.emit('info', 'file_rotated', 'The file was rotated')
    this.tidy()
  }

  /** Compresses and deletes beside the writer, one run after the other. */
  private tidy(): void {
    const before = this.compressing ?? Promise.resolve()
    this.compressing = before.then(async () => {
      try {
        if (this.settings.gzip) await this.rotated.compressAll(this.stopCompressing.signal)
        const deleted = this.settings.keep === undefined ? 0 : await this.rotated.keep(this.settings.keep)
        if (deleted > 0) this.site.emit('info', 'rotated_files_deleted', 'Old files went', { files: deleted })
      } catch (cause) {
        if (this.stopCompressing.signal.aborted) return
        this.site.emit('error', 'rotated_files_failed', 'A rotated file waits for the next try', {
          reason: reasonOf(cause),
        })
      }
    })
  }
}

/** `ENOSPC` and its like: short, and nothing of a record. */
function reasonOf(cause: unknown): string {
  return (cause as NodeJS.ErrnoException).code ?? 'failed'
}
