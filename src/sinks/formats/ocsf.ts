// The `ocsf` format: Data Security Finding (class 2006) of the Open Cybersecurity Schema Framework 1.8, with the
// profile `security_control`. Coverage has no class of its own there: it is a finding of severity Informational that
// is no alert.
import type { EventFormat } from '../../core/event_format.ts'
import { sentence } from '../../core/event_text.ts'
import type { AlertEvent, CoverageEvent, FindingEvent, SiemEvent } from '../../core/siem_event.ts'

const OCSF_VERSION = '1.8.0'
const CLASS = 2006
const CREATE = 1
const APPLICATION_DLP = 10
const IN_TRANSIT = 2
const AFFECTED = 3
const OTHER = 99

const SEVERITY: Readonly<Record<string, number>> = { low: 2, medium: 3, high: 4, critical: 5 }
const CATEGORY: Readonly<Record<string, number>> = { personal: 1, health: 1, financial: 3, secret: 6 }
const CONFIDENCE: readonly [string, number][] = [
  ['high', 3],
  ['medium', 2],
  ['low', 1],
]
const ANALYTIC_RULE = 1
const ANALYTIC_STATISTICAL = 3

/** `action_id` and `disposition_id`: what was done, and what became of the record. */
const DONE: Readonly<Record<string, readonly [number, number]>> = {
  keep: [3, 15],
  drop_record: [2, 6],
  quarantine: [2, 3],
}
const CORRECTED = [4, 11] as const

export const ocsf: EventFormat = {
  summary: 'OCSF 1.8, Data Security Finding (2006), as Amazon Security Lake and others read it',
  content_type: 'application/json',
  render(event) {
    if (event.event === 'finding') return { ...common(event), ...finding(event) }
    if (event.event === 'coverage') return { ...common(event), ...coverage(event) }
    return { ...common(event), ...alert(event) }
  },
}

function common(event: SiemEvent): Record<string, unknown> {
  return {
    class_uid: CLASS,
    class_name: 'Data Security Finding',
    category_uid: 2,
    category_name: 'Findings',
    activity_id: CREATE,
    activity_name: 'Create',
    type_uid: CLASS * 100 + CREATE,
    type_name: 'Data Security Finding: Create',
    status_id: 1,
    time: Date.parse(event.window_end),
    start_time: Date.parse(event.window_start),
    end_time: Date.parse(event.window_end),
    message: sentence(event),
    metadata: {
      version: OCSF_VERSION,
      profiles: ['security_control'],
      product: { name: 'logveil', vendor_name: 'logveil', version: event.version },
      uid: event.id,
      event_code: event.event,
      sequence: event.seq,
      log_name: event.source,
      reporter: { name: event.instance, uid: event.run },
    },
    resources: [
      {
        uid: event.service,
        name: event.service,
        type: 'service',
        role_id: AFFECTED,
        ...(event.namespace === undefined ? {} : { namespace: event.namespace }),
        ...(event.environment === undefined ? {} : { labels: [`environment:${event.environment}`] }),
      },
    ],
  }
}

function finding(event: FindingEvent): Record<string, unknown> {
  const [action_id, disposition_id] = DONE[event.action] ?? CORRECTED
  const { rule, rule_version, category, matches, records, paths, fingerprints, confidence, action } = event
  return {
    severity_id: SEVERITY[event.severity] ?? 0,
    confidence_id: CONFIDENCE.find(([name]) => event.confidence[name as 'high'])?.[1] ?? 0,
    count: matches,
    is_alert: true,
    action_id,
    disposition_id,
    finding_info: {
      ...findingInfo(event, `Sensitive data in logs: ${rule}`),
      types: [category],
      analytic: { uid: rule, name: rule, version: rule_version, type_id: ANALYTIC_RULE },
    },
    data_security: {
      ...dataSecurity(event, category),
      detection_pattern: rule,
      discovery_details: [{ type: rule, count: matches }],
      total: matches,
    },
    unmapped: { action, records, paths, confidence, ...(fingerprints === undefined ? {} : { fingerprints }) },
  }
}

function coverage(event: CoverageEvent): Record<string, unknown> {
  const { records_seen, records_affected, records_dropped, clean, failures, ...rest } = event
  const { not_inspected, over_budget, undecodable } = rest
  return {
    severity_id: not_inspected > 0 ? SEVERITY.medium : 1,
    count: records_seen,
    is_alert: false,
    action_id: 3,
    disposition_id: 20,
    finding_info: { ...findingInfo(event, 'Records inspected'), types: ['coverage'] },
    data_security: { ...dataSecurity(event, 'other'), total: 0 },
    unmapped: {
      ...{ records_seen, records_affected, records_dropped, clean },
      ...{ not_inspected, over_budget, undecodable, failures },
    },
  }
}

function alert(event: AlertEvent): Record<string, unknown> {
  const { alert: id, title, kind, observed, threshold, key, response, until, category = 'other', rule } = event
  return {
    severity_id: SEVERITY[event.severity] ?? 0,
    count: observed,
    is_alert: true,
    action_id: response === 'alert' ? 3 : 2,
    disposition_id: response === 'alert' ? 19 : response === 'drop' ? 6 : 3,
    finding_info: {
      ...findingInfo(event, title),
      types: ['alert', kind],
      analytic: { uid: id, name: id, type_id: ANALYTIC_STATISTICAL },
    },
    data_security: {
      ...dataSecurity(event, category),
      ...(rule === undefined ? {} : { detection_pattern: rule }),
      total: observed,
    },
    unmapped: { threshold, response, ...(key === undefined ? {} : { key }), ...(until === undefined ? {} : { until }) },
  }
}

function findingInfo(event: SiemEvent, title: string): Record<string, unknown> {
  return {
    uid: event.id,
    title,
    desc: sentence(event),
    created_time: Date.parse(event.window_end),
    first_seen_time: Date.parse(event.first_seen),
    last_seen_time: Date.parse(event.last_seen),
    data_sources: [event.source],
    product: { name: 'logveil', vendor_name: 'logveil', version: event.version },
  }
}

function dataSecurity(event: SiemEvent, category: string): Record<string, unknown> {
  return {
    category_id: CATEGORY[category] ?? OTHER,
    category,
    data_lifecycle_state_id: IN_TRANSIT,
    detection_system_id: APPLICATION_DLP,
    classifier_details: { name: 'logveil', type: 'Pattern' },
    policy: { uid: event.policy_version, name: 'logveil policy', version: event.policy_version, is_applied: true },
  }
}
