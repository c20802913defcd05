// The letters and digits of a number without what divides them, as values: what most check digits are counted over.
import type { Check } from '../../core/detector.ts'

const SYMBOLS_MAX = 64

/** 0 to 9 for digits, 10 to 35 for letters of either case, 255 for everything else. */
const VALUES = new Uint8Array(256).fill(255)
for (let value = 0; value < 10; value++) VALUES[0x30 + value] = value
for (let value = 10; value < 36; value++) VALUES[0x37 + value] = VALUES[0x57 + value] = value

const scratch = new Uint8Array(SYMBOLS_MAX)

/** Values of the symbols, and how many there are. The array is one for all: it holds until the next check. */
export type SymbolTest = (values: Uint8Array, count: number) => boolean

/** A check on the values of letters and digits; all other bytes are skipped. More than 64 symbols never pass. */
export function onSymbols(test: SymbolTest): Check {
  return (bytes, start, end) => {
    let count = 0
    for (let at = start; at < end; at++) {
      const value = VALUES[bytes[at]]
      if (value === 255) continue
      if (count === SYMBOLS_MAX) return false
      scratch[count++] = value
    }
    scratch.fill(0, count)
    return test(scratch, count)
  }
}

/** The value of a letter among symbols. */
export function letter(name: string): number {
  return VALUES[name.charCodeAt(0)]
}

/** The number that the digits in [from, to) spell. */
export function numberAt(values: Uint8Array, from: number, to: number): number {
  let number = 0
  for (let at = from; at < to; at++) number = number * 10 + values[at]
  return number
}

/** True when the symbols in [from, to) are all the same: `000000000` has right check digits more often than not. */
export function allEqual(values: Uint8Array, from: number, to: number): boolean {
  for (let at = from + 1; at < to; at++) if (values[at] !== values[from]) return false
  return true
}
