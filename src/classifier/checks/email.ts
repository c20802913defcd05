// RFC 5321 limits, and names that look like addresses but are none: units of systemd, files, versions.
import { DIGIT, DOT, is, PERCENT } from './bytes.ts'

export const LOCAL_BYTES_MAX = 64
export const DOMAIN_BYTES_MAX = 255

/** Last labels that are no top-level domains: units of systemd and file names (`icon@2x.png`). */
const NOT_DOMAINS = new Set(
  (
    'service socket target timer slice scope mount automount swap device path conf cfg log lock pid ' +
    'png jpg jpeg gif svg webp ico bmp css scss less js mjs cjs ts jsx tsx vue json html htm xml yml yaml toml ' +
    'java class jar war go rb php cpp hpp txt csv tgz gz tar bz2 xz deb rpm apk exe dll ttf woff woff2 min map'
  ).split(' '),
)

const GIT = 0x676974

/** [start, end) is `local@domain`, the at sign perhaps as `%40`. */
export function isEmail(bytes: Uint8Array, start: number, end: number): boolean {
  let at = start
  while (at < end && bytes[at] !== 0x40 && !(bytes[at] === PERCENT && bytes[at + 1] === 0x34)) at++
  const domain = bytes[at] === PERCENT ? at + 3 : at + 1
  if (at - start > LOCAL_BYTES_MAX || end - domain > DOMAIN_BYTES_MAX) return false
  // git@github.com is where repositories are, not who reads mail.
  if (at - start === 3 && ((bytes[start] << 16) | (bytes[start + 1] << 8) | bytes[start + 2]) === GIT) return false
  return isMailDomain(bytes, domain, end)
}

/** [domain, end) is labels of letters, digits and dashes with dots between them. */
export function isMailDomain(bytes: Uint8Array, domain: number, end: number): boolean {
  let label = end
  while (label > domain && bytes[label - 1] !== DOT) label--
  return !isVersion(bytes, domain, label - 1) && !isNoDomain(bytes, label, end)
}

/** Two or more labels, all of digits: `left-pad@1.3.0.dev` is a package. One such label may be a name (163.com). */
function isVersion(bytes: Uint8Array, start: number, end: number): boolean {
  let dots = 0
  for (let at = start; at < end; at++) {
    if (bytes[at] === DOT) dots++
    else if (!is(bytes[at], DIGIT)) return false
  }
  return dots > 0
}

function isNoDomain(bytes: Uint8Array, start: number, end: number): boolean {
  if (end - start > 9) return false
  let label = ''
  for (let at = start; at < end; at++) label += String.fromCharCode(bytes[at] | 0x20)
  return NOT_DOMAINS.has(label)
}
