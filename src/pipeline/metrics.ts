// Owns the numbers of /metrics, which are also what OTLP exports. Counters are added to once a batch; everything that
// somebody else already counts is read (metric_reads.ts) when it is asked for. Labels are bounded: names from the
// settings, and services as bounded as in the census.
import type { Attributes, Counter, Histogram, ObservableResult } from '@opentelemetry/api'
import { PrometheusSerializer } from '@opentelemetry/exporter-prometheus'
import { type Resource, resourceFromAttributes } from '@opentelemetry/resources'
import { AggregationType, type IMetricReader, MeterProvider, MetricReader } from '@opentelemetry/sdk-metrics'
import type { Counts } from '../core/counts.ts'
import type { Facts } from '../core/events.ts'
import { type Gauges, type ReadName, readsOf } from './metric_reads.ts'
import { METRICS, type MetricName, type MetricRow } from './metric_table.ts'
import type { Observer } from './observer.ts'

/** Series of one metric. Services × rules × actions are bounded by the census; OpenTelemetry's own 2,000 is too few. */
export const SERIES_MAX = 200_000
const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60]

class Scrape extends MetricReader {
  protected override async onShutdown(): Promise<void> {}
  protected override async onForceFlush(): Promise<void> {}
}

export interface MetricsOptions {
  /** Whose metrics they are, for who exports them. */
  readonly resource?: Resource
  /** Readers besides the one of /metrics. */
  readonly readers?: readonly IMetricReader[]
}

type Named = readonly { readonly plan: { readonly name: string } }[]
interface Components {
  readonly sources: Named
  readonly sinks: Named
}

export class Metrics implements Omit<Observer, 'delivered'> {
  readonly #reader = new Scrape({ cardinalitySelector: () => SERIES_MAX })
  readonly #provider: MeterProvider
  readonly #serializer = new PrometheusSerializer('', false, undefined, true, true)
  readonly #records: Counter
  readonly #bytes_in: Counter
  readonly #events: Counter
  readonly #rejected: Counter
  readonly #busy: Counter
  readonly #reloads: Counter
  readonly #delivery: Histogram

  constructor({ resource = resourceFromAttributes({}), readers = [] }: MetricsOptions = {}) {
    const aggregation = { type: AggregationType.EXPLICIT_BUCKET_HISTOGRAM, options: { boundaries: SECONDS } } as const
    this.#provider = new MeterProvider({
      resource,
      readers: [this.#reader, ...readers],
      views: [{ instrumentName: 'logveil_delivery_seconds', aggregation }],
    })
    this.#records = this.#counter('logveil_records_total')
    this.#bytes_in = this.#counter('logveil_bytes_in_total')
    this.#events = this.#counter('logveil_events_total')
    this.#rejected = this.#counter('logveil_sink_rejected_records_total')
    this.#reloads = this.#counter('logveil_reloads_total')
    for (const outcome of ['changed', 'unchanged', 'refused']) this.#reloads.add(0, { outcome })
    this.#busy = this.#counter('logveil_worker_busy_seconds_total')
    this.#delivery = this.#meter.createHistogram('logveil_delivery_seconds', METRICS.logveil_delivery_seconds)
  }

  event(component: string, event: string, facts?: Facts): void {
    this.#events.add(typeof facts?.times === 'number' ? facts.times : 1, { component, event })
    const rejected = facts?.rejected_records
    if (typeof rejected === 'number') this.#rejected.add(rejected, { sink: component })
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

  reloaded(outcome: string): void {
    this.#reloads.add(1, { outcome })
  }

  /** A series that begins at 0 shows its first step; one that is not there yet does not. */
  known({ sources, sinks }: Components): void {
    for (const { plan } of sources) {
      for (const one of [this.#records, this.#bytes_in]) one.add(0, { source: plan.name })
    }
    for (const { plan } of sinks) this.#rejected.add(0, { sink: plan.name })
  }

  observe(gauges: Gauges): void {
    for (const [name, read] of Object.entries(readsOf(gauges))) {
      const row: MetricRow = METRICS[name as ReadName]
      const observe = (result: ObservableResult) =>
        read((value: number, labels?: Attributes) => result.observe(value, labels))
      const made =
        row.kind === 'counter'
          ? this.#meter.createObservableCounter(name, row)
          : this.#meter.createObservableGauge(name, row)
      made.addCallback(observe)
    }
  }

  /** The Prometheus text format, version 0.0.4. */
  async text(): Promise<string> {
    const { resourceMetrics } = await this.#reader.collect()
    return this.#serializer.serialize(resourceMetrics)
  }

  /** What other readers have not exported yet goes out now. /metrics still answers afterwards. */
  async flush(): Promise<void> {
    await this.#provider.forceFlush()
  }

  get #meter() {
    return this.#provider.getMeter('logveil')
  }

  #counter(name: MetricName): Counter {
    return this.#meter.createCounter(name, METRICS[name])
  }
}
