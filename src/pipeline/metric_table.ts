// Every metric there is, once: what makes the instruments, and docs/metrics.md, read this table. Names and labels are
// a promise to dashboards. Labels hold names from the settings, or services and rules, which are bounded.

export interface MetricRow {
  readonly kind: 'counter' | 'gauge' | 'histogram'
  /** UCUM, as OpenTelemetry writes it. */
  readonly unit: string
  readonly labels: readonly string[]
  readonly description: string
}

export const METRICS = {
  logveil_info: gauge('1', ['version', 'policy', 'instance'], 'Always 1; its labels say what runs'),
  logveil_records_total: counter('{record}', ['source'], 'Records that a worker has looked at'),
  logveil_bytes_in_total: counter('By', ['source'], 'Bytes that sources have delivered to the workers'),
  logveil_in_flight_bytes: gauge('By', [], 'Bytes between the sources and the sinks, as the limit counts them'),
  logveil_in_flight_bytes_max: gauge('By', [], 'The limit of those bytes; at it sources stop reading'),
  logveil_batches: gauge('{batch}', ['state'], 'Batches by where they are: queued, in_worker, delivering'),
  logveil_workers: gauge('{worker}', [], 'Worker threads that are there'),
  logveil_workers_lost_total: counter('{worker}', [], 'Workers lost on a batch'),
  logveil_worker_busy_seconds_total: counter('s', [], 'Time that workers have spent on batches'),
  logveil_delivery_seconds: histogram('s', ['source'], 'From the arrival of a batch until every required sink had it'),
  logveil_findings_total: counter('{finding}', ['service', 'rule', 'action'], 'Findings in delivered batches'),
  logveil_sensitive_data_per_minute: gauge(
    '{finding}',
    ['service'],
    'Sensitive data in the last minute (SDPM): findings that are no attacks, in delivered batches',
  ),
  logveil_exploits_per_minute: gauge(
    '{finding}',
    ['service'],
    'Exploits in the last minute (EPM): findings of the category attack, in delivered batches',
  ),
  logveil_findings_by_category_total: counter(
    '{finding}',
    ['service', 'category', 'severity'],
    'Findings in delivered batches, by what kind of data they are',
  ),
  logveil_alerts_total: counter('{alert}', ['alert', 'severity', 'muted'], 'Times that a rule on counts fired'),
  logveil_tightenings: gauge(
    '1',
    ['alert', 'response'],
    'Groups of a rule on counts whose records are dropped or kept aside',
  ),
  logveil_records_failed_total: counter('{record}', ['reason'], 'Records that failed closed'),
  logveil_records_out_total: counter('{record}', ['sink'], 'Records in the batches that a sink has taken'),
  logveil_bytes_out_total: counter('By', ['sink'], 'Bytes that sinks have taken, before compression'),
  logveil_sink_up: gauge('1', ['sink'], '1 while the last send to the sink succeeded'),
  logveil_sink_queue_batches: gauge('{batch}', ['sink'], 'Batches that the sink does not have yet'),
  logveil_sink_queue_bytes: gauge('By', ['sink'], 'Bytes of the batches that the sink does not have yet'),
  logveil_sink_retries_total: counter('{send}', ['sink'], 'Sends that repeated an earlier one'),
  logveil_sink_rejected_records_total: counter(
    '{record}',
    ['sink'],
    'Records that the receiver said it rejected, though it took the request they were in (OTLP partial success)',
  ),
  logveil_batches_dropped_total: counter('{batch}', ['sink'], 'Batches that an optional sink missed'),
  logveil_events_total: counter('{event}', ['component', 'event'], 'Events that components have emitted'),
  logveil_reloads_total: counter('{reload}', ['outcome'], 'Reloads by what came of them: changed, unchanged, refused'),
  logveil_config_ok: gauge('1', [], '0 after settings were refused: those before them are at work'),
  logveil_config_loaded_seconds: gauge('s', [], 'When the settings at work were read, in seconds since 1970'),
  logveil_kafka_partitions: gauge('{partition}', ['source'], 'Partitions that a source has of its consumer group'),
  logveil_kafka_lag_records: gauge(
    '{record}',
    ['source', 'topic', 'partition'],
    'Records in front of a source in a partition that it has, when it was looked at last',
  ),
  process_cpu_seconds_total: counter('s', [], 'CPU time of the process, user and system'),
  process_resident_memory_bytes: gauge('By', [], 'Resident memory of the process'),
} satisfies Record<string, MetricRow>

export type MetricName = keyof typeof METRICS

function counter(unit: string, labels: readonly string[], description: string): MetricRow {
  return { kind: 'counter', unit, labels, description }
}

function gauge(unit: string, labels: readonly string[], description: string): MetricRow {
  return { kind: 'gauge', unit, labels, description }
}

function histogram(unit: string, labels: readonly string[], description: string): MetricRow {
  return { kind: 'histogram', unit, labels, description }
}
