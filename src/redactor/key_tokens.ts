// Keys of Kafka are told apart by what is left of them: compaction keeps one record of each, and a partition is chosen
// by them. So what is found in a key is replaced by a keyed token, whatever the rule's action puts elsewhere: equal
// keys stay equal, and different ones different. Without a key for HMACs in the policy the rule's own action has to do.
import type { Rule } from '../core/policy.ts'
import type { Action } from './action.ts'
import { hash } from './actions/hash.ts'
import type { Fingerprints } from './fingerprint.ts'

const DIGITS = 16

/** What stands in keys in place of each action; actions that are not in it stay as they are. */
export type KeyTokens = ReadonlyMap<Action, Action>

/** `actions` are those of the rules, in their order. */
export function keyTokens(
  rules: readonly Rule[],
  actions: readonly Action[],
  fingerprints: Fingerprints | undefined,
): KeyTokens {
  const tokens = new Map<Action, Action>()
  if (fingerprints === undefined) return tokens
  for (const [at, rule] of rules.entries()) {
    const { effect } = actions[at]
    const hides = (effect === 'edit' && rule.action.type !== hash.type) || effect === 'drop_field'
    if (hides) tokens.set(actions[at], hash.create({ digits: DIGITS }, rule, fingerprints))
  }
  return tokens
}
