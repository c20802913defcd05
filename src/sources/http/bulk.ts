// The body of Elasticsearch's `_bulk`: pairs of lines, an action and a document. Each document becomes a frame that has
// its action in front, as the member `@metadata`: an index or an id may hold a secret like any other text.
//
//   Bulk   ::= ( Action LF ( Document LF )? )+          Document follows index, create and update
//   Action ::= { "index" | "create" | "update" | "delete" : { "_index"?, "_id"?, … } }
import { LIMITS } from '../../core/limits.ts'
import type { Framed } from '../../net/intake/intake.ts'
import { skipJson, skipSpace, skipString } from '../../wire/transcode/json_skip.ts'
import { Output } from '../../wire/transcode/output.ts'
import { appendOnOneLine, lineEnd } from './records.ts'

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
  readonly type: 'illegal_argument_exception' | 'action_request_validation_exception' | 'content_too_long_exception'
  readonly reason: string
}

interface Action {
  readonly operation: Operation
  /** Empty: it has none. */
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
  const actions = new Actions(index)
  let line = 0
  for (let at = 0; at < end; ) {
    line++
    const stop = lineEnd(bytes, at)
    const from = skipSpace(bytes, at, stop)
    at = stop + 1
    if (from === stop) continue
    if (items.length === LIMITS.bulk_items_max) {
      return fault('content_too_long_exception', `more than ${LIMITS.bulk_items_max} documents in a request`)
    }
    const action = actions.read(bytes, from, stop)
    if (action === null) {
      return fault('illegal_argument_exception', `Malformed action/metadata line [${line}], expected START_OBJECT`)
    }
    if (action.index === '') {
      const nth = items.length + 1
      return fault('action_request_validation_exception', `Validation Failed: ${nth}: index is missing;`)
    }
    const { operation, id } = action
    if (operation === 'delete') {
      items.push({ operation, index: action.index, id, isTaken: true })
      continue
    }
    if (at >= end) return fault('illegal_argument_exception', `Malformed action/metadata line [${line}], no document`)
    const documentEnd = lineEnd(bytes, at)
    const isTaken = frameWithAction(out, action.written, bytes, at, documentEnd)
    items.push({ operation, index: action.index, id, isTaken })
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
  const isTaken = frameWithAction(out, written, bytes, 0, bytes.length)
  return { framed: { format: 'json', ...out.finish() }, items: [{ operation, index, id, isTaken }] }
}

function fault(type: BulkFault['type'], reason: string): BulkFault {
  return { type, reason }
}

/** Reads actions. Most are like the one before, for logs seldom have ids: those are compared, and not read again. */
class Actions {
  private readonly index: string | undefined
  private last: (Action & { readonly written: Uint8Array }) | null = null
  private lastLine: Uint8Array = new Uint8Array(0)

  constructor(index: string | undefined) {
    this.index = index
  }

  /** Null: it is none. `written`: as it came, with the index of the path if it has none of its own. */
  read(bytes: Uint8Array, start: number, end: number): (Action & { readonly written: Uint8Array }) | null {
    const line = bytes.subarray(start, end)
    if (this.last !== null && isSame(line, this.lastLine)) return this.last
    const action = readAction(bytes, start, end, this.index)
    this.lastLine = line
    this.last = action === null ? null : { ...action, written: writtenAction(bytes, start, end, this.index) }
    return this.last
  }
}

function isSame(one: Uint8Array, other: Uint8Array): boolean {
  if (one.length !== other.length) return false
  for (let at = 0; at < one.length; at++) if (one[at] !== other[at]) return false
  return true
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
function frameWithAction(out: Output, action: Uint8Array, bytes: Uint8Array, start: number, end: number): boolean {
  const open = skipSpace(bytes, start, end)
  const stop = skipJson(bytes, open, end)
  if (bytes[open] !== 0x7b || stop < 0 || skipSpace(bytes, stop, end) !== end) return false
  out.append(METADATA)
  out.appendRange(action, 0, action.length)
  if (bytes[skipSpace(bytes, open + 1, end)] !== 0x7d) out.push(0x2c)
  appendOnOneLine(out, bytes.subarray(open + 1, stop))
  out.push(0x0a)
  out.endFrame()
  return true
}

/** As it came; one without an index of its own is given that of the path. */
function writtenAction(bytes: Uint8Array, start: number, end: number, index: string | undefined): Uint8Array {
  const name = skipSpace(bytes, start + 1, end)
  const colon = skipSpace(bytes, skipString(bytes, name, end), end)
  const inner = skipSpace(bytes, colon + 1, end) + 1
  if (index === undefined || hasIndex(bytes, inner, end)) return bytes.subarray(start, end)
  const comma = bytes[skipSpace(bytes, inner, end)] === 0x7d ? '' : ','
  const given = Buffer.from(`"_index":${JSON.stringify(index)}${comma}`)
  return Buffer.concat([bytes.subarray(start, inner), given, bytes.subarray(inner, end)])
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
