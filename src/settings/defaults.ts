// What a policy has without being told: where service names are, and which fields are not scanned.

/** Dotted renderings, so keys with dots in them read naturally. Best first. */
export const DEFAULT_SERVICE_FROM: readonly string[] = [
  'kubernetes.labels.app.kubernetes.io/name',
  'kubernetes.labels.app',
  'kubernetes.container_name',
  '@group.resource.attributes.service.name',
  'service.name',
  'service',
  'service_name',
  'container_name',
  'app',
  'sourcetype',
  '_SYSTEMD_UNIT',
  'SYSLOG_IDENTIFIER',
  '@tag',
]

export const DEFAULT_NAMESPACE_FROM: readonly string[] = [
  'kubernetes.namespace_name',
  '@group.resource.attributes.service.namespace',
  '@group.resource.attributes.k8s.namespace.name',
  'service.namespace',
]

export const DEFAULT_ENVIRONMENT_FROM: readonly string[] = [
  '@group.resource.attributes.deployment.environment.name',
  '@group.resource.attributes.deployment.environment',
  'service.environment',
  'environment',
  'env',
]

/**
 * Keys, compared whole without case and `-_. `, whose values are long runs of digits or hex by design: ids of traces
 * and containers, and times. They would look like cards and phones by chance, and hold nothing of a person. A name is
 * here only when its standard or its emitter fills it by machine; free text never is.
 */
export const DEFAULT_EXCLUDE_FIELDS: readonly string[] = [
  // OpenTelemetry, W3C trace context, Datadog, B3, AWS X-Ray, Google Cloud.
  'trace_id',
  'span_id',
  'parent_id',
  'parent_span_id',
  'trace_flags',
  'traceparent',
  'trace',
  'dd.trace_id',
  'dd.span_id',
  'otel.trace_id',
  'otel.span_id',
  'x-b3-traceid',
  'x-b3-spanid',
  'x-b3-parentspanid',
  'x-amzn-trace-id',
  'x-cloud-trace-context',
  'logging.googleapis.com/trace',
  'logging.googleapis.com/spanId',
  // Times.
  'timestamp',
  '@timestamp',
  'time',
  'ts',
  'date',
  'datetime',
  'time_unix_nano',
  'observed_timestamp',
  'observed_time_unix_nano',
  'observed_time',
  'event_time',
  'start_time',
  'end_time',
  'created_at',
  'updated_at',
  'duration_ms',
  'duration_ns',
  // Containers and builds.
  'container_id',
  'container_hash',
  'container_image_id',
  'docker_id',
  'pod_id',
  'pod_uid',
  'image_id',
  'commit_sha',
  'git_sha',
  'git_commit',
]
