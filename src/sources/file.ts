// The source for log files: follows those that its globs mean, over rotation and restarts. Which file is which is
// decided in file/identity.ts; how lines become records in wire/lines.
import RE2 from 're2'
import { orAborted } from '../core/abort.ts'
import { systemClock } from '../core/clock.ts'
import type { Source, SourceSite, SourceSpec } from '../core/component.ts'
import { LogveilError } from '../core/errors.ts'
import type { LinesOptions } from '../wire/lines/reader.ts'
import { Globs } from './file/glob.ts'
import { Marks } from './file/marks.ts'
import { type FileSettings, fileSettings, listOf } from './file/settings.ts'
import { Watch } from './file/watch.ts'

export const file: SourceSpec<FileSettings> = {
  type: 'file',
  summary: 'Follows log files over rotation and restarts: JSON lines, text, container logs, compressed ones.',
  settings: fileSettings,
  example: { type: 'file', include: ['/var/log/app/*.log'], state: './state' },
  create: (settings, site) => new FileSource(settings, site),
}

/** How soon it is seen that everything is delivered. */
const END_POLL_MS = 50

class FileSource implements Source {
  readonly addresses: readonly string[]
  readonly ended?: Promise<void>
  private readonly settings: FileSettings
  private readonly site: SourceSite
  private readonly pathPattern: RE2 | null
  private marks: Marks | null = null
  private watch: Watch | null = null
  private timer: NodeJS.Timeout | undefined
  private looking: Promise<void> = Promise.resolve()
  private starting: Promise<void> | null = null
  private stopping: Promise<void> | null = null
  private resolveEnded = (): void => {}

  constructor(settings: FileSettings, site: SourceSite) {
    this.settings = settings
    this.site = site
    this.addresses = listOf(settings.include)
    this.pathPattern = settings.path_fields === undefined ? null : new RE2(settings.path_fields, 'u')
    if (settings.at_end === 'follow') return
    this.ended = new Promise((resolve) => {
      this.resolveEnded = resolve
    })
  }

  start(): Promise<void> {
    this.starting ??= this.open()
    return this.starting
  }

  stop(signal: AbortSignal): Promise<void> {
    this.stopping ??= this.shut(signal)
    return this.stopping
  }

  private async open(): Promise<void> {
    const { settings, site } = this
    if (this.stopping !== null) throw new LogveilError('STOPPING', 'it was stopped before it started')
    try {
      this.marks = await Marks.load(settings.state, site.name, systemClock.steady_ms())
    } catch (cause) {
      const { code } = cause as NodeJS.ErrnoException
      throw new LogveilError('FILE_WRITE', `${settings.state} (${code ?? 'failed'})`, cause)
    }
    if (this.marks.isBroken) {
      site.emit('error', 'state_broken', 'What was delivered is not known any more; files are read from the beginning')
    }
    const { gzip, read_from, rotated_wait_ms } = settings
    this.watch = new Watch({
      site,
      clock: systemClock,
      globs: new Globs(listOf(settings.include), listOf(settings.exclude)),
      marks: this.marks,
      gzip,
      read_from,
      rotated_wait_ms,
      save: () => this.save(),
      linesOf: (path) => this.linesOf(path),
    })
    // What is there now is told from what comes later.
    await this.look()
    this.next()
  }

  private next(): void {
    if (this.stopping !== null) return
    const { at_end, poll_ms } = this.settings
    const wait_ms = at_end === 'stop' ? Math.min(poll_ms, END_POLL_MS) : poll_ms
    this.timer = setTimeout(() => {
      this.looking = this.look().then(() => (at_end === 'stop' && this.hasEnded() ? this.resolveEnded() : this.next()))
    }, wait_ms)
  }

  /** Everything is delivered, also lines without an end. */
  private hasEnded(): boolean {
    if (this.watch?.isQuiet !== true) return false
    this.watch.finish()
    return this.watch.isQuiet
  }

  private async look(): Promise<void> {
    try {
      await this.watch?.look()
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException
      this.site.emit('error', 'look_failed', 'The files could not be looked at; it is tried again', { code })
    }
    await this.save()
  }

  private async save(): Promise<void> {
    if (this.marks === null || !this.marks.isChanged) return
    try {
      await this.marks.save()
    } catch (error) {
      this.marks.isChanged = true
      const { code } = error as NodeJS.ErrnoException
      this.site.emit('error', 'state_failed', 'How far files were delivered could not be written down', { code })
    }
  }

  private async shut(signal: AbortSignal): Promise<void> {
    clearTimeout(this.timer)
    // A start that failed has said so to its caller.
    await this.starting?.catch(() => {})
    clearTimeout(this.timer)
    await this.looking
    if (this.watch === null) return
    await orAborted(this.watch.settle(), signal)
    await this.watch.close()
    await this.save()
  }

  private linesOf(path: string): LinesOptions {
    const { format, line_bytes_max, multiline, file_field } = this.settings
    const members: Record<string, string> = file_field === false ? {} : { [file_field]: path }
    for (const [name, value] of Object.entries(this.pathPattern?.exec(path)?.groups ?? {})) {
      if (value !== undefined) members[name] = value
    }
    const written = Object.entries(members).map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)},`)
    return {
      origin: this.site.name,
      format,
      line_bytes_max,
      members: Buffer.from(written.join('')),
      joining: multiline,
    }
  }
}
