// What is different between two policies, in names: rules that came, went or were changed, and settings beside them.
import { isDeepStrictEqual } from 'node:util'
import { LIMITS } from '../../core/limits.ts'
import type { Policy, Rule } from '../../core/policy.ts'
import type { AuditFacts } from './chain.ts'

export function policyDiff(before: Policy, after: Policy): AuditFacts {
  const had = new Map(before.rules.map((rule) => [rule.id, rule]))
  const has = new Map(after.rules.map((rule) => [rule.id, rule]))
  const added = [...has.keys()].filter((id) => !had.has(id))
  const removed = [...had.keys()].filter((id) => !has.has(id))
  const changed = [...has.values()].filter((rule) => isChanged(had.get(rule.id), rule)).map(({ id }) => id)
  const settings = settingsOf(before, after)
  return {
    policy_before: before.version,
    policy: after.version,
    ...(before.mode === after.mode ? {} : { mode_before: before.mode }),
    mode: after.mode,
    rules_added: some(added),
    rules_removed: some(removed),
    rules_changed: some(changed),
    settings_changed: settings,
  }
}

function isChanged(before: Rule | undefined, after: Rule): boolean {
  return before !== undefined && !isDeepStrictEqual(before, after)
}

/** Of the key only that it is another one. */
function settingsOf(before: Policy, after: Policy): string[] {
  const names = new Set([...Object.keys(before), ...Object.keys(after)]) as Set<keyof Policy>
  for (const name of ['version', 'rules', 'mode'] as const) names.delete(name)
  return [...names].filter((name) => !isDeepStrictEqual(before[name], after[name])).sort()
}

function some(ids: readonly string[]): string[] {
  const shown = [...ids].sort().slice(0, LIMITS.audit_names_max)
  return ids.length > shown.length ? [...shown, `… ${ids.length - shown.length} more`] : shown
}
