// mask: the finding keeps its length and, if asked, its first or last characters.
import type { Action, ActionSpec, SettingsOf, Zod } from '../action.ts'

const settings = (z: Zod) =>
  z.strictObject({
    keep_first: z.int().min(0).max(16).default(0).describe('Letters and digits kept at the front'),
    keep_last: z.int().min(0).max(16).default(0).describe('Letters and digits kept at the end'),
    char: z
      .string()
      .refine(isPrintable, 'one printable ASCII character')
      .meta({ pattern: '^[!-~]$' })
      .default('*')
      .describe('What stands for the others'),
  })

type Settings = SettingsOf<typeof settings>

const ZERO = 0x30

function isPrintable(char: string): boolean {
  return char.length === 1 && char > ' ' && char <= '~'
}

function isAlphanumeric(byte: number): boolean {
  return (byte >= 0x30 && byte <= 0x39) || (byte >= 0x41 && byte <= 0x5a) || (byte >= 0x61 && byte <= 0x7a)
}

/** Letters and digits; a character of several bytes counts once. */
function countKept(text: Uint8Array): number {
  let count = 0
  for (const byte of text) if (isAlphanumeric(byte) || byte >= 0xc0) count++
  return count
}

function maskText(text: Uint8Array, { keep_first, keep_last }: Settings, filler: number): Uint8Array {
  const total = countKept(text)
  // A short value would be given away by what is kept: then nothing is.
  const keeps = (keep_first + keep_last) * 2 <= total
  const lastKept = keeps ? total - keep_last : total
  const firstKept = keeps ? keep_first : 0
  const out = new Uint8Array(text.length)
  let written = 0
  let seen = 0
  for (const byte of text) {
    // Continuation bytes go with the character that they belong to.
    if (byte >= 0x80 && byte < 0xc0) continue
    const counts = isAlphanumeric(byte) || byte >= 0xc0
    const kept = counts && byte < 0x80 && (seen < firstKept || seen >= lastKept)
    if (counts) seen++
    out[written++] = kept ? byte : filler
  }
  return out.subarray(0, written)
}

/** Digits become 0; sign, point and exponent letter stay, leading zeros go. */
function maskNumber(text: Uint8Array, chosen: Settings): Uint8Array {
  const total = countKept(text)
  const keeps = (chosen.keep_first + chosen.keep_last) * 2 <= total
  const firstKept = keeps ? chosen.keep_first : 0
  const lastKept = keeps ? total - chosen.keep_last : total
  let seen = 0
  return text.map((byte) => {
    if (byte < 0x30 || byte > 0x39) return byte
    const kept = seen < firstKept || seen >= lastKept
    seen++
    return kept ? byte : ZERO
  })
}

export const mask: ActionSpec<Settings> = {
  type: 'mask',
  summary: 'Overwrites the finding, character by character; a number stays a number, with zeros for its digits.',
  settings,
  example: { type: 'mask', keep_last: 4 },
  needsKey: false,
  create(chosen): Action {
    const filler = chosen.char.charCodeAt(0)
    return {
      effect: 'edit',
      keepsNumbers: true,
      redact: (text, isNumber) => (isNumber ? maskNumber(text, chosen) : maskText(text, chosen, filler)),
    }
  },
}
