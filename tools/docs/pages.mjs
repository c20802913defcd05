// What the generated pages say. It reads the program's registries and tables and writes no file.
import { manPage } from './man.mjs'
import { settingsPage } from './settings.mjs'
import { siemPage } from './siem.mjs'
import { table } from './table.mjs'

/**
 * @typedef {import('../../src/core/detector.ts').Detector} Detector
 * @typedef {import('../../src/core/policy.ts').Policy} Policy
 * @typedef {import('../../src/settings/schema_lookup.ts').JsonSchema} JsonSchema
 * @typedef {{
 *   schema: JsonSchema
 *   errors: Readonly<Record<string, readonly [string, string]>>
 *   metrics: Readonly<Record<string, import('../../src/pipeline/metric_table.ts').MetricRow>>
 *   detectors: readonly Detector[]
 *   policy: Policy
 *   rows: typeof import('../../src/settings/rows.ts')
 *   formats: import('./siem.mjs').Formats
 *   commands: readonly import('commander').Command[]
 *   exitCodes: string
 * }} Made `policy` is the one that counts when nobody wrote one
 */

/** The text of each page by its path. @param {Made} from @returns {Record<string, string>} */
export function pages({ schema, errors, metrics, detectors, policy, rows, formats, commands, exitCodes }) {
  return {
    'docs/detectors.md': detectorsPage(detectors, policy),
    'docs/errors.md': errorsPage(errors),
    'docs/metrics.md': metricsPage(metrics),
    'docs/settings.md': settingsPage(schema, rows),
    'docs/siem.md': siemPage(formats),
    'man/logveil.1': manPage(commands, exitCodes),
  }
}

/** @param {readonly Detector[]} detectors @param {Policy} policy */
function detectorsPage(detectors, policy) {
  const categories = [...new Set(detectors.map(({ category }) => category))]
  const sections = categories.map((category) => {
    const rows = detectors.filter((one) => one.category === category).map((one) => detectorRow(one, policy))
    const head = ['detector', 'finds', 'where', 'severity', 'confidence', 'in `default`']
    return `\n## ${category}\n\n${table(head, rows)}`
  })
  return `# Detectors

Written by \`npm run docs\` from \`src/classifier/detectors\`: ${detectors.length} detectors. A confidence such as
"low, high by context" rises when a word that speaks for the kind stands beside the value or in its path; rules ask for
\`medium\` unless they say otherwise, so that what is \`low\` counts only by context.
${sections.join('')}`
}

/** @param {Detector} detector @param {Policy} policy */
function detectorRow({ id, summary, region, severity, confidence, near, near_confidence }, policy) {
  const rule = policy.rules.find(({ find }) => 'detector' in find && find.detector === id)
  const raised = near === undefined ? '' : `, ${near_confidence ?? 'high'} by context`
  return [`\`${id}\``, summary, region ?? '', severity, confidence + raised, rule ? `\`${rule.action.type}\`` : '']
}

/** @param {Made['errors']} errors */
function errorsPage(errors) {
  const rows = Object.entries(errors).map(([code, [what, remedy]]) => [`\`${code}\``, what, remedy])
  return `# Errors

Written by \`npm run docs\` from \`src/core/errors.ts\`. The code stands in the log, under \`code\`. Messages never hold
bytes of a record.

${table(['code', 'what happened', 'what to do'], rows)}`
}

/** @param {Made['metrics']} metrics */
function metricsPage(metrics) {
  const rows = Object.entries(metrics).map(([name, { kind, unit, labels, description }]) => {
    return [`\`${name}\``, kind, `\`${unit}\``, labels.map((label) => `\`${label}\``).join(', '), description]
  })
  return `# Metrics

Written by \`npm run docs\` from \`src/pipeline/metric_table.ts\`. They are at \`/metrics\` of the admin port, for
Prometheus, and go out by OTLP when \`telemetry.otlp\` is set, under the same names. Counters begin at 0 with the
process. A label never holds anything of a record but the name of its service; services are bounded by
\`census.services_max\`, the rest is counted under \`_other\`.

${table(['metric', 'kind', 'unit', 'labels', 'what it is'], rows)}`
}
