// What is told of a start and of a reload: versions, names and places of complaints, never a setting's value.
import type { Plan } from '../../core/plan.ts'
import { version } from '../../core/version.ts'
import type { Outcome } from '../reloads.ts'
import type { Audit } from './audit_log.ts'
import type { AuditFacts } from './chain.ts'
import { policyDiff } from './policy_diff.ts'

export function startFacts({ policy, written }: Plan): AuditFacts {
  return {
    version: version(),
    policy: policy.version,
    mode: policy.mode,
    rules: policy.rules.length,
    config: written?.hash,
  }
}

/** Settings that are as they were are no entry. */
export async function noteReload(
  audit: Audit,
  outcome: Outcome,
  reason: string,
  before: Plan,
  after: Plan,
): Promise<void> {
  if (outcome.outcome === 'refused') {
    const places = outcome.complaints.map(({ file, line }) => `${file}:${line}`)
    const facts = { reason, complaints: places.length, first: places[0], code: outcome.error?.code }
    return audit.note('policy_refused', { ...facts, policy: after.policy.version, config: after.written?.hash })
  }
  const isSame = before.written?.hash === after.written?.hash && before.policy.version === after.policy.version
  if (outcome.outcome === 'unchanged' && isSame) return
  const { started, restarted, stopped, needs_restart } = outcome.changes
  const configs = { config_before: before.written?.hash, config: after.written?.hash }
  const parts = { started, restarted, stopped, needs_restart }
  await audit.note('policy_accepted', { reason, ...policyDiff(before.policy, after.policy), ...configs, ...parts })
}
