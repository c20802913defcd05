// The source for standard input: `cat app.log | logveil run -c logveil.yaml`. A pipe can not be read again, so what was
// read is kept until it is delivered, and the process ends when the input has ended and all of it is.
import type { Readable } from 'node:stream'
import { z } from 'zod'
import { orAborted } from '../core/abort.ts'
import { systemClock } from '../core/clock.ts'
import type { Source, SourceSite, SourceSpec } from '../core/component.ts'
import { LogveilError } from '../core/errors.ts'
import { LineReader } from '../wire/lines/reader.ts'
import { lineSettings } from '../wire/lines/settings.ts'

const settings = z.strictObject(lineSettings)

type Settings = z.infer<typeof settings>

export const stdin: SourceSpec<Settings> = {
  type: 'stdin',
  summary: 'Reads lines from standard input, and ends the process when it has ended and all is delivered.',
  settings,
  example: { type: 'stdin', format: 'auto' },
  create: (given, site) => new StreamSource(given, site, process.stdin),
}

/** How often records of several lines are looked at. */
const TICK_MS = 100
const RETRY_MS = 1_000

/** Exported for its tests, which give it a pipe of their own. */
export class StreamSource implements Source {
  readonly addresses = ['stdin']
  /** Resolves when the input has ended and all of it is delivered. */
  readonly ended: Promise<void>
  private readonly site: SourceSite
  private readonly stream: Readable
  private readonly reader: LineReader
  private readonly pending = new Set<Promise<void>>()
  private readonly over = new AbortController()
  private readonly givenUp = new AbortController()
  private resolveEnded = (): void => {}
  private reading: Promise<void> | null = null
  private stopping: Promise<void> | null = null
  private timer: NodeJS.Timeout | undefined

  constructor(given: Settings, site: SourceSite, stream: Readable) {
    const { format, line_bytes_max, multiline: joining } = given
    const lines = { origin: site.name, format, line_bytes_max, members: Buffer.alloc(0), joining }
    this.reader = new LineReader(lines, 0)
    this.site = site
    this.stream = stream
    this.ended = new Promise((resolve) => {
      this.resolveEnded = resolve
    })
  }

  async start(): Promise<void> {
    if (this.reading !== null) return
    if (this.stopping !== null) throw new LogveilError('STOPPING', 'it was stopped before it started')
    this.timer = setInterval(() => {
      this.reader.expire(systemClock.steady_ms())
      this.hand()
    }, TICK_MS)
    this.reading = this.read()
  }

  stop(signal: AbortSignal): Promise<void> {
    if (signal.aborted) this.givenUp.abort()
    else signal.addEventListener('abort', () => this.givenUp.abort(), { once: true })
    this.stopping ??= this.shut()
    return this.stopping
  }

  private async read(): Promise<void> {
    const { stream, site, reader } = this
    const chunks = stream.iterator({ destroyOnReturn: false })
    try {
      for (;;) {
        const next = await orAborted(chunks.next(), this.over.signal)
        if (next === undefined || next.done) break
        // It was read before it was known that there is no room: it waits here, and so does the writer.
        await orAborted(site.room(), this.over.signal)
        reader.push(next.value as Buffer, systemClock.steady_ms())
        this.hand()
      }
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException
      site.emit('error', 'read_failed', 'Standard input could not be read to its end', { code })
    }
    clearInterval(this.timer)
    // It can not be read again: what has no end yet is delivered as it is.
    reader.end()
    this.hand()
    while (this.pending.size > 0) await Promise.all(this.pending)
    if (!this.over.signal.aborted) this.resolveEnded()
  }

  private hand(): void {
    const { unreadable } = this.reader
    const batch = this.reader.take()?.batch ?? null
    for (; unreadable.line_too_long > 0; unreadable.line_too_long--) {
      this.site.emit('warn', 'line_too_long', 'A line over line_bytes_max was replaced by a record that says so')
    }
    for (; unreadable.binary > 0; unreadable.binary--) {
      this.site.emit('warn', 'line_binary', 'A line with zero bytes in it was replaced by a record that says so')
    }
    if (batch === null) return
    const delivery = this.deliver(batch).then(() => void this.pending.delete(delivery))
    this.pending.add(delivery)
  }

  /** Resolves when it is delivered, or when the source may wait no longer. */
  private async deliver(batch: Parameters<SourceSite['deliver']>[0]): Promise<void> {
    while (!this.givenUp.signal.aborted) {
      const outcome = this.site.deliver(batch).then(
        () => true,
        () => false,
      )
      const isDelivered = await orAborted(outcome, this.givenUp.signal)
      if (isDelivered !== false) return
      // Whoever refuses everything is stopping, and takes nothing of this source any more.
      if (this.over.signal.aborted) return
      await orAborted(new Promise((resolve) => setTimeout(resolve, RETRY_MS)), this.givenUp.signal)
    }
  }

  private async shut(): Promise<void> {
    this.over.abort()
    clearInterval(this.timer)
    await this.reading
    this.stream.pause()
  }
}
