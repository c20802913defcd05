// The source for systemd's journal: reads it by journalctl, which knows its formats, and remembers the cursor of what
// was delivered. A restart goes on behind it, so that no entry is left out; some may come twice.
import { orAborted } from '../core/abort.ts'
import type { Source, SourceSite, SourceSpec } from '../core/component.ts'
import { LogveilError } from '../core/errors.ts'
import { Output } from '../wire/transcode/output.ts'
import { CursorFile } from './journald/cursor_file.ts'
import { Deliveries } from './journald/deliveries.ts'
import { writeEntry } from './journald/entry.ts'
import { cursorOf, ExportReader } from './journald/export_format.ts'
import { Journalctl, lastCursor } from './journald/journalctl.ts'
import { type JournaldSettings, journaldSettings } from './journald/settings.ts'

export const journald: SourceSpec<JournaldSettings> = {
  type: 'journald',
  summary: 'Follows the journal of systemd by journalctl, and goes on where it was after a restart.',
  settings: journaldSettings,
  example: { type: 'journald', units: ['nginx.service'], state: './state' },
  create: (settings, site) => new JournaldSource(settings, site),
}

const SAVE_MS = 250
const AGAIN_MS_MIN = 500
const AGAIN_MS_MAX = 30_000

class JournaldSource implements Source {
  readonly addresses: readonly string[]
  private readonly settings: JournaldSettings
  private readonly site: SourceSite
  private readonly file: CursorFile
  private deliveries: Deliveries
  private run: Journalctl | null = null
  private reading: Promise<void> = Promise.resolve()
  private saving: NodeJS.Timeout | undefined
  private saved: Promise<void> = Promise.resolve()
  private wake = (): void => {}
  private starting: Promise<void> | null = null
  private stopping: Promise<void> | null = null

  constructor(settings: JournaldSettings, site: SourceSite) {
    this.settings = settings
    this.site = site
    this.addresses = [`journal:${settings.directory ?? ''}`]
    this.file = new CursorFile(settings.state, site.name)
    this.deliveries = new Deliveries(site, settings.in_flight_bytes_max, null)
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
    if (this.stopping !== null) throw new LogveilError('STOPPING', 'it was stopped before it started')
    const known = await this.file.load()
    const { settings } = this
    // Once it is known where the end was, a restart goes on there.
    this.deliveries.cursor = known ?? (settings.read_from === 'end' ? await lastCursor(settings) : null)
    const run = new Journalctl(this.settings, this.deliveries.cursor)
    await run.started(this.settings.command)
    this.run = run
    this.reading = this.follow(run)
    this.saving = setInterval(() => void this.save(), SAVE_MS)
  }

  /** Runs journalctl again and again, each time behind what was delivered. */
  private async follow(first: Journalctl): Promise<void> {
    let wait_ms = AGAIN_MS_MIN
    for (let run = first; ; run = new Journalctl(this.settings, this.deliveries.cursor)) {
      this.run = run
      const before = this.deliveries.cursor
      const failure = await this.read(run).catch(failureOf)
      await run.end()
      await this.deliveries.idle()
      if (this.stopping !== null) return
      const reason = this.deliveries.failed ? 'a delivery failed' : (failure ?? (await run.ended))
      const message = 'journalctl is started again, behind what was delivered'
      this.site.emit('warn', 'journalctl_again', message, { reason, after_ms: wait_ms })
      this.deliveries.failed = false
      wait_ms = this.deliveries.cursor === before ? Math.min(AGAIN_MS_MAX, wait_ms * 2) : AGAIN_MS_MIN
      await this.pause(wait_ms)
      if (this.stopping !== null) return
      this.deliveries = new Deliveries(this.site, this.settings.in_flight_bytes_max, this.deliveries.cursor)
    }
  }

  private async read(run: Journalctl): Promise<void> {
    const { deliveries, settings, site } = this
    deliveries.onFailure = () => void run.end()
    const out = new Output(0)
    let cursor = ''
    const reader = new ExportReader(settings.entry_bytes_max, {
      entry(bytes, fields) {
        writeEntry(out, bytes, fields)
        cursor = cursorOf(bytes, fields)
      },
      tooLarge(size, its) {
        out.append(Buffer.from(`{"logveil_unreadable":"too_long","bytes":${size}}\n`))
        out.endFrame()
        cursor = its === '' ? cursor : its
        site.emit('warn', 'entry_too_large', 'An entry is over entry_bytes_max: a marker stands for it', {
          bytes: size,
        })
      },
    })
    for await (const chunk of run.output) {
      await deliveries.room()
      if (this.stopping !== null || deliveries.failed) break
      reader.push(chunk)
      if (out.used > 0) void deliveries.add({ format: 'json', ...out.finish() }, cursor)
      out.empty()
    }
  }

  /** One after the other. */
  private save(): Promise<void> {
    this.saved = this.saved.then(() => this.writeDown())
    return this.saved
  }

  private async writeDown(): Promise<void> {
    const { cursor } = this.deliveries
    if (cursor === null) return
    try {
      await this.file.save(cursor)
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException
      this.site.emit('error', 'state_failed', 'How far the journal was delivered could not be written down', { code })
    }
  }

  private pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms)
      this.wake = () => {
        clearTimeout(timer)
        resolve()
      }
    })
  }

  private async shut(signal: AbortSignal): Promise<void> {
    // A start that failed has said so to its caller.
    await this.starting?.catch(() => {})
    clearInterval(this.saving)
    this.wake()
    await this.run?.end()
    await orAborted(this.reading, signal)
    await this.save()
  }
}

function failureOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? 'it could not be read'
}
