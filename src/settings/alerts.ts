// Rules on counts as written → core/alert_rules: defaults, one trigger a rule, and the baseline file read. What they
// look at in records is told to the workers with the policy.
import { readFile } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { z } from 'zod'
import type { AlertRule, AlertsPlan, AlertTrigger, Baseline } from '../core/alert_rules.ts'
import { ALERTS, type PlannedSink, type PlannedSource, QUARANTINE } from '../core/plan.ts'
import type { Policy } from '../core/policy.ts'
import type { Path } from './complaint.ts'
import { SettingsDocument } from './document.ts'
import { parsePart } from './parse.ts'
import { durationMs } from './units.ts'

const SECOND_MS = 1_000
const MINUTE_MS = 60_000
const DAY_MS = 24 * 60 * MINUTE_MS

const globs = (what: string) => z.array(z.string().min(1)).min(1).describe(what).optional()
const CATEGORIES = ['financial', 'personal', 'secret', 'network', 'health', 'attack', 'other'] as const
const count = z.int().min(1).max(1_000_000_000)

const scopeShape = z.strictObject({
  service: globs('Globs over names of services.'),
  source: globs('Globs over names of sources.'),
  category: globs('Globs over categories.'),
  rule: globs('Globs over ids of rules.'),
  severity: globs('Severities: low, medium, high, critical.'),
})

const alertRuleShape = z
  .strictObject({
    id: z
      .string()
      .regex(/^[a-z][a-z0-9_.-]{0,63}$/, 'not an id')
      .describe('Small letters, digits and _.- (at most 64).'),
    when: scopeShape.describe('Which findings count; absent: all.').prefault({}),
    by: z
      .array(z.enum(['service', 'category', 'rule', 'source', 'value']))
      .describe(
        'What is counted apart; absent: each service, with first_seen each service and category. []: all together.',
      )
      .optional(),
    value: z
      .array(z.string().min(1))
      .min(1)
      .describe('Dotted paths of a value in the record, best first, for `value`; it is known by its keyed hash only.')
      .optional(),
    count: z
      .enum(['matches', 'records', 'not_inspected'])
      .describe('What is counted: findings, records with findings, or records that failed closed.')
      .optional(),
    distinct: z
      .enum(['service', 'category', 'rule', 'source', 'value'])
      .describe('Counts how many different ones there are.')
      .optional(),
    threshold: count.describe('It fires from here on; with `change`, not below.').optional(),
    change: z
      .number()
      .min(1.1)
      .max(1_000_000)
      .describe('It fires at so many times what was counted on average in the windows before (3 to 24 of them).')
      .optional(),
    first_seen: z
      .literal(true)
      .describe('It fires at a category that the baseline does not approve for the service.')
      .optional(),
    over_ms: durationMs({ min: SECOND_MS, max: DAY_MS })
      .describe('Length of the sliding window.')
      .prefault(5 * MINUTE_MS),
    severity: z.enum(['low', 'medium', 'high', 'critical']).describe('Of the alert.').default('medium'),
    muted: z.boolean().describe('It is counted in the metrics, and nothing else happens.').default(false),
    quiet_ms: durationMs({ min: 0, max: 30 * DAY_MS })
      .describe('Not again for the same group before this is over; absent: over_ms, with first_seen a day.')
      .optional(),
    action: z
      .enum(['alert', 'drop', 'quarantine'])
      .describe(
        'alert; drop: for hold_ms matching records are dropped, too; quarantine: they go to sinks with that input.',
      )
      .default('alert'),
    hold_ms: durationMs({ min: SECOND_MS, max: 7 * DAY_MS })
      .describe('How long drop and quarantine hold; they are lifted by themselves.')
      .prefault(15 * MINUTE_MS),
  })
  .superRefine((rule, context) => {
    const complain = (path: string, message: string): void =>
      void context.addIssue({ code: 'custom', message, path: [path] })
    if (rule.first_seen && (rule.threshold ?? rule.change ?? rule.distinct ?? rule.count) !== undefined) {
      complain('first_seen', '`first_seen` stands alone: it has no threshold')
    }
    if (!rule.first_seen && rule.change === undefined && rule.threshold === undefined) {
      complain('threshold', 'give `threshold`, `change` or `first_seen`')
    }
    if (rule.distinct !== undefined && (rule.count ?? rule.change) !== undefined) {
      complain('distinct', '`distinct` goes with `threshold` alone')
    }
    if (rule.change !== undefined && rule.count !== undefined) complain('count', '`change` counts findings')
    const wantsValue = rule.distinct === 'value' || rule.by?.includes('value') === true
    if (wantsValue !== (rule.value !== undefined)) {
      complain('value', 'paths in `value` go with `value` in `by` or in `distinct`')
    }
    if (rule.count === 'not_inspected' && rule.action !== 'alert') {
      complain('action', 'records that were not inspected have failed closed already: there is only alert')
    }
    if (rule.count === 'not_inspected' && (rule.when.category ?? rule.when.rule ?? rule.when.severity) !== undefined) {
      complain('when', 'what was not inspected has no category, rule or severity')
    }
  })

export const alertsShape = z.strictObject({
  baseline: z
    .string()
    .min(1)
    .describe('File of approved categories for each service, beside this one; `logveil baseline` writes it.')
    .optional(),
  rules: z.array(alertRuleShape).describe('Rules on counts.').default([]),
})

export type WrittenAlerts = z.infer<typeof alertsShape>
type WrittenRule = z.infer<typeof alertRuleShape>

const baselineShape = z.record(z.string(), z.array(z.enum(CATEGORIES)))

export const auditShape = z.strictObject({
  path: z.string().min(1).describe('File to append to: policy changes, starts, stops, tightenings. See docs/audit.md.'),
  key: z
    .string()
    .min(16, 'the key is too short')
    .describe('Key of the chain, at least 16 characters, from ${ENV} or ${file:/path}: without it nobody can make one.')
    .optional(),
})

interface Around {
  readonly policy: Policy | undefined
  readonly sources: readonly PlannedSource[]
  readonly sinks: readonly PlannedSink[]
}

/** The plan, and what is wrong filed with the document. */
export async function readAlerts(
  document: SettingsDocument,
  path: Path,
  written: WrittenAlerts,
  { policy, sources, sinks }: Around,
): Promise<AlertsPlan> {
  for (const [at, rule] of written.rules.entries()) {
    const place = [...path, 'rules', at]
    if (written.rules.findIndex(({ id }) => id === rule.id) < at) {
      document.complain([...place, 'id'], 'value', `two rules are called "${rule.id}"`, 'give each an id of its own')
    }
    if (rule.value !== undefined && policy !== undefined && policy.hmac === undefined) {
      const remedy = 'add hmac: { id: k1, key: "${LOGVEIL_HMAC_KEY}" } to the policy'
      document.complain([...place, 'value'], 'key', 'values are hashed with a key, and the policy has none', remedy)
    }
    if (rule.first_seen && written.baseline === undefined) {
      const remedy = 'write one with `logveil baseline -o baseline.yaml`, and name it in alerts.baseline'
      document.complain([...place, 'first_seen'], 'key', 'there is no baseline to compare with', remedy)
    }
    const storing = rule.action === 'quarantine' && sources.find(({ stores }) => stores)
    if (storing) {
      const message = `the source "${storing.name}" stores its records itself and puts none in quarantine`
      document.complain([...place, 'action'], 'value', message, 'write action: drop')
    } else if (rule.action === 'quarantine' && !sinks.some(({ inputs }) => inputs.includes(QUARANTINE))) {
      const message = 'no sink takes what is put in quarantine'
      document.complain([...place, 'action'], 'value', message, 'add a sink with inputs: [quarantine]')
    }
  }
  const baseline = written.baseline === undefined ? {} : await baselineAt(document, path, written.baseline)
  return { rules: written.rules.map(ruleOf), baseline }
}

/** The policy with what rules on counts look at in records. */
export function watching(policy: Policy, rules: readonly AlertRule[]): Policy {
  const watch = rules.flatMap(({ id, value }) => (value === undefined ? [] : [{ id, paths: value }]))
  return watch.length === 0 ? policy : { ...policy, watch }
}

/** Alerts that nobody is told of are worth a word. */
export function deafAlerts(
  document: SettingsDocument,
  path: Path,
  written: WrittenAlerts,
  sinks: readonly PlannedSink[],
) {
  if (written.rules.length === 0 || sinks.some(({ inputs }) => inputs.includes(ALERTS))) return []
  const remedy = 'add a sink with inputs: [alerts]; until then they are in the log, the metrics and on the admin port'
  return [document.warning([...path, 'rules'], 'key', 'no sink takes alerts', remedy)]
}

async function baselineAt(document: SettingsDocument, path: Path, name: string): Promise<Baseline> {
  const place = [...path, 'baseline']
  const file = resolve(dirname(document.file), name)
  document.reads.push(file)
  const read = await readBaseline(file)
  if ('baseline' in read) return read.baseline
  document.complain(place, 'value', `${document.shown(place, name)}: ${read.message}`, read.remedy)
  return {}
}

type ReadBaseline = { baseline: Baseline } | { code: string; message: string; remedy: string }

/** The file that `logveil baseline` writes, or what is wrong with it. */
export async function readBaseline(file: string): Promise<ReadBaseline> {
  let text: string
  try {
    text = await readFile(file, 'utf8')
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unreadable'
    return { code, message: `it can not be read (${code})`, remedy: 'write it with `logveil baseline`' }
  }
  const document = new SettingsDocument(text, file)
  const value = document.usable ? (document.plain([]) ?? {}) : {}
  const baseline = parsePart(baselineShape, { document, path: [], value })
  const [first] = document.complaints
  if (first !== undefined) {
    return { code: 'INVALID', message: `line ${first.line}: ${first.message}`, remedy: first.remedy }
  }
  return { baseline: baseline ?? {} }
}

function ruleOf(written: WrittenRule): AlertRule {
  const { id, when, value, over_ms, severity, muted, action, hold_ms, first_seen } = written
  return {
    id,
    when,
    by: written.by ?? (first_seen ? ['service', 'category'] : ['service']),
    ...(value === undefined ? {} : { value }),
    trigger: triggerOf(written),
    over_ms,
    severity,
    muted,
    quiet_ms: written.quiet_ms ?? (first_seen ? DAY_MS : over_ms),
    response: action,
    hold_ms,
  }
}

function triggerOf({ first_seen, change, distinct, threshold = 1, count = 'matches' }: WrittenRule): AlertTrigger {
  if (first_seen) return { kind: 'first_seen' }
  if (change !== undefined) return { kind: 'change', times: change, threshold }
  if (distinct !== undefined) return { kind: 'distinct', of: distinct, threshold }
  return { kind: 'count', of: count, threshold }
}
