// Owns the numbers of /metrics. Counters are added to once a batch; everything that somebody else already counts is
// read when it is asked for. Labels are bounded: names from the settings, and services as bounded as in the census.
import { PrometheusSerializer } from '@opentelemetry/exporter-prometheus'
import { AggregationType, MeterProvider, MetricReader } from '@opentelemetry/sdk-metrics'
import type { Counts } from '../core/counts.ts'
import type { Observer } from './flow.ts'
import type { Lane } from './lane.ts'
import type { Tally } from './tally.ts'

/** Series of one metric. Services × rules × actions are bounded by the census; OpenTelemetry's own 2,000 is too few. */
const SERIES_MAX = 200_000
const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60]

/** What is read at the time of a scrape. */
export interface Gauges {
  in_flight_bytes(): number
  stages(): Readonly<Record<string, number>>
  workers_lost(): number
  sums(): Tally
  lanes(): readonly Lane[]
}

class Scrape extends MetricReader {
  protected override async onShutdown(): Promise<void> {}
  protected override async onForceFlush(): Promise<void> {}
}

export class Metrics implements Omit<Observer, 'delivered'> {
  readonly #reader = new Scrape({ cardinalitySelector: () => SERIES_MAX })
  readonly #provider = new MeterProvider({
    readers: [this.#reader],
    views: [
      {
        instrumentName: 'logveil_delivery_seconds',
        aggregation: { type: AggregationType.EXPLICIT_BUCKET_HISTOGRAM, options: { boundaries: SECONDS } },
      },
    ],
  })
  readonly #serializer = new PrometheusSerializer('', false, undefined, true, true)
  readonly #meter = this.#provider.getMeter('logveil')
  readonly #records = this.#counter('logveil_records_total', 'Records that a worker has looked at')
  readonly #bytes_in = this.#counter('logveil_bytes_in_total', 'Bytes that sources have delivered to the workers')
  readonly #events = this.#counter('logveil_events_total', 'Events that components have emitted')
  readonly #busy = this.#counter('logveil_worker_busy_seconds_total', 'Time that workers have spent on batches')
  readonly #delivery = this.#meter.createHistogram('logveil_delivery_seconds', {
    description: 'From the arrival of a batch until every required sink had it',
  })

  event(component: string, event: string): void {
    this.#events.add(1, { component, event })
  }

  received(source: string, bytes: number): void {
    this.#bytes_in.add(bytes, { source })
  }

  redacted(source: string, counts: Counts, worked_ms: number): void {
    let records = 0
    for (const row of counts.services) records += row.records
    this.#records.add(records, { source })
    this.#busy.add(worked_ms / 1000)
  }

  delivered(source: string, took_ms: number): void {
    this.#delivery.record(took_ms / 1000, { source })
  }

  observe(gauges: Gauges): void {
    this.#observeLanes(gauges)
    this.#observeSums(gauges)
    const meter = this.#meter
    meter
      .createObservableGauge('logveil_in_flight_bytes', { description: 'Bytes between the sources and the sinks' })
      .addCallback((result) => result.observe(gauges.in_flight_bytes()))
    meter
      .createObservableGauge('logveil_batches', { description: 'Batches by where they are' })
      .addCallback((result) => {
        for (const [state, count] of Object.entries(gauges.stages())) result.observe(count, { state })
      })
    meter
      .createObservableCounter('logveil_workers_lost_total', { description: 'Workers lost on a batch' })
      .addCallback((result) => result.observe(gauges.workers_lost()))
  }

  /** The Prometheus text format, version 0.0.4. */
  async text(): Promise<string> {
    const { resourceMetrics } = await this.#reader.collect()
    return this.#serializer.serialize(resourceMetrics)
  }

  #counter(name: string, description: string) {
    return this.#provider.getMeter('logveil').createCounter(name, { description })
  }

  #observeLanes(gauges: Gauges): void {
    const each = (name: string, description: string, read: (lane: Lane) => number) => {
      this.#meter.createObservableCounter(name, { description }).addCallback((result) => {
        for (const lane of gauges.lanes()) result.observe(read(lane), { sink: lane.name })
      })
    }
    each('logveil_bytes_out_total', 'Bytes that sinks have taken', (lane) => lane.counts.sent_bytes)
    each('logveil_sink_retries_total', 'Sends that repeated an earlier one', (lane) => lane.counts.retries)
    each('logveil_batches_dropped_total', 'Batches that an optional sink missed', (lane) => lane.counts.dropped_batches)
    this.#meter
      .createObservableGauge('logveil_sink_up', { description: '1 while the last send to the sink succeeded' })
      .addCallback((result) => {
        for (const lane of gauges.lanes()) result.observe(lane.up ? 1 : 0, { sink: lane.name })
      })
  }

  #observeSums(gauges: Gauges): void {
    this.#meter
      .createObservableCounter('logveil_findings_total', { description: 'Findings in delivered batches' })
      .addCallback((result) => {
        const sums = new Map<string, { value: number; labels: { service: string; rule: string; action: string } }>()
        for (const { service, rule, action, matches } of gauges.sums().findings.values()) {
          const key = `${service}\0${rule}\0${action}`
          const sum = sums.get(key)
          if (sum) sum.value += matches
          else sums.set(key, { value: matches, labels: { service, rule, action } })
        }
        for (const { value, labels } of sums.values()) result.observe(value, labels)
      })
    this.#meter
      .createObservableCounter('logveil_records_failed_total', { description: 'Records that failed closed' })
      .addCallback((result) => {
        const sums = new Map<string, number>()
        for (const row of gauges.sums().coverage.values()) {
          for (const [reason, count] of Object.entries(row.failures)) {
            sums.set(reason, (sums.get(reason) ?? 0) + count)
          }
        }
        for (const [reason, count] of sums) result.observe(count, { reason })
      })
  }
}
