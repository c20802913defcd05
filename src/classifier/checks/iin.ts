// Issuer identification numbers: which brands issue cards that begin so, and how long their numbers are.
// ISO/IEC 7812-2 and the brands' own tables. Numbers of 17 to 19 digits are left to the brands that do issue them: one
// in ten of all 64-bit ids has a right check digit, and logs are full of those.

interface Range {
  /** First six digits, inclusive. */
  readonly from: number
  readonly to: number
  readonly lengths: readonly number[]
}

const UP_TO_19 = [16, 17, 18, 19]
const MAESTRO = [12, 13, 14, 15, 16, 17, 18, 19]

const RANGES: readonly Range[] = [
  { from: 400000, to: 499999, lengths: [13, 16] }, // Visa
  { from: 510000, to: 559999, lengths: [16] }, // Mastercard
  { from: 222100, to: 272099, lengths: [16] }, // Mastercard, 2-series
  { from: 340000, to: 349999, lengths: [15] }, // American Express
  { from: 370000, to: 379999, lengths: [15] },
  { from: 300000, to: 305999, lengths: [14, 16] }, // Diners Club
  { from: 309500, to: 309599, lengths: [14, 16] },
  { from: 360000, to: 369999, lengths: [14, 16] },
  { from: 380000, to: 399999, lengths: [14, 16] },
  { from: 352800, to: 358999, lengths: [16] }, // JCB
  { from: 601100, to: 601199, lengths: [16] }, // Discover
  { from: 644000, to: 659999, lengths: [16] },
  { from: 620000, to: 629999, lengths: UP_TO_19 }, // UnionPay
  { from: 220000, to: 220499, lengths: UP_TO_19 }, // Mir
  { from: 501800, to: 501899, lengths: MAESTRO },
  { from: 502000, to: 502099, lengths: MAESTRO },
  { from: 503800, to: 503899, lengths: MAESTRO },
  { from: 589300, to: 589399, lengths: MAESTRO },
  { from: 630400, to: 630499, lengths: MAESTRO },
  { from: 675900, to: 675999, lengths: MAESTRO },
  { from: 676100, to: 676799, lengths: MAESTRO },
  { from: 500000, to: 509999, lengths: [16] }, // other Maestro, Verve, RuPay
  { from: 560000, to: 589999, lengths: [16] },
  { from: 600000, to: 609999, lengths: [16] },
  { from: 630000, to: 639999, lengths: [16] },
  { from: 670000, to: 679999, lengths: [16] },
]

/** Per first four digits: bit n is set when some issuer there has numbers of n digits. */
const LENGTHS = new Uint32Array(10_000)
for (const { from, to, lengths } of RANGES) {
  for (let four = Math.floor(from / 100); four <= Math.floor(to / 100); four++) {
    for (const length of lengths) LENGTHS[four] |= 1 << length
  }
}

/** True when cards that begin with these four digits may have `length` digits. */
export function isIssued(firstFour: number, length: number): boolean {
  return ((LENGTHS[firstFour] >> length) & 1) === 1
}
