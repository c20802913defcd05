// A PEM private key that was put into base64 once more, as in kubeconfig files and Kubernetes secrets.
import { decodeBase64 } from './base64.ts'

const WORDS = new TextEncoder().encode('PRIVATE KEY')
/** The word stands in the first line. */
const LINE_BYTES_MAX = 64

/** True when the text decodes to something whose first line speaks of a private key. */
export function isBase64PrivateKey(bytes: Uint8Array, start: number, end: number): boolean {
  const stop = start + Math.min(88, (end - start) & ~3)
  const decoded = decodeBase64(bytes, start, stop)
  if (!decoded) return false
  const last = Math.min(decoded.length, LINE_BYTES_MAX) - WORDS.length
  for (let at = 0; at <= last; at++) if (WORDS.every((letter, i) => decoded.bytes[at + i] === letter)) return true
  return false
}
