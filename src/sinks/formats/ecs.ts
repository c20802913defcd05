// The `ecs` format: Elastic Common Schema. What it has no field for stands under `logveil`. It says nothing of data
// streams: the index knows its own name.
import type { EventFormat } from '../../core/event_format.ts'
import { sentence } from '../../core/event_text.ts'
import type { SiemEvent } from '../../core/siem_event.ts'

const ECS_VERSION = '8.17.0'
/** As Elastic's own detection rules grade them. */
const RISK: Readonly<Record<string, number>> = { low: 21, medium: 47, high: 73, critical: 99 }

export const ecs: EventFormat = {
  summary: 'Elastic Common Schema 8, for Elasticsearch and what reads it',
  content_type: 'application/json',
  render(event) {
    const { schema, run, policy_version, source } = event
    return {
      '@timestamp': event.window_end,
      message: sentence(event),
      ecs: { version: ECS_VERSION },
      event: { ...eventFields(event), ...outcome(event) },
      service: {
        name: event.service,
        ...(event.environment === undefined ? {} : { environment: event.environment }),
      },
      ...(event.namespace === undefined ? {} : { orchestrator: { namespace: event.namespace } }),
      observer: {
        vendor: 'logveil',
        product: 'logveil',
        type: 'dlp',
        name: event.instance,
        version: event.version,
      },
      ...ruleFields(event),
      logveil: { schema, run, policy_version, source, ...own(event) },
    }
  },
}

function eventFields(event: SiemEvent): Record<string, unknown> {
  return {
    id: event.id,
    sequence: event.seq,
    module: 'logveil',
    dataset: `logveil.${event.event}`,
    provider: event.source,
    start: event.window_start,
    end: event.window_end,
  }
}

function outcome(event: SiemEvent): Record<string, unknown> {
  if (event.event === 'coverage') {
    return { kind: 'metric', action: 'inspected', outcome: event.not_inspected > 0 ? 'failure' : 'success' }
  }
  const risk = RISK[event.severity] ?? 0
  const graded = { severity: risk, risk_score: risk, category: ['intrusion_detection'], type: ['info'] }
  const action = event.event === 'finding' ? event.action : event.response
  return { kind: 'alert', action, outcome: 'success', ...graded }
}

function ruleFields(event: SiemEvent): Record<string, unknown> {
  if (event.event === 'coverage') return {}
  const ruleset = event.policy_version
  if (event.event === 'alert') {
    const category = event.category === undefined ? {} : { category: event.category }
    return { rule: { id: event.alert, name: event.title, ruleset, ...category } }
  }
  const { rule, category, rule_version } = event
  return { rule: { id: rule, name: rule, category, version: rule_version, ruleset } }
}

/** Of each event what is its own, under its own names. */
function own(event: SiemEvent): Record<string, unknown> {
  const { first_seen, last_seen } = event
  if (event.event === 'finding') {
    const { matches, records, paths, fingerprints, confidence, severity } = event
    const kept = { first_seen, last_seen, matches, records, paths, confidence, severity }
    return fingerprints === undefined ? kept : { ...kept, fingerprints }
  }
  if (event.event === 'coverage') {
    const { records_seen, records_affected, records_dropped, clean, failures, ...rest } = event
    const { not_inspected, over_budget, undecodable } = rest
    const seen = { first_seen, last_seen, records_seen, records_affected, records_dropped, clean }
    return { ...seen, failures, not_inspected, over_budget, undecodable }
  }
  const { kind, observed, threshold, response, severity, rule, key, until } = event
  // What is undefined is left out when it is written.
  return { first_seen, last_seen, kind, observed, threshold, response, severity, detected_rule: rule, key, until }
}
