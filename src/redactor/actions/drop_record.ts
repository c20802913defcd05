// drop_record: see its summary.
import { type ActionSpec, plainAction, type SettingsOf, type Zod } from '../action.ts'

const settings = (z: Zod) => z.strictObject({})

export const dropRecord: ActionSpec<SettingsOf<typeof settings>> = {
  type: 'drop_record',
  summary: 'Removes the whole record; it is counted.',
  settings,
  example: { type: 'drop_record' },
  needsKey: false,
  create: () => plainAction('drop_record'),
}
