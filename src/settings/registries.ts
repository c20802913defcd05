// What settings need to know of the components. The loaders take it as a parameter: tests bring small ones.
import type { z } from 'zod'
import type { SinkSpec, SourceSpec } from '../core/component.ts'
import type { Detector } from '../core/detector.ts'
import type { Policy, Rule } from '../core/policy.ts'

/** The part of an action's declaration that settings look at (redactor/actions). */
export interface ActionDeclaration {
  readonly type: string
  readonly summary: string
  /** Without `type`. */
  readonly settings: z.ZodType
  readonly example: unknown
  /** True when it needs `policy.hmac`. */
  readonly needsKey?: boolean
}

/** What policies are made of. */
export interface PolicyRegistries {
  readonly detectors: readonly Detector[]
  readonly actions: readonly ActionDeclaration[]
  /** What keeps a whole policy from being compiled, with the index of the rule at fault. */
  compile?(policy: Policy): readonly { rule: number; message: string }[]
  /** Says whether a rule, alone, finds something in a text. Throws when the rule does not compile. */
  finderOf?(rule: Rule): (text: string) => boolean
  /** Rules by pattern that would slow the whole policy down. */
  costly?(policy: Policy): readonly { rule: number; message: string }[]
}

export interface Registries extends PolicyRegistries {
  readonly sources: readonly SourceSpec<unknown>[]
  readonly sinks: readonly SinkSpec<unknown>[]
}
