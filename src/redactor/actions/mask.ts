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

/** 1 for letters and digits, and for the first byte of a character of several bytes. */
const COUNTS = new Uint8Array(256).fill(1, 0xc0)
COUNTS.fill(1, ZERO, 0x3a).fill(1, 0x41, 0x5b).fill(1, 0x61, 0x7b)

/** Letters and digits; a character of several bytes counts once. */
function countKept(text: Uint8Array): number {
  let count = 0
  for (let at = 0; at < text.length; at++) count += COUNTS[text[at]]
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
  for (let at = 0; at < text.length; at++) {
    const byte = text[at]
    // Continuation bytes go with the character that they belong to.
    if (byte >= 0x80 && byte < 0xc0) continue
    const counts = COUNTS[byte]
    const kept = counts === 1 && byte < 0x80 && (seen < firstKept || seen >= lastKept)
    seen += counts
    out[written++] = kept ? byte : filler
  }
  return written === out.length ? out : out.subarray(0, written)
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
