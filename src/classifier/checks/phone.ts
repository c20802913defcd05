// What the shape of a telephone number cannot say: dots are used throughout or not at all, and twice at least, so
// that a number with a sign and a decimal point (`+49123456.78`) is none.
import { DASH, DOT, SPACE } from './bytes.ts'

export function isPhone(bytes: Uint8Array, start: number, end: number): boolean {
  let dots = 0
  let others = 0
  for (let at = start; at < end; at++) {
    if (bytes[at] === DOT) dots++
    else if (bytes[at] === DASH || bytes[at] === SPACE) others++
  }
  return dots === 0 || (dots > 1 && others === 0)
}
