// ITU-T E.164: country codes, and how many digits follow them (the national significant number). Source: the ITU's
// national numbering plans. Zone 1 has a structure of its own (NANP) and stands elsewhere.

/** Country code → fewest and most digits of the national number. Complete for codes of one and two digits. */
export const PHONE_PLANS: ReadonlyMap<number, readonly [number, number]> = new Map([
  [7, [10, 10]],
  ...plans('33 34 27 31 41 48 61 56', 9, 9),
  ...plans('20 64 63 66 82', 8, 10),
  ...plans('30 52 57 58 90 91', 10, 10),
  ...plans('32 36 51', 8, 9),
  ...plans('40 44 46 92 81 84', 7, 10),
  ...plans('45 47 65', 8, 8),
  ...plans('39 43 49 62', 7, 11),
  ...plans('54 55 86', 10, 11),
  ...plans('53 60 93 94 95 98', 7, 10),
])

/** Codes of three digits: the first two are none of the codes above. */
export const THREE_DIGIT_CODES = '(?:2[1-69]|3[578]|42|5[09]|6[789]|8[0578]|9[679])[0-9]'
export const THREE_DIGIT_PLAN: readonly [number, number] = [7, 10]

const STARTS = new Set('21 22 23 24 25 26 29 35 37 38 42 50 59 67 68 69 80 85 87 88 96 97 99'.split(' ').map(Number))

function plans(codes: string, fewest: number, most: number): [number, [number, number]][] {
  return codes.split(' ').map((code) => [Number(code), [fewest, most]])
}

/** Fewest and most digits behind the code that begins with digits `a`, `b`, and the length of that code itself. */
export function planOf(a: number, b: number): { codeDigits: number; fewest: number; most: number } | undefined {
  return PLANS[a * 10 + b]
}

const PLANS = Array.from({ length: 100 }, (_, two) => {
  const one = PHONE_PLANS.get(Math.floor(two / 10))
  const plan = one ?? PHONE_PLANS.get(two) ?? (STARTS.has(two) ? THREE_DIGIT_PLAN : undefined)
  if (!plan) return undefined
  const codeDigits = one ? 1 : plan === THREE_DIGIT_PLAN ? 3 : 2
  return { codeDigits, fewest: plan[0], most: plan[1] }
})
