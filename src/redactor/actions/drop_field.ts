// drop_field: see its summary.
import { z } from 'zod'
import { type ActionSpec, plainAction } from '../action.ts'

const settings = z.strictObject({})

export const dropField: ActionSpec<z.output<typeof settings>> = {
  type: 'drop_field',
  summary: 'Removes the member that holds the finding, key and value; in plain text, the finding.',
  settings,
  example: { type: 'drop_field' },
  needsKey: false,
  create: () => plainAction('drop_field'),
}
