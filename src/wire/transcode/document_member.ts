// Small changes to a JSON document as its bytes, which stay as they are around them: a member in front, another name
// for a member. The document was walked before: it is well-formed.
import { firstItem, nextItem, valueAt, valueEnd } from '../json_cursor.ts'
import { skipString } from './json_skip.ts'

const OPEN = 0x7b

/**
 * The document in pieces with a member in front; `json` is its value as it is written. The document has no such member.
 * What is no object becomes one.
 */
export function withMember(document: Uint8Array, name: string, json: string): (string | Uint8Array)[] {
  const member = `{${JSON.stringify(name)}:${json}`
  if (document[0] !== OPEN) return [`${member},"message":`, document, '}']
  const isEmpty = firstItem(document, 0) < 0
  return [isEmpty ? member : `${member},`, document.subarray(1)]
}

/** The first member of this name gets another one. */
export function renamed(document: Uint8Array, name: Uint8Array, by: string): Uint8Array {
  for (let at = document[0] === OPEN ? firstItem(document, 0) : -1; at >= 0; ) {
    const end = skipString(document, at, document.length)
    if (Buffer.compare(document.subarray(at + 1, end - 1), name) === 0) {
      return Buffer.concat([document.subarray(0, at), Buffer.from(JSON.stringify(by)), document.subarray(end)])
    }
    at = nextItem(document, valueEnd(document, valueAt(document, at)))
  }
  return document
}
