// IEEE 802 addresses (EUI-48): six bytes in hex with one separator throughout.
import { DASH, HEX, HEX_LETTER, is } from './bytes.ts'

export const MAC_LENGTH = 17

/** With dashes and without any letter it is rather a date and time (`26-11-21-15-00-00`). */
export function isMac(bytes: Uint8Array, start: number, end: number): boolean {
  if (end - start !== MAC_LENGTH) return false
  const separator = bytes[start + 2]
  let hasLetter = separator !== DASH
  for (let i = 0; i < MAC_LENGTH; i++) {
    const byte = bytes[start + i]
    if (i % 3 === 2) {
      if (byte !== separator) return false
    } else if (!is(byte, HEX)) return false
    else if (is(byte, HEX_LETTER)) hasLetter = true
  }
  return hasLetter
}
