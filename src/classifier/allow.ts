// Values that the operator declared harmless. Looked at only for findings, so plain code is fast enough.
import RE2 from 're2'
import type { Allow } from '../core/policy.ts'

/** The keyed hash of a value, as exceptions by hash are written. */
export type HashOf = (value: Uint8Array) => string

export type AllowTest = (bytes: Uint8Array, start: number, end: number) => boolean

/** undefined when nothing is allowed. Patterns must match the whole value. */
export function compileAllow(allow: Allow | undefined, hashOf: HashOf | undefined): AllowTest | undefined {
  const exact = new Set((allow?.exact ?? []).map((value) => Buffer.from(value).toString('latin1')))
  const prefixes = (allow?.prefix ?? []).map((value) => Buffer.from(value).toString('latin1'))
  const patterns = (allow?.pattern ?? []).map((pattern) => new RE2(`^(?:${pattern})$`))
  const hashes = new Set(hashOf === undefined ? [] : allow?.hash)
  if (exact.size + prefixes.length + patterns.length + hashes.size === 0) return undefined
  return (bytes, start, end) => {
    const value = Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start)
    const text = value.toString('latin1')
    return (
      exact.has(text) ||
      prefixes.some((prefix) => text.startsWith(prefix)) ||
      patterns.some((pattern) => pattern.test(value)) ||
      (hashes.size > 0 && hashOf !== undefined && hashes.has(hashOf(value)))
    )
  }
}
