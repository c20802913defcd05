// replace: a fixed text stands for the finding and says what it was.
import type { Action, ActionSpec, SettingsOf, Zod } from '../action.ts'

const PLACES = ['rule', 'category', 'severity'] as const

const settings = (z: Zod) =>
  z.strictObject({
    template: z
      .string()
      .max(256)
      .refine((text) => unknownPlace(text) === undefined, `only {${PLACES.join('}, {')}} are filled in`)
      .default('[REDACTED:{rule}]')
      .describe('The text; {rule}, {category} and {severity} are filled in'),
  })

const WORD = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_'

/** A word in braces that is none of the places. Braces around anything else are text. */
function unknownPlace(template: string): string | undefined {
  const inBraces = template
    .split('{')
    .slice(1)
    .filter((part) => part.includes('}'))
    .map((part) => part.split('}')[0])
  const words = inBraces.filter((name) => [...name].every((letter) => WORD.includes(letter)))
  return words.find((name) => !PLACES.some((place) => place === name))
}

export const replace: ActionSpec<SettingsOf<typeof settings>> = {
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
