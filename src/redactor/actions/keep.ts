// keep: see its summary.
import { z } from 'zod'
import { type ActionSpec, plainAction } from '../action.ts'

const settings = z.strictObject({})

export const keep: ActionSpec<z.output<typeof settings>> = {
  type: 'keep',
  summary: 'Changes nothing: the finding is only counted.',
  settings,
  example: { type: 'keep' },
  needsKey: false,
  create: () => plainAction('keep'),
}
