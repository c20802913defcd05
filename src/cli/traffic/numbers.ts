// Made-up numbers of money and people with right check digits. Cards begin with published test prefixes, telephone
// numbers are of the ranges kept for fiction.
import type { Random } from './random.ts'

/** Prefixes of the schemes' and gateways' published test cards, with the length of the number. */
const TEST_CARDS: readonly (readonly [string, number])[] = [
  ['411111', 16],
  ['424242', 16],
  ['400005', 16],
  ['555555', 16],
  ['520082', 16],
  ['222300', 16],
  ['378282', 15],
  ['371449', 15],
  ['601111', 16],
  ['356600', 16],
]

const IBAN_SHAPES: readonly (readonly [string, (random: Random) => string])[] = [
  ['DE', (random) => random.digits(18)],
  ['FR', (random) => random.digits(23)],
  ['NL', (random) => `ABNA${random.digits(10)}`],
  ['GB', (random) => `NWBK${random.digits(14)}`],
  ['ES', (random) => random.digits(20)],
]

export function card(random: Random): string {
  const [prefix, length] = random.pick(TEST_CARDS)
  const body = prefix + random.digits(length - prefix.length - 1)
  return body + luhnDigit(body)
}

/** 16 digits, so that it is a safe integer too. */
export function cardNumber(random: Random): number {
  const body = `411111${random.digits(9)}`
  return Number(body + luhnDigit(body))
}

export function grouped(digits: string, separator: string): string {
  const groups = digits.length === 15 ? /^(\d{4})(\d{6})(\d{5})$/ : /^(\d{4})(\d{4})(\d{4})(\d{4})$/
  return digits.replace(groups, (_all, ...parts) => parts.slice(0, digits.length === 15 ? 3 : 4).join(separator))
}

function luhnDigit(body: string): string {
  let sum = 0
  for (let i = 0; i < body.length; i++) {
    const digit = Number(body[body.length - 1 - i])
    sum += i % 2 === 0 ? ((digit * 2) % 10) + Math.floor(digit / 5) : digit
  }
  return String((10 - (sum % 10)) % 10)
}

export function iban(random: Random): string {
  const [country, account] = random.pick(IBAN_SHAPES)
  const number = account(random)
  const check = 98 - mod97(`${number}${country}00`)
  return `${country}${String(check).padStart(2, '0')}${number}`
}

function mod97(text: string): number {
  let rest = 0
  for (const letter of text) {
    const value = Number.parseInt(letter, 36)
    rest = (rest * (value > 9 ? 100 : 10) + value) % 97
  }
  return rest
}

/** Area 001-665 or 667-899, group and serial not zero (SSA). */
export function ssn(random: Random): string {
  const area = random.pick([random.int(100, 665), random.int(667, 899)])
  return `${area}-${random.int(10, 99)}-${random.int(1000, 9999)}`
}

/** 555-0100 to 555-0199 are kept for fiction in the North American plan. */
export function phone(random: Random): string {
  const area = random.pick(['212', '415', '312', '617', '206', '305'])
  const line = `555-01${random.digits(2)}`
  return random.pick([`+1 ${area}-${line}`, `+1-${area}-${line}`, `(${area}) ${line}`])
}
