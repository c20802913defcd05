// Puts a member in front of a JSON document that has none of that name. What is no object becomes one.
import { offsetOf } from './json_facts.ts'

const OPEN = 0x7b
const CLOSE = Buffer.from('}')

/** `json` is the member's value as it is written. */
export function withMember(document: Uint8Array, name: string, json: string): Uint8Array {
  const member = `${JSON.stringify(name)}:${json}`
  if (document[0] !== OPEN) return Buffer.concat([Buffer.from(`{${member},"message":`), document, CLOSE])
  if (offsetOf(document, name) >= 0) return document
  const isEmpty = offsetOf(document, null) < 0
  return Buffer.concat([Buffer.from(isEmpty ? `{${member}` : `{${member},`), document.subarray(1)])
}
