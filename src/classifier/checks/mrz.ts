// ICAO Doc 9303, part 3: check digits of machine-readable travel documents, weights 7, 3 and 1 in turn.

const WEIGHTS = [7, 3, 1]

/** Letters count 10 to 35, the filler `<` and what is no symbol 0. */
export function documentDigit(values: Uint8Array, from: number, to: number): number {
  let sum = 0
  for (let at = from; at < to; at++) sum += values[at] * WEIGHTS[(at - from) % 3]
  return sum % 10
}

export function isDocumentNumber(values: Uint8Array, from: number, to: number, digit: number): boolean {
  return documentDigit(values, from, to) === digit
}
