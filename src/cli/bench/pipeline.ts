// The whole pipeline over loopback: forward in, redacted, forward out, every chunk acknowledged end to end. Load
// generator, logveil and receiver are processes of their own and share the machine's cores.
import { availableParallelism } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import { LogveilProcess } from './logveil_process.ts'
import { type LoadOrder, type LoadResult, Part, type SinkOrder, type SinkResult } from './parts.ts'
import type { Report } from './report.ts'

/** Chunks of 256 KiB that wait for their ack: 4 MiB, as a busy Fluent Bit with several workers has. */
const WINDOW = 16
const BUSY = 0.85
const MB_S_WANTED = 100

type Load = Part<LoadOrder, LoadResult>
type Sink = Part<SinkOrder, SinkResult>

export interface PipelineTimes {
  readonly warm_s: number
  readonly full_s: number
  readonly half_s: number
}

function config(port: number, workers: number | 'auto'): string {
  return `sources:
  app: { type: forward, listen: 127.0.0.1:0 }
sinks:
  next: { type: forward, server: 127.0.0.1:${port} }
policy:
  packs: [default]
pipeline:
  workers: ${workers}
  shutdown_ms: 2s
admin: { listen: 127.0.0.1:0 }
log: { level: info }
`
}

export async function benchPipeline(report: Report, times: PipelineTimes, workers: number | 'auto'): Promise<void> {
  const used = workers === 'auto' ? Math.max(1, availableParallelism() - 1) : workers
  report.section(`Whole pipeline over loopback, forward → forward with acks, ${used} worker(s)`)
  const load: Load = await Part.start('load')
  const sink: Sink = await Part.start('sink')
  const { port } = await sink.ask({})
  const logveil = await LogveilProcess.start(config(port, workers))
  try {
    const order = { port: logveil.port('app'), window: WINDOW }
    await load.ask({ ...order, seconds: times.warm_s })
    const full = await atFullLoad(report, logveil, load, sink, { ...order, seconds: times.full_s }, used)
    const half = { window: WINDOW, seconds: times.half_s, bytes_per_s: full / 2 }
    await sleep(200)
    const through = await load.ask({ ...half, port: order.port })
    const direct = await load.ask({ ...half, port })
    const added = (share: 'ack_p50_ms' | 'ack_p99_ms') => Math.max(0, through[share] - direct[share])
    report.figure('pipeline_added_p50_ms', 'Added latency at half of that, p50', added('ack_p50_ms'), 'ms')
    report.figure('pipeline_added_p99_ms', 'Added latency at half of that, p99', added('ack_p99_ms'), 'ms')
    report.figure('pipeline_peak_rss_mb', 'Peak memory (RSS) of logveil', logveil.usage().peak_rss_mb, 'MB')
  } finally {
    await logveil.stop()
    load.stop()
    sink.stop()
  }
}

/** Reports the full load; returns bytes per second. */
async function atFullLoad(
  report: Report,
  logveil: LogveilProcess,
  load: Load,
  sink: Sink,
  order: LoadOrder,
  workers: number,
): Promise<number> {
  const before = { ...logveil.usage(), sink_cpu_s: (await sink.ask({})).cpu_s, busy_s: await busySeconds(logveil) }
  const { bytes, records, seconds, cpu_s, ack_p50_ms, ack_p99_ms } = await load.ask(order)
  const after = { ...logveil.usage(), sink_cpu_s: (await sink.ask({})).cpu_s, busy_s: await busySeconds(logveil) }
  const mb = bytes / 1e6
  const used = after.cpu_s - before.cpu_s
  report.ratio('pipeline_x_100_mb_s', 'Whole pipeline: × 100 MB/s', mb / seconds / MB_S_WANTED, 1)
  report.figure('pipeline_mb_s', 'Throughput', mb / seconds, 'MB/s')
  report.figure('pipeline_records_s', 'Records', records / seconds, 'records/s')
  report.figure('pipeline_cpu_s_per_mb', 'Processor time of logveil', (used / mb) * 1000, 'CPU ms/MB')
  report.figure('pipeline_full_ack_p50_ms', 'Ack at full load, p50', ack_p50_ms, 'ms')
  report.figure('pipeline_full_ack_p99_ms', 'Ack at full load, p99', ack_p99_ms, 'ms')
  const shares = {
    main: (after.main_cpu_s - before.main_cpu_s) / seconds,
    worker: (after.busy_s - before.busy_s) / seconds / workers,
    load: cpu_s / seconds,
    receiver: (after.sink_cpu_s - before.sink_cpu_s) / seconds,
  }
  report.figure('pipeline_workers', 'Worker threads', workers, 'threads')
  report.figure('pipeline_main_share', 'Main thread of logveil', shares.main * 100, '% of a core')
  report.figure('pipeline_worker_share', 'Each worker, time with a batch', shares.worker * 100, '% of the time')
  report.figure('pipeline_load_share', 'Load generator', shares.load * 100, '% of a core')
  report.figure('pipeline_receiver_share', 'Receiver', shares.receiver * 100, '% of a core')
  const peers = cpu_s + after.sink_cpu_s - before.sink_cpu_s
  report.figure(
    'pipeline_peers_cpu_ms_per_mb',
    'Load generator and receiver together',
    (peers / mb) * 1000,
    'CPU ms/MB',
  )
  const total = used / seconds + shares.load + shares.receiver
  report.note(`Saturated: ${saturated(shares, total)}`)
  return bytes / seconds
}

function busySeconds(logveil: LogveilProcess): Promise<number> {
  return logveil.metric('logveil_worker_busy_seconds_total')
}

function saturated(shares: Record<string, number>, total: number): string {
  const cores = availableParallelism()
  const full = Object.entries(shares)
    .filter(([, share]) => share > BUSY)
    .map(([name]) => name)
  const machine = `${total.toFixed(2)} of ${cores} cores in use`
  if (full.length > 0) return `${full.join(', ')} (${machine})`
  return total > BUSY * cores ? `the machine (${machine})` : `nothing by itself (${machine}; others may hold the cores)`
}

/** A receiver slower than its source, for a long time: memory must stay where it is. */
export async function benchSoak(report: Report, seconds: number, progress: (text: string) => void): Promise<void> {
  report.section(`A sink slower than the source for ${seconds} s`)
  const load: Load = await Part.start('load')
  const sink: Sink = await Part.start('sink')
  const { port } = await sink.ask({ bytes_per_s: 5_000_000 })
  const logveil = await LogveilProcess.start(config(port, 'auto'))
  try {
    const sending = load.ask({ port: logveil.port('app'), window: 1024, seconds })
    const rss: number[] = []
    let in_flight = 0
    let over = false
    void sending.finally(() => {
      over = true
    })
    while (!over) {
      await sleep(1_000)
      rss.push(logveil.usage().rss_mb)
      in_flight = Math.max(in_flight, await logveil.metric('logveil_in_flight_bytes'))
      progress(`slow sink: ${rss.length} s, ${rss.at(-1)?.toFixed(0)} MB`)
    }
    const { bytes } = await sending
    const third = Math.ceil(rss.length / 3)
    report.figure('soak_mb_s', 'Throughput', bytes / 1e6 / seconds, 'MB/s')
    report.figure('soak_rss_first_third_mb', 'Largest RSS in the first third', Math.max(...rss.slice(0, third)), 'MB')
    report.figure('soak_rss_last_third_mb', 'Largest RSS in the last third', Math.max(...rss.slice(-third)), 'MB')
    report.figure('soak_in_flight_max_mb', 'Most bytes in flight', in_flight / 1e6, 'MB')
  } finally {
    await logveil.stop()
    load.stop()
    sink.stop()
  }
}

/** From the spawn to listening, with the smallest configuration; the best of some starts. */
export async function benchColdStart(report: Report, starts: number): Promise<void> {
  report.section('Cold start of logveil run, until it listens')
  const minimal = `sources:
  app: { type: forward, listen: 127.0.0.1:0 }
sinks:
  store: { type: file, path: ./out/logs.ndjson }
policy:
  packs: [default]
admin: { listen: 127.0.0.1:0 }
`
  const took: number[] = []
  const cpu: number[] = []
  for (let i = 0; i < starts; i++) {
    const logveil = await LogveilProcess.start(minimal)
    took.push(logveil.start_ms)
    cpu.push(logveil.usage().cpu_s * 1000)
    await logveil.stop()
  }
  report.figure('cold_start_ms', `Best of ${starts}`, Math.min(...took), 'ms')
  report.figure('cold_start_cpu_ms', 'Processor time of the cheapest', Math.min(...cpu), 'CPU ms')
  report.figure('cold_start_worst_ms', `Worst of ${starts}`, Math.max(...took), 'ms')
}
