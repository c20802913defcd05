// What each rule of a policy does about its findings, ready to do it.
import type { Policy } from '../core/policy.ts'
import { type Action, plainAction } from '../redactor/action.ts'
import { actionByType } from '../redactor/actions/index.ts'
import type { Fingerprints } from '../redactor/fingerprint.ts'

/** In the order of the rules. */
export function ruleActions({ rules }: Policy, fingerprints: Fingerprints | undefined): Action[] {
  return rules.map((rule) => {
    const spec = actionByType.get(rule.action.type)
    if (!spec) throw new Error(`the rule ${rule.id} has an unknown action: ${rule.action.type}`)
    return rule.observe ? plainAction('keep') : spec.from(rule.action, rule, fingerprints)
  })
}
