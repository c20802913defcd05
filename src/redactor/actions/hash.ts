// hash: a keyed token stands for the finding, the same one for the same value.
import type { Action, ActionSpec, SettingsOf, Zod } from '../action.ts'

const settings = (z: Zod) =>
  z.strictObject({
    digits: z.int().min(8).max(64).default(16).describe('Hex digits of the HMAC-SHA-256'),
  })

export const hash: ActionSpec<SettingsOf<typeof settings>> = {
  type: 'hash',
  summary: 'Puts a keyed HMAC in its place, with the id of the key, so that equal values can still be matched up.',
  settings,
  example: { type: 'hash', digits: 24 },
  needsKey: true,
  create({ digits }, rule, fingerprints): Action {
    if (!fingerprints) throw new Error(`the rule ${rule.id} hashes, but the policy has no hmac key`)
    const encoder = new TextEncoder()
    return {
      effect: 'edit',
      keepsNumbers: false,
      redact: (text) => encoder.encode(`${rule.id}:${fingerprints.keyId}:${fingerprints.of(text, digits)}`),
    }
  },
}
