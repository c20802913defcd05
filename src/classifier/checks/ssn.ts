// US Social Security numbers, 3-2-4: what the Social Security Administration never issued is none.

/** Numbers printed in advertisements: never valid. */
const PUBLISHED = [78_05_1120, 219_09_9999]

/** [start, end) is eleven bytes: three digits, a separator, two, the same separator, four. */
export function isSsn(bytes: Uint8Array, start: number, end: number): boolean {
  if (end - start !== 11 || bytes[start + 3] !== bytes[start + 6]) return false
  const area = number(bytes, start, start + 3)
  const group = number(bytes, start + 4, start + 6)
  const serial = number(bytes, start + 7, start + 11)
  if (area === 0 || area === 666 || area >= 900 || group === 0 || serial === 0) return false
  return !PUBLISHED.includes(area * 1_000_000 + group * 10_000 + serial)
}

function number(bytes: Uint8Array, start: number, end: number): number {
  let value = 0
  for (let at = start; at < end; at++) value = value * 10 + bytes[at] - 0x30
  return value
}
