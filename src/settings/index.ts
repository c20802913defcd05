// The settings, as the rest of the program and the tests use them: with the components that there really are.
import { z } from 'zod'
import { compileClassifier, PolicyError } from '../classifier/compile.ts'
import { costlyRules } from '../classifier/cost.ts'
import { detectors } from '../classifier/detectors/index.ts'
import type { Policy } from '../core/policy.ts'
import { actions } from '../redactor/actions/index.ts'
import { sinks } from '../sinks/index.ts'
import { sources } from '../sources/index.ts'
import { finderOf } from './examples.ts'
import { type LoadedConfig, type LoadedPolicy, type LoadOptions, loadPlan, loadPolicyFile } from './load.ts'
import type { Registries } from './registries.ts'
import { configSchema } from './schema.ts'
import type { JsonSchema } from './schema_lookup.ts'

export type { Complaint } from './complaint.ts'

export const registries: Registries = {
  sources,
  sinks,
  detectors,
  actions: actions.map((action) => ({ ...action, settings: action.settings(z) })),
  compile,
  costly: costlyRules,
  finderOf,
}

function compile(policy: Policy): readonly { rule: number; message: string }[] {
  try {
    compileClassifier(policy)
    return []
  } catch (error) {
    if (error instanceof PolicyError) return error.complaints
    throw error
  }
}

export interface LoadConfigOptions extends LoadOptions {
  /** Default: all that there are. */
  readonly registries?: Registries
}

/** A plan, or every complaint there is. `file` names the text in complaints; relative paths begin in its folder. */
export function loadConfig(text: string, file: string, options: LoadConfigOptions = {}): Promise<LoadedConfig> {
  return loadPlan(text, file, options.registries ?? registries, options)
}

/** For `--policy FILE`: a whole config, of which only the policy counts, or a file with a policy's own keys. */
export function loadPolicy(text: string, file: string, options: LoadConfigOptions = {}): Promise<LoadedPolicy> {
  return loadPolicyFile(text, file, options.registries ?? registries, options)
}

/** What is done when nobody wrote a policy: the pack `default`, enforced. */
export async function defaultPolicy(): Promise<Policy> {
  const loaded = await loadPolicy('packs: [default]\n', 'the default policy')
  if (loaded.ok) return loaded.policy
  throw new Error(`config/packs is damaged: ${loaded.complaints[0].message}`)
}

/** What config/schema.json holds. */
export function jsonSchema(): JsonSchema {
  return configSchema(registries)
}
