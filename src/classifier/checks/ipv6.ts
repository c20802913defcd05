// RFC 4291 section 2.2: eight groups, one run of zero groups may be `::`, the last two groups may be an IPv4 address.
import { COLON, DIGIT, DOT, HEX, is } from './bytes.ts'
import { isIpv4 } from './ipv4.ts'

/**
 * True for addresses that cannot be taken for something else: `::` alone, `a::b` without a digit (scopes of C++ and
 * Ruby) and eight bytes in hex (`00:11:…`) are refused, and so is a full form that begins with a short group.
 */
export function isIpv6(bytes: Uint8Array, start: number, end: number): boolean {
  let groups = 0
  let digits = 0
  let firstLength = 0
  let zeros = 0
  let hasDigit = false
  let compressed = false
  let tail = end
  for (let at = start; at < end; at++) if (bytes[at] === DOT) tail = Math.min(tail, lastColon(bytes, start, at) + 1)
  if (tail < end && !isIpv4(bytes, tail, end)) return false
  for (let at = start; at < tail; at++) {
    if (is(bytes[at], HEX)) {
      if (++digits > 4) return false
      if (is(bytes[at], DIGIT)) hasDigit = true
      continue
    }
    if (bytes[at] !== COLON) return false
    if (digits > 0) {
      groups++
      if (groups === 1) firstLength = digits
      if (groups === zeros + 1 && digits === 1 && bytes[at - 1] === 0x30) zeros++
      digits = 0
    }
    if (bytes[at + 1] === COLON) {
      if (compressed) return false
      compressed = true
      at++
      if (bytes[at + 1] === COLON) return false
    } else if (at === start || at === tail - 1) {
      if (at === start || tail === end) return false
    }
  }
  if (digits > 0) groups++
  if (tail < end) groups += 2
  if (compressed) return groups > 0 && groups < 8 && (hasDigit || tail < end)
  return groups === 8 && (firstLength > 2 || zeros > 2)
}

function lastColon(bytes: Uint8Array, start: number, before: number): number {
  let at = before - 1
  while (at >= start && bytes[at] !== COLON) at--
  return at
}
