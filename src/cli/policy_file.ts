// The policy of `redact` and `scan`: the one of --policy FILE, or the pack `default`.
import type { Policy } from '../core/policy.ts'
import { defaultPolicy, loadPolicy } from '../settings/policies.ts'
import { showComplaints, showWarnings } from './complaints.ts'
import { EXIT, Quit } from './exits.ts'
import { needSettings } from './inputs.ts'

/** Quits with all complaints when the file is not usable. */
export async function policyOf(file: string | undefined): Promise<Policy> {
  if (file === undefined) return defaultPolicy()
  const loaded = await loadPolicy(await needSettings(file), file)
  if (!loaded.ok) {
    showComplaints(loaded.complaints)
    throw new Quit(EXIT.usage)
  }
  showWarnings(loaded.warnings)
  return loaded.policy
}
