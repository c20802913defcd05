// How an action declares itself: one file an action, one line in actions/index.ts.
import type { z } from 'zod'
import type { Rule } from '../core/policy.ts'
import type { Fingerprints } from './fingerprint.ts'

/**
 * - `edit`: the finding is replaced by what `redact` returns.
 * - `drop_field`: the member that holds the finding goes, its key too.
 * - `drop_record`: the whole record goes.
 * - `keep`: nothing changes; the finding is counted.
 */
export type Effect = 'edit' | 'drop_field' | 'drop_record' | 'keep'

export interface Action {
  readonly effect: Effect
  /** True when a number stays a number: `redact` then gets digits and returns digits. */
  readonly keepsNumbers: boolean
  /** The replacement for a finding, in UTF-8, without any escaping. Never contains the whole finding. */
  redact(text: Uint8Array, isNumber: boolean): Uint8Array
}

/** Handed in where settings are read: the workers load the actions too, and do without zod. */
export type Zod = typeof z

export type SettingsOf<Shape extends (zod: Zod) => z.ZodType> = z.output<ReturnType<Shape>>

export interface ActionSpec<Settings> {
  readonly type: string
  /** One sentence for docs and schema. */
  readonly summary: string
  /** Without `type`. Every field is described. */
  settings(zod: Zod): z.ZodType<Settings>
  /** Settings that load as they stand, `type` included. */
  readonly example: Readonly<Record<string, unknown>>
  /** True when the policy must have an `hmac` key. */
  readonly needsKey: boolean
  /** `fingerprints` is undefined when the policy has no key. */
  create(settings: Settings, rule: Rule, fingerprints: Fingerprints | undefined): Action
}

const NOTHING = new Uint8Array(0)

/** The action of an effect that replaces no text. */
export function plainAction(effect: Exclude<Effect, 'edit'>): Action {
  return { effect, keepsNumbers: false, redact: () => NOTHING }
}
