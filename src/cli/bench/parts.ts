// The other processes of the whole-pipeline bench: a load generator and a receiver, so that neither is paid for by the
// process that is measured. They talk to bench by messages of Node's IPC; `bench` starts itself again as one of them.
import { type ChildProcess, fork } from 'node:child_process'
import { createRequire } from 'node:module'
import { setTimeout as sleep } from 'node:timers/promises'
import { chunksOf } from '../traffic/encode.ts'
import { otlpBatch } from '../traffic/otlp.ts'
import { OtlpReceiver } from '../traffic/otlp_receiver.ts'
import { OtlpSender, otlpMessage } from '../traffic/otlp_sender.ts'
import { Receiver } from '../traffic/receiver.ts'
import { Sender } from '../traffic/sender.ts'
import { runFileScan } from './file_scan.ts'
import { runKafkaCopy } from './kafka_copy.ts'
import { runKafkajsCopy } from './kafkajs_copy.ts'
import { quantile } from './measure.ts'

/** A pool of chunks is made once and sent again and again. */
const POOL_CHUNKS = 64
const POOL_RECORDS = 60_000
const CHUNK_BYTES = 256 * 1024
/** A Collector's batch, about. */
const OTLP_REQUEST_RECORDS = 400
const OTLP_REQUEST_BYTES = 256 * 1024
const TRAFFIC = { seed: 7, share: 0.05 }

export interface LoadOrder {
  readonly port: number
  readonly seconds: number
  /** Chunks that may wait for their acknowledgement. */
  readonly window: number
  /** Bytes per second to keep to; absent: as fast as acknowledgements come. */
  readonly bytes_per_s?: number
  /** At the end, wait for what is under way, and count it: for whoever asks what it cost. */
  readonly drains?: boolean
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

/** `load` and `sink` speak forward, `otlp_…` OTLP/gRPC; `file_scan` reads a file, the copies a topic. */
export const PARTS = ['load', 'sink', 'otlp_load', 'otlp_sink', 'file_scan', 'kafka_copy', 'kafkajs_copy'] as const
export type PartName = (typeof PARTS)[number]

/** The child's side: answers each message with one message until the parent goes. */
export async function runPart(name: PartName): Promise<void> {
  process.once('disconnect', () => process.exit(0))
  if (name === 'load') runLoad(forwardPool(), forwardPeer)
  else if (name === 'otlp_load') runLoad(otlpPool(), (port) => new OtlpSender(port))
  else if (name === 'file_scan') runFileScan()
  else if (name === 'kafka_copy') runKafkaCopy()
  else if (name === 'kafkajs_copy') runKafkajsCopy()
  else if (name === 'otlp_sink') runSink(() => new OtlpReceiver())
  else runSink((order) => new Receiver(order))
}

/** What is sent again and again. */
interface Load {
  readonly size: number
  readonly records: number
}

interface Peer<One> {
  readonly unacknowledged: number
  /** Resolves with the milliseconds to the acknowledgement. */
  send(one: One): Promise<number>
  close(): void
}

function forwardPool() {
  const chunks = [...chunksOf(0, POOL_RECORDS, TRAFFIC, 'packed', CHUNK_BYTES)]
  return chunks.filter(({ size }) => size >= CHUNK_BYTES).slice(0, POOL_CHUNKS)
}

function forwardPeer(port: number): Sender {
  const sender = new Sender({ host: '127.0.0.1', port }, `bench-${performance.now()}`)
  sender.start()
  return sender
}

function otlpPool() {
  const { bytes, ends } = otlpBatch(0, POOL_CHUNKS * OTLP_REQUEST_BYTES, TRAFFIC, 'raw', OTLP_REQUEST_RECORDS)
  return Array.from(ends, (end, i) => otlpMessage(bytes.subarray(ends[i - 1] ?? 0, end), OTLP_REQUEST_RECORDS))
}

function runLoad<One extends Load>(pool: readonly One[], connect: (port: number) => Peer<One>): void {
  process.on('message', async (order: LoadOrder) => process.send?.(await load(pool, connect(order.port), order)))
  process.send?.('ready')
}

async function load<One extends Load>(pool: readonly One[], peer: Peer<One>, order: LoadOrder): Promise<LoadResult> {
  const { seconds, window, bytes_per_s } = order
  const cpu = process.cpuUsage()
  const acks: number[] = []
  const began = performance.now()
  const end = began + seconds * 1000
  let [bytes, records, sent, at] = [0, 0, 0, 0]
  let wake = () => {}
  let closing = false
  // At the end, what waits for its answer gets none.
  const refused = (error: Error) => {
    if (!closing) throw error
  }
  while (performance.now() < end) {
    if (bytes_per_s !== undefined) {
      const due = began + (sent / bytes_per_s) * 1000
      const wait = due - performance.now()
      if (wait > 1) await sleep(wait)
    }
    const one = pool[at++ % pool.length]
    sent += one.size
    peer.send(one).then((ack_ms) => {
      acks.push(ack_ms)
      bytes += one.size
      records += one.records
      wake()
    }, refused)
    if (peer.unacknowledged >= window) {
      await new Promise<void>((resolve) => {
        wake = resolve
        setTimeout(resolve, end - performance.now()).unref()
      })
    }
  }
  while (order.drains && peer.unacknowledged > 0) await sleep(1)
  const took = (performance.now() - began) / 1000
  const { user, system } = process.cpuUsage(cpu)
  closing = true
  peer.close()
  const cpu_s = (user + system) / 1e6
  return { bytes, records, seconds: took, ack_p50_ms: quantile(acks, 0.5), ack_p99_ms: quantile(acks, 0.99), cpu_s }
}

function runSink(create: (order: SinkOrder) => Receiver | OtlpReceiver): void {
  let receiver: Receiver | OtlpReceiver | null = null
  process.on('message', async (order: SinkOrder) => {
    if (receiver === null) {
      receiver = create(order)
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
    const main = createRequire(import.meta.url).resolve('#logveil')
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
