// The `stdout` sink: lines for the next program in a pipe. It holds nothing back, and cannot know what the reader does
// with a line: a batch counts as stored when the operating system has taken it.
import type { Writable } from 'node:stream'
import { z } from 'zod'
import type { Batch, Format } from '../core/batch.ts'
import type { Sink, SinkSpec } from '../core/component.ts'
import { SinkError } from '../core/errors.ts'
import { holdsEvents } from '../core/siem_event.ts'
import { linesOf } from '../wire/transcode/lines.ts'
import { eventLines, type FormatName, formatSetting } from './formats/index.ts'

const settings = z.strictObject({ format: formatSetting })

export const stdout: SinkSpec<z.infer<typeof settings>> = {
  type: 'stdout',
  summary: 'Writes records to standard output, one line each',
  settings,
  example: {},
  create: ({ format }) => new StreamSink(process.stdout, format),
}

/** Exported for its tests, which give it a pipe of their own. */
export class StreamSink implements Sink {
  readonly accepts: readonly Format[] = ['json', 'text']
  private readonly stream: Writable
  private readonly format: FormatName
  private failure: NodeJS.ErrnoException | null = null
  private closed = false
  private pending: Promise<void> = Promise.resolve()
  private readonly onError = (error: NodeJS.ErrnoException): void => {
    this.failure = error
  }

  constructor(stream: Writable, format: FormatName = 'json') {
    this.stream = stream
    this.format = format
  }

  /** A reader that goes away shows as an error event, which would end the process if nobody listened. */
  async start(): Promise<void> {
    this.stream.on('error', this.onError)
  }

  send(batch: Batch, _id: string, _signal: AbortSignal): Promise<void> {
    if (this.closed) return Promise.reject(new SinkError('SINK_CLOSED', 'stdout', false))
    const sent = this.write(holdsEvents(batch) ? eventLines(batch, this.format) : linesOf(batch, true))
    this.pending = sent.catch(() => {})
    return sent
  }

  /** Standard output stays open: it belongs to the process. */
  async close(_signal: AbortSignal): Promise<void> {
    this.closed = true
    await this.pending
  }

  private write(parts: readonly Uint8Array[]): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.failure !== null) return reject(gone(this.failure))
      this.stream.cork()
      parts.forEach((part, at) => {
        const last = at === parts.length - 1
        this.stream.write(part, (error) => {
          if (error) reject(gone(error))
          else if (last) resolve()
        })
      })
      this.stream.uncork()
      if (parts.length === 0) resolve()
    })
  }
}

/** A reader that is gone (EPIPE) does not come back. */
function gone(cause: NodeJS.ErrnoException): SinkError {
  return new SinkError('SINK_UNREACHABLE', `stdout (${cause.code ?? 'failed'})`, cause.code === 'EAGAIN', cause)
}
