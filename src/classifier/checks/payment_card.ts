// A card number: issued range, length of the brand, check digit, and one separator throughout.
import { DIGIT, is, separatorAt } from './bytes.ts'
import { isIssued } from './iin.ts'
import { passesLuhn } from './luhn.ts'

/** [start, end) holds digits and separators only. */
export function isPaymentCard(bytes: Uint8Array, start: number, end: number): boolean {
  let digits = 0
  let firstFour = 0
  let separator = 0
  let varies = false
  for (let at = start; at < end; ) {
    const byte = bytes[at]
    if (is(byte, DIGIT)) {
      if (digits < 4) firstFour = firstFour * 10 + byte - 0x30
      if (byte !== bytes[start]) varies = true
      digits++
      at++
      continue
    }
    if (separator !== 0 && byte !== separator) return false
    separator = byte
    at += separatorAt(bytes, at) || 1
  }
  return varies && isIssued(firstFour, digits) && passesLuhn(bytes, start, end)
}
