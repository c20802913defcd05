// drop_field: see its summary.
import { type ActionSpec, plainAction, type SettingsOf, type Zod } from '../action.ts'

const settings = (z: Zod) => z.strictObject({})

export const dropField: ActionSpec<SettingsOf<typeof settings>> = {
  type: 'drop_field',
  summary: 'Removes the member that holds the finding, key and value; in plain text, the finding.',
  settings,
  example: { type: 'drop_field' },
  needsKey: false,
  create: () => plainAction('drop_field'),
}
