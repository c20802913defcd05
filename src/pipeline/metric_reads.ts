// Owns how the metrics that somebody else already counts are read, at the time of a scrape or an export. It keeps
// nothing, and what it reads must be cheap.
import type { Attributes } from '@opentelemetry/api'
import type { PartitionLag } from '../core/component.ts'
import type { Alerts } from './alerts/alerts.ts'
import type { Rate } from './alerts/rates.ts'
import type { Lane } from './lane.ts'
import type { MetricName } from './metric_table.ts'
import type { Tally } from './tally.ts'

export interface Gauges {
  info(): { readonly version: string; readonly policy: string; readonly instance: string }
  in_flight_bytes_max(): number
  in_flight_bytes(): number
  stages(): Readonly<Record<string, number>>
  workers(): number
  workers_lost(): number
  sums(): Tally
  alerts(): Alerts
  lanes(): readonly Lane[]
  /** Of the sources that read partitions of topics. */
  partitions(): readonly { readonly source: string; readonly partitions: readonly PartitionLag[] }[]
  config(): { readonly ok: boolean; readonly loaded_ms: number }
}

type Observe = (value: number, labels?: Attributes) => void
type Read = (observe: Observe) => void

/** Those that batches and events add to. */
type AddedName =
  | 'logveil_records_total'
  | 'logveil_bytes_in_total'
  | 'logveil_events_total'
  | 'logveil_worker_busy_seconds_total'
  | 'logveil_delivery_seconds'
  | 'logveil_sink_rejected_records_total'
  | 'logveil_reloads_total'

export type ReadName = Exclude<MetricName, AddedName>

export function readsOf(gauges: Gauges): Record<ReadName, Read> {
  const eachLane = (read: (lane: Lane) => number) => (observe: Observe) => {
    for (const lane of gauges.lanes()) observe(read(lane), { sink: lane.name })
  }
  return {
    logveil_info: (observe) => observe(1, { ...gauges.info() }),
    logveil_in_flight_bytes: (observe) => observe(gauges.in_flight_bytes()),
    logveil_in_flight_bytes_max: (observe) => observe(gauges.in_flight_bytes_max()),
    logveil_batches: (observe) => {
      for (const [state, count] of Object.entries(gauges.stages())) observe(count, { state })
    },
    logveil_workers: (observe) => observe(gauges.workers()),
    logveil_workers_lost_total: (observe) => observe(gauges.workers_lost()),
    logveil_findings_total: (observe) => observeFindings(gauges.sums(), observe),
    logveil_findings_by_category_total: (observe) => observeCategories(gauges.sums(), observe),
    logveil_sensitive_data_per_minute: (observe) => observeRate(gauges.alerts(), 'sensitive_data', observe),
    logveil_exploits_per_minute: (observe) => observeRate(gauges.alerts(), 'exploits', observe),
    logveil_alerts_total: (observe) => {
      for (const { count, alert, severity, muted } of gauges.alerts().firings)
        observe(count, { alert, severity, muted })
    },
    logveil_tightenings: (observe) => {
      for (const { count, ...labels } of gauges.alerts().tightenings) observe(count, labels)
    },
    logveil_records_failed_total: (observe) => observeFailures(gauges.sums(), observe),
    logveil_records_out_total: eachLane((lane) => lane.counts.sent_records),
    logveil_bytes_out_total: eachLane((lane) => lane.counts.sent_bytes),
    logveil_sink_up: eachLane((lane) => (lane.up ? 1 : 0)),
    logveil_sink_queue_batches: eachLane((lane) => lane.pending),
    logveil_sink_queue_bytes: eachLane((lane) => lane.held_bytes),
    logveil_sink_retries_total: eachLane((lane) => lane.counts.retries),
    logveil_batches_dropped_total: eachLane((lane) => lane.counts.dropped_batches),
    logveil_config_ok: (observe) => observe(gauges.config().ok ? 1 : 0),
    logveil_config_loaded_seconds: (observe) => observe(gauges.config().loaded_ms / 1000),
    logveil_kafka_partitions: (observe) => {
      for (const { source, partitions } of gauges.partitions()) observe(partitions.length, { source })
    },
    logveil_kafka_lag_records: (observe) => {
      for (const { source, partitions } of gauges.partitions()) {
        for (const { topic, partition, lag } of partitions)
          observe(lag, { source, topic, partition: String(partition) })
      }
    },
    process_cpu_seconds_total: (observe) => {
      const { user, system } = process.cpuUsage()
      observe((user + system) / 1e6)
    },
    process_resident_memory_bytes: (observe) => observe(process.memoryUsage.rss()),
  }
}

/** The census counts by source as well; a service may come from several. */
function observeFindings(sums: Tally, observe: Observe): void {
  const totals = new Map<string, { value: number; labels: Attributes }>()
  for (const { service, rule, action, matches } of sums.findings.values()) {
    const key = `${service}\0${rule}\0${action}`
    const total = totals.get(key)
    if (total) total.value += matches
    else totals.set(key, { value: matches, labels: { service, rule, action } })
  }
  for (const { value, labels } of totals.values()) observe(value, labels)
}

function observeCategories(sums: Tally, observe: Observe): void {
  const totals = new Map<string, { value: number; labels: Attributes }>()
  for (const { service, category, severity, matches } of sums.findings.values()) {
    const key = JSON.stringify([service, category, severity])
    const total = totals.get(key)
    if (total) total.value += matches
    else totals.set(key, { value: matches, labels: { service, category, severity } })
  }
  for (const { value, labels } of totals.values()) observe(value, labels)
}

function observeRate({ rates, now_ms }: Alerts, rate: Rate, observe: Observe): void {
  rates.each(rate, now_ms, (per_minute, service) => observe(per_minute, { service }))
}

function observeFailures(sums: Tally, observe: Observe): void {
  const totals = new Map<string, number>()
  for (const row of sums.coverage.values()) {
    for (const [reason, count] of Object.entries(row.failures)) totals.set(reason, (totals.get(reason) ?? 0) + count)
  }
  for (const [reason, count] of totals) observe(count, { reason })
}
