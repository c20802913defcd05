// ISO/IEC 7064: check characters of pure and hybrid systems, and the plain remainder by 97.

/** Hybrid system, modulus M + 1 and M: 11,10 for digits, 37,36 for letters too. The check character is the last. */
export function isHybrid(values: Uint8Array, from: number, to: number, modulus: number): boolean {
  let check = modulus
  for (let at = from; at < to - 1; at++) {
    const sum = (check + values[at]) % modulus || modulus
    check = (sum * 2) % (modulus + 1)
  }
  return (check + values[to - 1]) % modulus === 1
}

/** Pure system 11-2: the check character may be X for ten. */
export function isMod11Of2(values: Uint8Array, from: number, to: number): boolean {
  let sum = 0
  for (let at = from; at < to - 1; at++) sum = ((sum + values[at]) * 2) % 11
  const expected = (12 - sum) % 11
  const last = values[to - 1]
  return last === (expected === 10 ? LETTER_X : expected)
}

const LETTER_X = 33

/** Remainder of the digits by `modulus`, which is below 2^49; letters count as two digits, A = 10. */
export function remainder(values: Uint8Array, from: number, to: number, modulus: number, before = 0): number {
  let rest = before
  for (let at = from; at < to; at++) rest = (rest * (values[at] > 9 ? 100 : 10) + values[at]) % modulus
  return rest
}
