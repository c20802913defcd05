// drop_record: see its summary.
import { z } from 'zod'
import { type ActionSpec, plainAction } from '../action.ts'

const settings = z.strictObject({})

export const dropRecord: ActionSpec<z.output<typeof settings>> = {
  type: 'drop_record',
  summary: 'Removes the whole record; it is counted.',
  settings,
  example: { type: 'drop_record' },
  needsKey: false,
  create: () => plainAction('drop_record'),
}
