// The body of Elasticsearch's `_bulk`: pairs of lines, an action and a document. Each document becomes a frame that has
// its action in front, as the member `@metadata`: an index or an id may hold a secret like any other text.
//
//   Bulk   ::= ( Action LF ( Document LF )? )+          Document follows index, create and update
//   Action ::= { "index" | "create" | "update" | "delete" : { "_index"?, "_id"?, … } }
import type { Framed } from '../../net/intake/intake.ts'
import { skipJson, skipSpace, skipString } from '../../wire/transcode/json_skip.ts'
import { Output } from '../../wire/transcode/output.ts'
import { lineEnd } from './records.ts'

const OPERATIONS = ['index', 'create', 'update', 'delete'] as const
type Operation = (typeof OPERATIONS)[number]

/** What became of a document, in the order of the request. Its names are for its own client only. */
export interface BulkItem {
  readonly operation: Operation
  readonly index: string
  readonly id: string | undefined
  /** False: it is no JSON object. */
  readonly isTaken: boolean
}

export interface Bulk {
  readonly framed: Framed
  readonly items: readonly BulkItem[]
}

/** Why the whole body is refused, in Elasticsearch's words, but without the client's. */
export interface BulkFault {
  readonly type: 'illegal_argument_exception' | 'action_request_validation_exception'
  readonly reason: string
}

interface Action {
  readonly operation: Operation
  readonly index: string
  readonly id: string | undefined
}

const METADATA = Buffer.from('{"@metadata":')

/** `index`: that of the path, for actions without one. */
export function readBulk(bytes: Uint8Array, index: string | undefined): Bulk | BulkFault {
  const end = bytes.length
  if (end === 0) return fault('action_request_validation_exception', 'Validation Failed: 1: no requests added;')
  if (bytes[end - 1] !== 0x0a) {
    return fault('illegal_argument_exception', 'The bulk request must be terminated by a newline [\\n]')
  }
  const out = new Output(bytes.length * 1.25)
  const items: BulkItem[] = []
  let line = 0
  for (let at = 0; at < end; ) {
    line++
    const stop = lineEnd(bytes, at)
    const from = skipSpace(bytes, at, stop)
    at = stop + 1
    if (from === stop) continue
    const action = readAction(bytes, from, stop, index)
    if (action === null) {
      return fault('illegal_argument_exception', `Malformed action/metadata line [${line}], expected START_OBJECT`)
    }
    if (action.index === '') {
      const nth = items.length + 1
      return fault('action_request_validation_exception', `Validation Failed: ${nth}: index is missing;`)
    }
    if (action.operation === 'delete') {
      items.push({ ...action, isTaken: true })
      continue
    }
    if (at >= end) return fault('illegal_argument_exception', `Malformed action/metadata line [${line}], no document`)
    const documentEnd = lineEnd(bytes, at)
    items.push({ ...action, isTaken: frameWithAction(out, bytes, from, stop, at, documentEnd, index) })
    at = documentEnd + 1
    line++
  }
  return { framed: { format: 'json', ...out.finish() }, items }
}

/** A document that came alone, to an index of its path. */
export function readDocument(bytes: Uint8Array, action: Action): Bulk {
  const out = new Output(bytes.length + 256)
  const { operation, index, id } = action
  const written = Buffer.from(JSON.stringify({ [operation]: { _index: index, _id: id } }))
  const whole = Buffer.concat([written, bytes])
  const isTaken = frameWithAction(out, whole, 0, written.length, written.length, whole.length, undefined)
  return { framed: { format: 'json', ...out.finish() }, items: [{ ...action, isTaken }] }
}

function fault(type: BulkFault['type'], reason: string): BulkFault {
  return { type, reason }
}

/** Null: it is no action. An empty index: it has none. */
function readAction(bytes: Uint8Array, start: number, end: number, index: string | undefined): Action | null {
  const stop = skipJson(bytes, start, end)
  if (bytes[start] !== 0x7b || stop < 0 || skipSpace(bytes, stop, end) !== end) return null
  // It is JSON, and small: its names are wanted for the answer.
  const action: unknown = JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset + start, stop - start).toString())
  const [entry, ...others] = Object.entries(action as object)
  if (entry === undefined || others.length > 0) return null
  const [name, about] = entry
  const operation = OPERATIONS.find((known) => known === name)
  if (operation === undefined || typeof about !== 'object' || about === null || Array.isArray(about)) return null
  const { _index = index ?? '', _id } = about as { _index?: unknown; _id?: unknown }
  return { operation, index: String(_index), id: _id === undefined || _id === null ? undefined : String(_id) }
}

/** False, and nothing is framed: the document is no JSON object. */
function frameWithAction(
  out: Output,
  bytes: Uint8Array,
  actionStart: number,
  actionEnd: number,
  start: number,
  end: number,
  index: string | undefined,
): boolean {
  const open = skipSpace(bytes, start, end)
  const stop = skipJson(bytes, open, end)
  if (bytes[open] !== 0x7b || stop < 0 || skipSpace(bytes, stop, end) !== end) return false
  out.append(METADATA)
  appendAction(out, bytes, actionStart, actionEnd, index)
  const first = skipSpace(bytes, open + 1, end)
  if (bytes[first] !== 0x7d) out.push(0x2c)
  const from = out.used
  out.append(bytes.subarray(open + 1, stop))
  for (let at = out.bytes.indexOf(0x0a, from); at >= 0 && at < out.used; at = out.bytes.indexOf(0x0a, at)) {
    out.bytes[at] = 0x20
  }
  out.push(0x0a)
  out.endFrame()
  return true
}

/** As it came; one without an index of its own is given that of the path. */
function appendAction(out: Output, bytes: Uint8Array, start: number, end: number, index: string | undefined): void {
  const name = skipSpace(bytes, start + 1, end)
  const colon = skipSpace(bytes, skipString(bytes, name, end), end)
  const inner = skipSpace(bytes, colon + 1, end) + 1
  if (index === undefined || hasIndex(bytes, inner, end)) {
    out.append(bytes.subarray(start, end))
    return
  }
  out.append(bytes.subarray(start, inner))
  out.append(Buffer.from(`"_index":${JSON.stringify(index)}`))
  if (bytes[skipSpace(bytes, inner, end)] !== 0x7d) out.push(0x2c)
  out.append(bytes.subarray(inner, end))
}

/** True when the object whose first member may stand at `at` has a member `_index`. */
function hasIndex(bytes: Uint8Array, at: number, end: number): boolean {
  for (at = skipSpace(bytes, at, end); bytes[at] === 0x22; at = skipSpace(bytes, at, end)) {
    const stop = skipString(bytes, at, end)
    const name = Buffer.from(bytes.buffer, bytes.byteOffset + at + 1, stop - at - 2).toString('latin1')
    if (name === '_index') return true
    at = skipJson(bytes, skipSpace(bytes, skipSpace(bytes, stop, end) + 1, end), end)
    at = skipSpace(bytes, at, end)
    if (bytes[at] === 0x2c) at++
  }
  return false
}
