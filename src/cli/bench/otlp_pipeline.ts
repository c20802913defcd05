// The whole pipeline for OTLP over loopback: OTLP/gRPC in, redacted, OTLP/gRPC out, every request answered when the
// receiver has it. Beside it, in turns, a real Collector with its `redaction` processor and the same kinds of rules.
import { collectorOverOtlp } from './collector_process.ts'
import { LogveilProcess } from './logveil_process.ts'
import { quantile } from './measure.ts'
import { type LoadOrder, type LoadResult, Part, type SinkOrder, type SinkResult } from './parts.ts'
import type { Usage } from './process_usage.ts'
import type { Report } from './report.ts'

/** Requests that wait for their answer: a Collector has ten consumers of its queue. */
const WINDOW = 10
const COLLECTOR_WANTED = 3

type Load = Part<LoadOrder, LoadResult>

export interface OtlpTimes {
  readonly warm_s: number
  readonly turn_s: number
  readonly turns: number
  readonly half_s: number
}

interface Runner {
  readonly port: number
  usage(): Usage
  stop(): Promise<void>
}

interface Turn {
  readonly mb: number
  readonly records: number
  readonly seconds: number
  readonly cpu_s: number
}

function config(port: number): string {
  return `sources:
  otel: { type: otlp, grpc: 127.0.0.1:0 }
sinks:
  next: { type: otlp, endpoint: 'http://127.0.0.1:${port}', compression: none }
policy:
  packs: [default]
pipeline: { shutdown_ms: 2s }
admin: { listen: 127.0.0.1:0 }
`
}

/** `otelcol` is the Collector's path; null: it is left out, which the report says. */
export async function benchOtlpPipeline(report: Report, times: OtlpTimes, otelcol: string | null): Promise<void> {
  report.section('Whole pipeline over loopback, OTLP/gRPC → OTLP/gRPC, nothing compressed')
  const load: Load = await Part.start('otlp_load')
  const sink: Part<SinkOrder, SinkResult> = await Part.start('otlp_sink')
  const { port } = await sink.ask({})
  const runners: Runner[] = []
  try {
    const logveil = await LogveilProcess.start(config(port))
    const own = { port: logveil.port('otel'), usage: () => logveil.usage(), stop: () => logveil.stop() }
    runners.push(own)
    if (otelcol !== null) {
      const rival = await collectorOverOtlp(otelcol, port)
      runners.push({ port: rival.port, usage: () => rival.collector.usage(), stop: () => rival.collector.stop() })
    }
    const turns = await inTurns(load, runners, times)
    reportFull(report, turns[0])
    await reportHalf(report, load, port, own, times.half_s, turns[0])
    report.figure('otlp_pipeline_peak_rss_mb', 'Peak memory (RSS) of logveil', own.usage().peak_rss_mb, 'MB')
    if (turns.length > 1) reportRival(report, turns[0], turns[1], runners[1])
    else report.note('The Collector is LEFT OUT: --collector says where it is; `npm run bench` finds a built one')
  } finally {
    for (const runner of runners) await runner.stop()
    load.stop()
    sink.stop()
  }
}

/** A B A B …, each at full load for a while. */
async function inTurns(load: Load, runners: readonly Runner[], times: OtlpTimes): Promise<Turn[][]> {
  const turns = runners.map(() => [] as Turn[])
  for (const { port } of runners) await load.ask({ port, window: WINDOW, seconds: times.warm_s, drains: true })
  for (let n = 0; n < times.turns; n++) {
    for (const [i, runner] of runners.entries()) {
      const before = runner.usage().cpu_s
      const { bytes, records, seconds } = await load.ask({
        port: runner.port,
        window: WINDOW,
        seconds: times.turn_s,
        drains: true,
      })
      turns[i].push({ mb: bytes / 1e6, records, seconds, cpu_s: runner.usage().cpu_s - before })
    }
  }
  return turns
}

function reportFull(report: Report, turns: readonly Turn[]): void {
  const [mb, records, seconds, cpu_s] = [
    sum(turns, 'mb'),
    sum(turns, 'records'),
    sum(turns, 'seconds'),
    sum(turns, 'cpu_s'),
  ]
  report.figure('otlp_pipeline_mb_s', 'Throughput', mb / seconds, 'MB/s')
  report.figure('otlp_pipeline_records_s', 'Records', records / seconds, 'records/s')
  report.figure('otlp_pipeline_cpu_s_per_mb', 'Processor time of logveil', (cpu_s / mb) * 1000, 'CPU ms/MB')
}

async function reportHalf(
  report: Report,
  load: Load,
  receiver: number,
  own: Runner,
  seconds: number,
  turns: readonly Turn[],
): Promise<void> {
  const bytes_per_s = ((sum(turns, 'mb') / sum(turns, 'seconds')) * 1e6) / 2
  const half = { window: WINDOW, seconds, bytes_per_s }
  const through = await load.ask({ ...half, port: own.port })
  const direct = await load.ask({ ...half, port: receiver })
  const added = (share: 'ack_p50_ms' | 'ack_p99_ms') => Math.max(0, through[share] - direct[share])
  report.figure('otlp_pipeline_added_p50_ms', 'Added latency at half of that, p50', added('ack_p50_ms'), 'ms')
  report.figure('otlp_pipeline_added_p99_ms', 'Added latency at half of that, p99', added('ack_p99_ms'), 'ms')
}

function reportRival(report: Report, own: readonly Turn[], rival: readonly Turn[], collector: Runner): void {
  const perCpu = ({ mb, cpu_s }: Turn) => mb / cpu_s
  const ratios = own.map((turn, i) => perCpu(turn) / perCpu(rival[i]))
  const title = 'OTLP/gRPC → OTLP/gRPC: MB per CPU second × the Collector'
  report.ratio('otlp_pipeline_x_collector', title, quantile(ratios, 0.5), COLLECTOR_WANTED)
  const [mb, seconds, cpu_s] = [sum(rival, 'mb'), sum(rival, 'seconds'), sum(rival, 'cpu_s')]
  report.figure('otlp_collector_mb_s', 'The Collector with `redaction`: throughput', mb / seconds, 'MB/s')
  report.figure('otlp_collector_cpu_s_per_mb', 'The Collector: processor time', (cpu_s / mb) * 1000, 'CPU ms/MB')
  const { peak_rss_mb } = collector.usage()
  report.figure('otlp_collector_peak_rss_mb', 'The Collector: peak memory (RSS)', peak_rss_mb, 'MB')
}

function sum(turns: readonly Turn[], what: keyof Turn): number {
  return turns.reduce((all, turn) => all + turn[what], 0)
}
