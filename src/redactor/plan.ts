// From settled findings to edits: what stands in the place of each finding, escaped for where it lies. It looks for
// nothing; it is told. Offsets go from the text that was looked at back to the wire.
import type { Format } from '../core/batch.ts'
import type { Edits } from '../core/edits.ts'
import { Kind, type Leaves, RECORD_KEY } from '../core/leaves.ts'
import { wires } from '../wire/index.ts'
import { memberRange } from '../wire/json_member.ts'
import { encodeNumber } from '../wire/msgpack_number.ts'
import { HEADER, SHAPE, Shape, skipMsgpack } from '../wire/msgpack_value.ts'
import { field, readField } from '../wire/protobuf.ts'
import { numberReplacement } from '../wire/protobuf_number.ts'
import { escapeJson, type Views } from '../wire/views.ts'
import type { Action } from './action.ts'
import type { KeyTokens } from './key_tokens.ts'
import { Lift } from './lift.ts'

/** A range of a leaf and what is to be done with it. */
export interface Redaction {
  leaf: number
  /** Offsets in the text that the leaf was looked at in. */
  start: number
  end: number
  action: Action
  /** False: a remainder of a finding, masked whole. */
  whole: boolean
  /** True for such a remainder when its offsets are those of the wire. */
  onWire?: boolean
  /** What stands in its place, when that is known already. */
  text?: Uint8Array
}

interface PlannedEdit {
  start: number
  end: number
  head: number
  text: Uint8Array
}

const NOTHING = new Uint8Array(0)
const STAR = 0x2a
const QUOTE = 0x22
const STRING_VALUE = Buffer.from('"stringValue":')
const BASE64_LETTER = 0x4b

export class Planner {
  private readonly format: Format
  private readonly views: Views
  private bytes: Uint8Array = NOTHING
  private leaves!: Leaves
  private planned: PlannedEdit[] = []
  /** Members that are removed already, by where they start. */
  private readonly dropped = new Set<number>()
  /** End of the last member removed from the front of its JSON object, in the offsets of its text. */
  private leadEnd = -1

  private readonly lift: Lift

  private readonly inKeys: KeyTokens

  constructor(format: Format, views: Views, inKeys: KeyTokens = new Map()) {
    this.format = format
    this.views = views
    this.inKeys = inKeys
    this.lift = new Lift(views)
  }

  /** Adds the edits of one record. `redactions` are ascending within each leaf. */
  plan(bytes: Uint8Array, leaves: Leaves, found: readonly Redaction[], edits: Edits): void {
    this.bytes = bytes
    this.leaves = leaves
    const redactions = this.format === 'kafka' && this.inKeys.size > 0 ? found.map((one) => this.tokenOf(one)) : found
    this.planned = []
    this.leadEnd = -1
    if (this.dropped.size > 0) this.dropped.clear()
    for (let from = 0; from < redactions.length; ) {
      let to = from + 1
      while (to < redactions.length && redactions[to].leaf === redactions[from].leaf) to++
      this.leafEdits(to - from === redactions.length ? redactions : redactions.slice(from, to), edits)
      from = to
    }
    while (!this.lift.empty) {
      const { leaf, edits: lifted } = this.lift.next(bytes, leaves)
      for (const { start, end, text } of lifted) this.put(leaf, start, end, this.escaped(leaf, text), this.headOf(leaf))
    }
    this.hand(edits)
  }

  private tokenOf(redaction: Redaction): Redaction {
    const isInKey = this.leaves.member[this.leaves.outerOf(redaction.leaf)] === RECORD_KEY
    const action = isInKey ? this.inKeys.get(redaction.action) : undefined
    return action === undefined ? redaction : { ...redaction, action }
  }

  /** What lies inside a removed member is gone with it; two that overlap become one. */
  private hand(edits: Edits): void {
    const { planned } = this
    if (planned.length > 1) planned.sort((a, b) => a.start - b.start || b.end - a.end)
    let last: PlannedEdit | undefined
    for (const edit of planned) {
      if (last !== undefined && edit.start < last.end) {
        last.end = Math.max(last.end, edit.end)
        continue
      }
      if (last !== undefined) edits.add(last.start, last.end, last.head, last.text)
      last = edit
    }
    if (last !== undefined) edits.add(last.start, last.end, last.head, last.text)
  }

  /** Plans an edit of the wire; one of decoded text waits until all that was decoded with it is known. */
  private put(leaf: number, start: number, end: number, text: Uint8Array, head: number): void {
    const layer = this.views.layers.get(leaf)
    if (layer === undefined) this.planned.push({ start, end, head, text })
    else this.lift.add(layer, { start, end, text })
  }

  private leafEdits(redactions: readonly Redaction[], edits: Edits): void {
    const { leaf } = redactions[0]
    const kind = this.leaves.kind[leaf]
    const drops = kind === Kind.unreadable || redactions.some(({ action }) => action.effect === 'drop_field')
    if (drops) this.dropMember(leaf, redactions, edits)
    else if (isNumber(kind)) this.editNumber(leaf, redactions)
    else for (const redaction of redactions) this.editText(leaf, redaction)
  }

  /** Bytes that the leaf was looked at in. */
  private textOf(leaf: number): Uint8Array {
    return this.leaves.view[leaf] === 1 ? this.views.bytes : this.bytes
  }

  private onWire(leaf: number, at: number): number {
    return this.leaves.view[leaf] === 1 ? this.views.map[at] : at
  }

  /** How many JSON strings the leaf's own text is written in, within the layer that it lies in. */
  private levels(leaf: number): number {
    const layer = this.views.layers.get(leaf)
    if (layer !== undefined) return this.leaves.depth[leaf] - layer.depth
    return this.leaves.depth[leaf] + (this.format === 'json' || this.format === 'otlp_json' ? 1 : 0)
  }

  /** Header whose length the edit changes; JSON and text have none. */
  private headOf(leaf: number): number {
    return this.format === 'msgpack' || this.format === 'otlp' ? this.leaves.head[this.leaves.outerOf(leaf)] : -1
  }

  private escaped(leaf: number, text: Uint8Array): Uint8Array {
    let written = text
    for (let level = this.levels(leaf); level > 0; level--) written = escapeJson(written)
    return written
  }

  private editText(leaf: number, { start, end, action, whole, onWire, text: known }: Redaction): void {
    if (onWire) {
      // Any letter stands for itself in every encoding but base64, where a star is none.
      const letter = this.views.layers.get(leaf)?.base64 === undefined ? STAR : BASE64_LETTER
      const text = new Uint8Array(end - start).fill(letter)
      this.planned.push({ start, end, head: this.headOf(leaf), text })
      return
    }
    const found = this.textOf(leaf).subarray(start, end)
    const text = this.escaped(leaf, known ?? (whole ? action.redact(found, false) : found.map(() => STAR)))
    this.put(leaf, this.onWire(leaf, start), this.onWire(leaf, end), text, this.headOf(leaf))
  }

  /** A number is replaced as a whole: by a number when every action on it keeps numbers, else by a string. */
  private editNumber(leaf: number, redactions: readonly Redaction[]): void {
    const { leaves } = this
    const source = this.textOf(leaf)
    const kind = leaves.kind[leaf]
    const staysNumber = redactions.every(({ action }) => action.keepsNumbers)
    const parts: Uint8Array[] = []
    let at = leaves.start[leaf]
    for (const { start, end, action } of redactions) {
      parts.push(source.subarray(at, start), action.redact(source.subarray(start, end), staysNumber))
      at = end
    }
    parts.push(source.subarray(at, leaves.end[leaf]))
    const digits = Buffer.concat(parts)
    const head = leaves.head[leaf]
    if (kind === Kind.protobuf_number) {
      const isKnown = leaves.member[leaf] !== head
      const { start, end, text } = numberReplacement(this.bytes, head, digits, staysNumber, isKnown)
      this.planned.push({ start, end, head: -1, text })
      return
    }
    if (kind === Kind.binary_number) {
      const text = staysNumber
        ? encodeNumber(this.bytes, head, digits.toString('latin1'))
        : wires.msgpack.encodeText(digits)
      this.planned.push({ start: head, end: head + HEADER[this.bytes[head]], head: -1, text })
      return
    }
    if (kind === Kind.typed_number) {
      this.planned.push(typedNumber(source, head, leaves.start[leaf], leaves.end[leaf], digits, staysNumber))
      return
    }
    const levels = this.levels(leaf)
    let text: Uint8Array = staysNumber ? withoutLeadingZeros(digits) : wires.json.encodeText(digits)
    for (let level = levels - 1; level > 0; level--) text = escapeJson(text)
    const [start, end] = [this.onWire(leaf, leaves.start[leaf]), this.onWire(leaf, leaves.end[leaf])]
    this.put(leaf, start, end, text, leaves.depth[leaf] > 0 ? this.headOf(leaf) : -1)
  }

  /** True when the box of the leaf lies in decoded text; that a leaf has escapes of its own says nothing of its box. */
  private isBoxDecoded(leaf: number): boolean {
    const { depth, view } = this.leaves
    if (view[leaf] === 0 || depth[leaf] === 0) return false
    return depth[leaf] > 1 || view[this.leaves.outerOf(leaf)] === 1
  }

  private dropMember(leaf: number, redactions: readonly Redaction[], edits: Edits): void {
    const { leaves } = this
    const layer = this.views.layers.get(leaf)
    if (layer !== undefined && leaves.depth[leaf] === layer.depth && leaves.box[layer.source] >= 0) {
      this.dropMember(layer.source, [], edits)
      return
    }
    const member = leaves.member[leaf]
    if (leaves.box[leaf] < 0 || member < 0) {
      // At the top there is no member to remove: what was found goes.
      for (const redaction of redactions) this.editText(leaf, { ...redaction, action: REMOVE, whole: true })
      return
    }
    if (this.format === 'otlp' && leaves.depth[leaf] === 0) {
      readField(this.bytes, member, this.bytes.length)
      this.planned.push({ start: member, end: field.end, head: -1, text: NOTHING })
      return
    }
    if (this.format === 'msgpack' && leaves.depth[leaf] === 0) {
      if (this.dropped.has(member)) return
      this.dropped.add(member)
      const box = leaves.box[leaf]
      const isMap = SHAPE[this.bytes[box]] === Shape.map
      const end = skipMsgpack(this.bytes, isMap ? skipMsgpack(this.bytes, member) : member)
      edits.boxes.push(box)
      this.planned.push({ start: member, end, head: -1, text: NOTHING })
      return
    }
    const isDecoded = this.isBoxDecoded(leaf)
    const range = memberRange(isDecoded ? this.views.bytes : this.bytes, leaves.box[leaf], member, this.leadEnd)
    if (range.isLead) this.leadEnd = range.end
    const head = leaves.depth[leaf] > 0 ? this.headOf(leaf) : -1
    const { map } = this.views
    const [start, end] = isDecoded ? [map[range.start], map[range.end]] : [range.start, range.end]
    this.put(leaf, start, end, NOTHING, head)
  }
}

function isNumber(kind: number): boolean {
  return (
    kind === Kind.number || kind === Kind.binary_number || kind === Kind.protobuf_number || kind === Kind.typed_number
  )
}

/** What stands for a member like `"intValue":"42"` whose digits are [start, end): one of its kind, or a text. */
function typedNumber(
  bytes: Uint8Array,
  name: number,
  start: number,
  end: number,
  digits: Uint8Array,
  staysNumber: boolean,
): PlannedEdit {
  const isQuoted = bytes[start - 1] === QUOTE
  const stop = isQuoted ? end + 1 : end
  const text = staysNumber
    ? Buffer.concat([bytes.subarray(name, start), withoutLeadingZeros(digits), bytes.subarray(end, stop)])
    : Buffer.concat([STRING_VALUE, wires.json.encodeText(digits)])
  return { start: name, end: stop, head: -1, text }
}

const REMOVE: Action = { effect: 'edit', keepsNumbers: false, redact: () => NOTHING }

/** A number as JSON wants it: `007` becomes `7`, and `000` becomes `0`. */
function withoutLeadingZeros(digits: Uint8Array): Uint8Array {
  const first = digits[0] === 0x2d ? 1 : 0
  let at = first
  while (digits[at] === 0x30 && digits[at + 1] >= 0x30 && digits[at + 1] <= 0x39) at++
  return at === first ? digits : Buffer.concat([digits.subarray(0, first), digits.subarray(at)])
}
