// The settings, as the rest of the program and the tests use them: with the components that there really are.
import { sinks } from '../sinks/index.ts'
import { sources } from '../sources/index.ts'
import { type LoadedConfig, loadPlan } from './load.ts'
import type { LoadOptions } from './load_policy.ts'
import { policyRegistries } from './policies.ts'
import type { Registries } from './registries.ts'
import { configSchema } from './schema.ts'
import type { JsonSchema } from './schema_lookup.ts'

export type { Complaint } from './complaint.ts'
export { defaultPolicy, loadPolicy } from './policies.ts'

export const registries: Registries = { ...policyRegistries, sources, sinks }

export interface LoadConfigOptions extends LoadOptions {
  /** Default: all that there are. */
  readonly registries?: Registries
}

/** A plan, or every complaint there is. `file` names the text in complaints; relative paths begin in its folder. */
export function loadConfig(text: string, file: string, options: LoadConfigOptions = {}): Promise<LoadedConfig> {
  return loadPlan(text, file, options.registries ?? registries, options)
}

/** What config/schema.json holds. */
export function jsonSchema(): JsonSchema {
  return configSchema(registries)
}
