// The other processes of the whole-pipeline bench: a load generator and a receiver, so that neither is paid for by the
// process that is measured. They talk to bench by messages of Node's IPC; `bench` starts itself again as one of them.
import { type ChildProcess, fork } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { type Chunk, chunksOf } from '../traffic/encode.ts'
import { Receiver } from '../traffic/receiver.ts'
import { Sender } from '../traffic/sender.ts'
import { quantile } from './measure.ts'

/** A pool of chunks is made once and sent again and again. */
const POOL_CHUNKS = 64
const POOL_RECORDS = 60_000
const CHUNK_BYTES = 256 * 1024
const TRAFFIC = { seed: 7, share: 0.05 }

export interface LoadOrder {
  readonly port: number
  readonly seconds: number
  /** Chunks that may wait for their acknowledgement. */
  readonly window: number
  /** Bytes per second to keep to; absent: as fast as acknowledgements come. */
  readonly bytes_per_s?: number
}

export interface LoadResult {
  readonly bytes: number
  readonly records: number
  readonly seconds: number
  readonly ack_p50_ms: number
  readonly ack_p99_ms: number
  readonly cpu_s: number
}

export interface SinkOrder {
  readonly bytes_per_s?: number
}

export interface SinkResult {
  readonly port: number
  readonly bytes: number
  readonly cpu_s: number
}

export type PartName = 'load' | 'sink'

/** The child's side: answers each message with one message until the parent goes. */
export async function runPart(name: PartName): Promise<void> {
  process.once('disconnect', () => process.exit(0))
  if (name === 'load') await runLoad()
  else runSink()
}

async function runLoad(): Promise<void> {
  const pool: Chunk[] = []
  for (const chunk of chunksOf(0, POOL_RECORDS, TRAFFIC, 'packed', CHUNK_BYTES)) {
    if (pool.length < POOL_CHUNKS && chunk.size >= CHUNK_BYTES) pool.push(chunk)
  }
  process.on('message', async (order: LoadOrder) => process.send?.(await load(pool, order)))
  process.send?.('ready')
}

async function load(pool: readonly Chunk[], order: LoadOrder): Promise<LoadResult> {
  const { port, seconds, window, bytes_per_s } = order
  const sender = new Sender({ host: '127.0.0.1', port }, `bench-${performance.now()}`)
  sender.start()
  const cpu = process.cpuUsage()
  const acks: number[] = []
  const began = performance.now()
  const end = began + seconds * 1000
  let [bytes, records, sent, at] = [0, 0, 0, 0]
  let wake = () => {}
  while (performance.now() < end) {
    if (bytes_per_s !== undefined) {
      const due = began + (sent / bytes_per_s) * 1000
      const wait = due - performance.now()
      if (wait > 1) await sleep(wait)
    }
    const chunk = pool[at++ % pool.length]
    sent += chunk.size
    sender.send(chunk).then((ack_ms) => {
      acks.push(ack_ms)
      bytes += chunk.size
      records += chunk.records
      wake()
    })
    if (sender.unacknowledged >= window) {
      await new Promise<void>((resolve) => {
        wake = resolve
        setTimeout(resolve, end - performance.now()).unref()
      })
    }
  }
  const took = (performance.now() - began) / 1000
  const { user, system } = process.cpuUsage(cpu)
  sender.close()
  const cpu_s = (user + system) / 1e6
  return { bytes, records, seconds: took, ack_p50_ms: quantile(acks, 0.5), ack_p99_ms: quantile(acks, 0.99), cpu_s }
}

function runSink(): void {
  let receiver: Receiver | null = null
  process.on('message', async (order: SinkOrder) => {
    if (receiver === null) {
      receiver = new Receiver(order)
      await receiver.open()
    }
    const { user, system } = process.cpuUsage()
    process.send?.({ port: receiver.port, bytes: receiver.bytes, cpu_s: (user + system) / 1e6 } satisfies SinkResult)
  })
  process.send?.('ready')
}

/** The parent's side of a part. */
export class Part<Order extends object, Result> {
  private readonly child: ChildProcess

  private constructor(child: ChildProcess) {
    this.child = child
  }

  static async start<Order extends object, Result>(name: PartName): Promise<Part<Order, Result>> {
    const main = fileURLToPath(new URL('../main.js', import.meta.url))
    const child = fork(main, ['bench', 'part', name], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] })
    const part = new Part<Order, Result>(child)
    await part.answer()
    return part
  }

  ask(order: Order): Promise<Result> {
    const answer = this.answer()
    this.child.send(order)
    return answer as Promise<Result>
  }

  stop(): void {
    this.child.disconnect()
  }

  private answer(): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const ended = () => reject(new Error('a process of the bench ended before its time'))
      this.child.once('exit', ended)
      this.child.once('message', (message) => {
        this.child.off('exit', ended)
        resolve(message)
      })
    })
  }
}
