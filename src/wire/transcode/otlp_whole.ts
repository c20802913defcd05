// That an OTLP request is whole, and its messages put together: what its readers make sure of before they tell it.
import { LIMITS } from '../../core/limits.ts'
import { Kind, type OtlpMessage, REQUEST } from '../otlp_schema.ts'
import { field, readField } from '../protobuf.ts'

/** Each level of a value is up to three messages, and there are some around it. */
const DEPTH_MAX = LIMITS.depth_max * 3 + 16
/** By message: the fields that it has, by number, with the type that they come in. */
const NUMBERS_MAX = 16

export function isWholeRequest(bytes: Uint8Array, start: number, end: number): boolean {
  return isWhole(bytes, start, end, REQUEST, 0)
}

/** True when all fields end where they should, and known ones have their own type. */
function isWhole(bytes: Uint8Array, start: number, end: number, message: OtlpMessage, depth: number): boolean {
  if (depth > DEPTH_MAX) return false
  for (let at = start; at < end; ) {
    if (!readField(bytes, at, end)) return false
    const { number, start: from, end: stop } = field
    if (number < NUMBERS_MAX) {
      const known = message.fields.find(({ tag }) => tag >> 3 === number)
      if (known !== undefined && known.tag !== bytes[at]) return false
      if (known?.kind === Kind.message && !isWhole(bytes, from, stop, known.message, depth + 1)) return false
    }
    at = stop
  }
  return true
}

/**
 * The content of the message field with this tag byte, or undefined when there is none. One that came in pieces is what
 * its pieces say together, which in protobuf is the same as one behind the other.
 */
export function messageIn(bytes: Uint8Array, start: number, end: number, tag: number): Uint8Array | undefined {
  let found: Uint8Array | undefined
  for (let at = start; at < end; at = field.end) {
    readField(bytes, at, end)
    if (bytes[at] !== tag) continue
    const piece = bytes.subarray(field.start, field.end)
    found = found === undefined ? piece : joined(found, piece)
  }
  return found
}

function joined(left: Uint8Array, right: Uint8Array): Uint8Array {
  const both = new Uint8Array(left.length + right.length)
  both.set(left)
  both.set(right, left.length)
  return both
}
