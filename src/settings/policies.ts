// Policies, as the rest of the program uses them: with the detectors and actions that there really are. Who needs no
// more than a policy does not load sources and sinks.
import { z } from 'zod'
import { compileClassifier, PolicyError } from '../classifier/compile.ts'
import { costlyRules } from '../classifier/cost.ts'
import { detectors } from '../classifier/detectors/index.ts'
import type { Policy } from '../core/policy.ts'
import { actions } from '../redactor/actions/index.ts'
import { finderOf } from './examples.ts'
import { type LoadedPolicy, type LoadOptions, loadPolicyFile } from './load_policy.ts'
import type { PolicyRegistries } from './registries.ts'

// A schema is used once or twice: to write code for it, as zod does otherwise, takes longer than to walk it.
z.config({ jitless: true })

export const policyRegistries: PolicyRegistries = {
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

/** For `--policy FILE`: a whole config, of which only the policy counts, or a file with a policy's own keys. */
export function loadPolicy(text: string, file: string, options: LoadOptions = {}): Promise<LoadedPolicy> {
  return loadPolicyFile(text, file, policyRegistries, options)
}

/** What is done when nobody wrote a policy: the pack `default`, enforced. */
export async function defaultPolicy(): Promise<Policy> {
  const loaded = await loadPolicy('packs: [default]\n', 'the default policy')
  if (loaded.ok) return loaded.policy
  throw new Error(`config/packs is damaged: ${loaded.complaints[0].message}`)
}
