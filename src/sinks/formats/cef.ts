// The `cef` format: ArcSight's Common Event Format 0, a line for syslog.
//
//   CEF:0|vendor|product|version|signature|name|severity 0-10|key=value key=value …
//
// `\` and `|` are escaped in the header; `\`, `=` and line ends in values.
import type { EventFormat } from '../../core/event_format.ts'
import { bounded, sentence, withoutControls } from '../../core/event_text.ts'
import type { SiemEvent } from '../../core/siem_event.ts'

const SEVERITY: Readonly<Record<string, number>> = { low: 3, medium: 5, high: 8, critical: 10 }
const NAME_BYTES_MAX = 512
const MESSAGE_BYTES_MAX = 1_023

type Value = string | number | undefined

export const cef: EventFormat = {
  summary: 'ArcSight Common Event Format 0, one line',
  content_type: 'text/plain; charset=utf-8',
  render(event) {
    const [signature, name, severity] = title(event)
    const header = ['CEF:0', 'logveil', 'logveil', event.version, signature, name].map(inHeader)
    const pairs = Object.entries({ ...common(event), ...own(event) }).flatMap(([key, value]) =>
      value === undefined || value === '' ? [] : [`${key}=${inValue(String(value))}`],
    )
    return `${[...header, severity].join('|')}|${pairs.join(' ')}`
  },
}

function title(event: SiemEvent): [string, string, number] {
  if (event.event === 'finding') {
    return [event.rule, `Sensitive data in logs: ${event.rule}`, SEVERITY[event.severity] ?? 0]
  }
  if (event.event === 'alert') return [event.alert, event.title, SEVERITY[event.severity] ?? 0]
  return ['coverage', 'Records inspected', event.not_inspected > 0 ? SEVERITY.medium : 0]
}

function common(event: SiemEvent): Record<string, Value> {
  return {
    rt: Date.parse(event.window_end),
    start: Date.parse(event.window_start),
    end: Date.parse(event.window_end),
    externalId: event.id,
    dvchost: event.instance,
    deviceExternalId: event.run,
    sourceServiceName: event.service,
    msg: bounded(sentence(event), MESSAGE_BYTES_MAX),
    cs1Label: 'policy',
    cs1: event.policy_version,
    cs2Label: 'source',
    cs2: event.source,
    cn1Label: 'seq',
    cn1: event.seq,
    logveilEvent: event.event,
    logveilNamespace: event.namespace,
    logveilEnvironment: event.environment,
    logveilFirstSeen: event.first_seen,
    logveilLastSeen: event.last_seen,
  }
}

function own(event: SiemEvent): Record<string, Value> {
  if (event.event === 'finding') {
    const { category, action, matches, records, paths, fingerprints, rule_version, confidence } = event
    return {
      cat: category,
      act: action,
      cnt: matches,
      cn2Label: 'records',
      cn2: records,
      cs3Label: 'paths',
      cs3: paths.join(', '),
      cs4Label: 'fingerprints',
      cs4: fingerprints?.join(', '),
      cs5Label: 'ruleVersion',
      cs5: rule_version,
      cs6Label: 'confidence',
      cs6: listed(confidence),
    }
  }
  if (event.event === 'coverage') {
    const { records_seen, records_affected, records_dropped, clean, not_inspected, failures } = event
    return {
      cat: 'coverage',
      cnt: records_seen,
      outcome: not_inspected > 0 ? 'failure' : 'success',
      reason: listed(failures),
      cn2Label: 'recordsAffected',
      cn2: records_affected,
      cn3Label: 'notInspected',
      cn3: not_inspected,
      logveilDropped: records_dropped,
      logveilClean: clean,
      logveilOverBudget: event.over_budget,
      logveilUndecodable: event.undecodable,
    }
  }
  return {
    cat: event.category ?? 'alert',
    act: event.response,
    cnt: event.observed,
    cn2Label: 'threshold',
    cn2: event.threshold,
    cs3Label: 'kind',
    cs3: event.kind,
    cs4Label: 'key',
    cs4: event.key,
    cs5Label: 'rule',
    cs5: event.rule,
    logveilUntil: event.until,
  }
}

function listed(counts: Readonly<Record<string, number | undefined>>): string {
  return Object.entries(counts)
    .map(([name, count]) => `${name}:${count}`)
    .join(', ')
}

function inHeader(text: string): string {
  const flat = withoutControls(bounded(text, NAME_BYTES_MAX))
  return flat.replaceAll('\\', '\\\\').replaceAll('|', '\\|')
}

function inValue(text: string): string {
  const escaped = text.replaceAll('\\', '\\\\').replaceAll('=', '\\=')
  return withoutControls(escaped.replaceAll('\r', '\\r').replaceAll('\n', '\\n'))
}
