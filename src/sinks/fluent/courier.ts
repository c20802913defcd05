// Owns the thread of the client. After any failure the thread is ended, and the next order begins another one: the
// client goes on in ways that lose what it had taken.
import { createRequire } from 'node:module'
import { Worker } from 'node:worker_threads'
import { type ErrorCode, SinkError } from '../../core/errors.ts'
import type { ClientEvent, ClientSetup, Order, Report } from './messages.ts'

/** Counts of a window are small: more would be a defect of the client. */
const HEAP_MIB_MAX = 128
/** What the thread may take longer than the client's own limit before it counts as frozen. */
const FROZEN_MS = 1_000

interface Waiting {
  readonly timer: NodeJS.Timeout
  resolve(): void
  reject(error: SinkError): void
}

export class Courier {
  readonly #setup: ClientSetup
  readonly #server: string
  readonly #waiting = new Map<number, Waiting>()
  #thread: Worker | null = null
  #orders = 0

  constructor(setup: ClientSetup, server: string) {
    this.#setup = setup
    this.#server = server
  }

  /** Resolves when the server has acknowledged all of them. */
  send(events: readonly ClientEvent[], signal: AbortSignal): Promise<void> {
    if (signal.aborted) return Promise.reject(this.#error('SINK_TIMEOUT', 'given up before it was sent'))
    if (events.length === 0) return Promise.resolve()
    const id = this.#orders++
    return new Promise((resolve, reject) => {
      const thread = this.#begun()
      const stop = (): void => this.#fail(this.#error('SINK_TIMEOUT', 'no ack in time'))
      const timer = setTimeout(stop, this.#setup.ack_timeout_ms + FROZEN_MS)
      // What comes behind it would wait for the same ack.
      const abort = (): void => this.#fail(this.#error('SINK_TIMEOUT', 'given up before the ack'))
      const quiet = (): void => signal.removeEventListener('abort', abort)
      signal.addEventListener('abort', abort, { once: true })
      this.#waiting.set(id, {
        timer,
        resolve: () => {
          quiet()
          resolve()
        },
        reject: (error) => {
          quiet()
          reject(error)
        },
      })
      thread.postMessage({ id, events } satisfies Order)
    })
  }

  async close(): Promise<void> {
    const thread = this.#thread
    this.#fail(this.#error('SINK_CLOSED', 'the sink was closed'))
    await thread?.terminate()
  }

  #begun(): Worker {
    if (this.#thread !== null) return this.#thread
    const thread = new Worker(createRequire(import.meta.url).resolve('#fluent'), {
      workerData: this.#setup,
      resourceLimits: { maxOldGenerationSizeMb: HEAP_MIB_MAX },
    })
    const lost = (detail: string) => () => {
      if (this.#thread === thread) this.#fail(this.#error('SINK_UNREACHABLE', detail))
    }
    thread.on('message', (report: Report) => {
      if (this.#thread === thread) this.#heard(report)
    })
    // What a server answers can throw deep in the client.
    thread.on('error', lost('the client failed'))
    thread.on('exit', lost('the client ended'))
    this.#thread = thread
    return thread
  }

  #heard({ id, failure }: Report): void {
    if (failure !== null) this.#fail(this.#error('SINK_UNREACHABLE', failure))
    else if (id !== null) this.#leave(id)?.resolve()
  }

  #leave(id: number): Waiting | undefined {
    const waiting = this.#waiting.get(id)
    this.#waiting.delete(id)
    clearTimeout(waiting?.timer)
    return waiting
  }

  #fail(error: SinkError): void {
    const thread = this.#thread
    this.#thread = null
    for (const id of [...this.#waiting.keys()]) this.#leave(id)?.reject(error)
    void thread?.terminate()
  }

  #error(code: ErrorCode, detail: string): SinkError {
    return new SinkError(code, `${this.#server} (${detail})`, true)
  }
}
