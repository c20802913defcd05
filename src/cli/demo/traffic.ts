// Sends made-up records to the demo's own source at a steady rate, over a real socket, in three carrier modes.
import { type Carrier, chunksOf } from '../traffic/encode.ts'
import type { TrafficOptions } from '../traffic/records.ts'
import { Sender } from '../traffic/sender.ts'

const TICK_MS = 100
const CHUNK_BYTES = 256 * 1024
/** With so many chunks unacknowledged the pipeline is behind, and the rate yields. */
const WAITING_MAX = 200
const CARRIERS: readonly Carrier[] = ['packed', 'forward', 'gzip']
/** The latest acknowledgement times, for the quantiles. */
const ACKS_KEPT = 10_000

export class DemoTraffic {
  /** Records that were acknowledged, and the bytes of their events. */
  records = 0
  bytes = 0
  readonly acks_ms: number[] = []
  private readonly sender: Sender
  private readonly rate: number
  private readonly options: TrafficOptions
  private sent = 0
  private turn = 0
  private timer: NodeJS.Timeout | undefined

  constructor(port: number, rate: number, options: TrafficOptions) {
    this.sender = new Sender({ host: '127.0.0.1', port }, 'demo')
    this.rate = rate
    this.options = options
  }

  /** Chunks that still wait. */
  get unacknowledged(): number {
    return this.sender.unacknowledged
  }

  start(): void {
    this.sender.start()
    const began = performance.now()
    let late_ms = 0
    this.timer = setInterval(() => {
      const elapsed_ms = performance.now() - began - late_ms
      if (this.sender.unacknowledged > WAITING_MAX) late_ms += TICK_MS
      else this.send(Math.floor((elapsed_ms / 1000) * this.rate))
    }, TICK_MS)
  }

  /** Sends no more; resolves when all is acknowledged, or after `wait_ms`. */
  async stop(wait_ms: number): Promise<void> {
    clearInterval(this.timer)
    const end = performance.now() + wait_ms
    while (this.sender.unacknowledged > 0 && performance.now() < end) {
      await new Promise((resolve) => setTimeout(resolve, 10))
    }
    this.sender.close()
  }

  private send(to: number): void {
    const carrier = () => CARRIERS[this.turn++ % CARRIERS.length]
    for (const chunk of chunksOf(this.sent, to, this.options, carrier, CHUNK_BYTES)) {
      this.sender.send(chunk).then((ack_ms) => {
        this.records += chunk.records
        this.bytes += chunk.size
        if (this.acks_ms.length === ACKS_KEPT) this.acks_ms.shift()
        this.acks_ms.push(ack_ms)
      })
    }
    this.sent = Math.max(this.sent, to)
  }
}
