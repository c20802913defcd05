// Weighted sums: the base of most check digits of states and banks.

/** Sum of symbol times weight, over as many symbols from `from` on as there are weights. */
export function weightedSum(values: Uint8Array, weights: readonly number[], from = 0): number {
  let sum = 0
  for (let i = 0; i < weights.length; i++) sum += values[from + i] * weights[i]
  return sum
}

/** The same with products of two digits counted as the sum of those: as Luhn does with the weights 2 and 1. */
export function digitSum(values: Uint8Array, weights: readonly number[], from = 0): number {
  let sum = 0
  for (let i = 0; i < weights.length; i++) {
    const product = values[from + i] * weights[i]
    sum += Math.floor(product / 10) + (product % 10)
  }
  return sum
}

/** True when the last of the digits in [from, to) is the check digit of Luhn. */
export function isLuhn(values: Uint8Array, from: number, to: number): boolean {
  let sum = 0
  for (let at = to - 1, doubled = false; at >= from; at--, doubled = !doubled) {
    const value = values[at]
    sum += doubled ? (value > 4 ? value * 2 - 9 : value * 2) : value
  }
  return sum % 10 === 0
}
