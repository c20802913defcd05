// keep: see its summary.
import { type ActionSpec, plainAction, type SettingsOf, type Zod } from '../action.ts'

const settings = (z: Zod) => z.strictObject({})

export const keep: ActionSpec<SettingsOf<typeof settings>> = {
  type: 'keep',
  summary: 'Changes nothing: the finding is only counted.',
  settings,
  example: { type: 'keep' },
  needsKey: false,
  create: () => plainAction('keep'),
}
