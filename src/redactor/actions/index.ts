// The actions, one line each.
import type { ActionSettings, Rule } from '../../core/policy.ts'
import type { Action, ActionSpec } from '../action.ts'
import type { Fingerprints } from '../fingerprint.ts'
import { dropField } from './drop_field.ts'
import { dropRecord } from './drop_record.ts'
import { hash } from './hash.ts'
import { keep } from './keep.ts'
import { mask } from './mask.ts'
import { replace } from './replace.ts'

/** An action whose settings are its own affair. */
export interface AnyActionSpec extends Omit<ActionSpec<unknown>, 'create'> {
  /** Creates the action. A policy holds the settings as its reader parsed them: complete and of the right types. */
  from(settings: ActionSettings, rule: Rule, fingerprints: Fingerprints | undefined): Action
}

function any<Settings>(spec: ActionSpec<Settings>): AnyActionSpec {
  return {
    ...spec,
    from({ type: _, ...settings }, rule, fingerprints) {
      return spec.create(settings as Settings, rule, fingerprints)
    },
  }
}

export const actions: readonly AnyActionSpec[] = [
  any(mask),
  any(replace),
  any(hash),
  any(dropField),
  any(dropRecord),
  any(keep),
]

export const actionByType: ReadonlyMap<string, AnyActionSpec> = new Map(actions.map((spec) => [spec.type, spec]))
