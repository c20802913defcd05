// Verhoeff's check digit: J. Verhoeff, Error Detecting Decimal Codes, 1969. It finds all transpositions.

/** Multiplication in the dihedral group of order ten. */
const TIMES = [
  0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 1, 2, 3, 4, 0, 6, 7, 8, 9, 5, 2, 3, 4, 0, 1, 7, 8, 9, 5, 6, 3, 4, 0, 1, 2, 8, 9, 5, 6,
  7, 4, 0, 1, 2, 3, 9, 5, 6, 7, 8, 5, 9, 8, 7, 6, 0, 4, 3, 2, 1, 6, 5, 9, 8, 7, 1, 0, 4, 3, 2, 7, 6, 5, 9, 8, 2, 1, 0,
  4, 3, 8, 7, 6, 5, 9, 3, 2, 1, 0, 4, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0,
]
const PERMUTED = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 1, 5, 7, 6, 2, 8, 3, 0, 9, 4]
for (let i = 20; i < 80; i++) PERMUTED.push(PERMUTED[10 + PERMUTED[i - 10]])

/** True when the last of the digits in [from, to) is their check digit. */
export function isVerhoeff(values: Uint8Array, from: number, to: number): boolean {
  let check = 0
  for (let at = to - 1; at >= from; at--) {
    const place = (to - 1 - at) % 8
    check = TIMES[check * 10 + PERMUTED[place * 10 + values[at]]]
  }
  return check === 0
}
