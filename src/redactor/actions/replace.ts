// replace: a fixed text stands for the finding and says what it was.
import { z } from 'zod'
import type { Action, ActionSpec } from '../action.ts'

const PLACES = ['rule', 'category', 'severity'] as const

const settings = z.strictObject({
  template: z
    .string()
    .max(256)
    .refine((text) => unknownPlace(text) === undefined, `only {${PLACES.join('}, {')}} are filled in`)
    .default('[REDACTED:{rule}]')
    .describe('The text; {rule}, {category} and {severity} are filled in'),
})

function unknownPlace(template: string): string | undefined {
  return [...template.matchAll(/\{(\w*)\}/g)].map((found) => found[1]).find((name) => !PLACES.some((p) => p === name))
}

export const replace: ActionSpec<z.output<typeof settings>> = {
  type: 'replace',
  summary: 'Puts a text in its place that names the rule.',
  settings,
  example: { type: 'replace', template: '[REDACTED:{category}]' },
  needsKey: false,
  create({ template }, rule): Action {
    const text = template
      .replaceAll('{rule}', rule.id)
      .replaceAll('{category}', rule.category)
      .replaceAll('{severity}', rule.severity)
    const bytes = new TextEncoder().encode(text)
    return { effect: 'edit', keepsNumbers: false, redact: () => bytes }
  },
}
