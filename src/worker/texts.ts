// Opens the leaves of a record: decodes escapes, writes numbers out, walks JSON inside strings, and sees through text
// that is written in other letters. What it finds is appended to the same leaves, so that everything behind it sees
// plain text with a way back to the wire.
import { Kind, type Leaves } from '../core/leaves.ts'
import { LIMITS } from '../core/limits.ts'
import type { Paths } from '../core/paths.ts'
import { Step } from '../core/wire.ts'
import { BASE64_RUN_MIN, Base64Runs } from '../wire/base64_runs.ts'
import { decodeEscapes } from '../wire/escapes.ts'
import { JsonText } from '../wire/json.ts'
import { numberText } from '../wire/msgpack_number.ts'
import { mayHaveDigits } from '../wire/msgpack_value.ts'
import * as protobuf from '../wire/protobuf_number.ts'
import { base64Bytes } from '../wire/transcode/base64.ts'
import type { Layer, Views } from '../wire/views.ts'
import type { Walker } from '../wire/walker.ts'

export class Texts {
  private readonly views: Views
  private readonly json = new JsonText(false)
  private readonly runs = new Base64Runs()

  constructor(views: Views) {
    this.views = views
  }

  /**
   * Makes leaf `leaf` ready to be looked at. It becomes Kind.nothing when JSON inside it was walked (its own leaves
   * follow at the end), and when it is a binary number of fewer than `digitsMin` digits.
   */
  open(bytes: Uint8Array, leaves: Leaves, leaf: number, paths: Paths, digitsMin: number): void {
    const kind = leaves.kind[leaf]
    if (kind === Kind.binary_number || kind === Kind.protobuf_number) {
      if (!this.openNumber(bytes, leaves, leaf, digitsMin)) leaves.kind[leaf] = Kind.nothing
      return
    }
    if (leaves.escaped[leaf] === 1) {
      const mapped = leaves.view[leaf] === 1
      const first = this.views.decodeJson(
        mapped ? this.views.bytes : bytes,
        leaves.start[leaf],
        leaves.end[leaf],
        mapped,
      )
      leaves.setView(leaf, first, this.views.used - 1)
    }
    if (kind === Kind.base64) this.openBase64(bytes, leaves, leaf)
    if (leaves.kind[leaf] !== Kind.text) return
    const source = leaves.view[leaf] === 1 ? this.views.bytes : bytes
    if (this.openJson(source, leaves, leaf, paths)) leaves.kind[leaf] = Kind.nothing
  }

  /** What the leaf decodes to becomes a leaf of its own; it is text as it stands when it is no base64. */
  private openBase64(bytes: Uint8Array, leaves: Leaves, leaf: number): void {
    const { views } = this
    const mapped = leaves.view[leaf] === 1
    const source = mapped ? views.bytes : bytes
    const start = leaves.start[leaf]
    const end = leaves.end[leaf]
    const raw = base64Bytes(source, start, end)
    leaves.kind[leaf] = raw === undefined ? Kind.text : Kind.nothing
    if (raw === undefined) return
    const wireEnd = mapped ? views.map[end] : end
    const isUrl = source.subarray(start, end).some((byte) => byte === 0x2d || byte === 0x5f)
    const isPadded = source[end - 1] === 0x3d
    views.reserve(raw.length)
    const first = views.used
    for (let i = 0; i < raw.length; i++) {
      const letter = start + Math.floor(i / 3) * 4 + (i % 3)
      views.put(raw[i], mapped ? views.map[letter] : letter)
    }
    views.put(10, wireEnd)
    this.addLayer(leaves, leaf, { first, end: views.used - 1, base64: { isUrl, isPadded, wireEnd, isWhole: true } })
  }

  private openNumber(bytes: Uint8Array, leaves: Leaves, leaf: number, digitsMin: number): boolean {
    const head = leaves.head[leaf]
    const isProtobuf = leaves.kind[leaf] === Kind.protobuf_number
    if (!(isProtobuf ? protobuf.mayHaveDigits : mayHaveDigits)(bytes, head, digitsMin)) return false
    const text = isProtobuf ? protobuf.numberText(bytes, head) : numberText(bytes, head)
    leaves.setView(leaf, this.views.putAscii(text), this.views.used - 1)
    return text.length >= digitsMin
  }

  /** Walks the text as JSON if it is an object or an array; true when it was. */
  private openJson(source: Uint8Array, leaves: Leaves, leaf: number, paths: Paths): boolean {
    let start = leaves.start[leaf]
    let end = leaves.end[leaf]
    while (start < end && source[start] <= 0x20) start++
    while (end > start && source[end - 1] <= 0x20) end--
    const isObject = source[start] === 0x7b && source[end - 1] === 0x7d
    if (!isObject && !(source[start] === 0x5b && source[end - 1] === 0x5d)) return false
    if (leaves.depth[leaf] > 0 && !this.mayNest(leaves, leaf, end - start)) return false
    const before = leaves.count
    const step = this.json.walk(source, start, end, leaves, paths, leaves.path[leaf])
    if (step !== Step.record) {
      leaves.count = before
      if (step === Step.too_deep) this.views.isOver = true
      return false
    }
    leaves.nest(leaf, before)
    const layer = this.views.layers.get(leaf)
    if (layer !== undefined) for (let at = before; at < leaves.count; at++) this.views.layers.set(at, layer)
    return true
  }

  /**
   * Adds leaves for what is written in the text of `leaf` in other letters: escapes, when it `hasEscapes`, and base64.
   * The leaf itself stays what it is. False when nothing was added.
   */
  see(bytes: Uint8Array, leaves: Leaves, leaf: number, hasEscapes: boolean, walker: Walker): boolean {
    const before = leaves.count
    const { views, runs } = this
    const start = leaves.start[leaf]
    const end = leaves.end[leaf]
    const mapped = leaves.view[leaf] === 1
    if (hasEscapes && this.mayNest(leaves, leaf, end - start)) {
      const first = decodeEscapes(views, bytes, start, end, mapped)
      if (first >= 0) this.addLayer(leaves, leaf, { first, end: views.used - 1 })
    }
    if (end - start < BASE64_RUN_MIN) return leaves.count > before
    if (!mapped && !walker.mayHaveBase64(bytes, start, end)) return leaves.count > before
    let at = start
    while (!views.isOver && runs.next(views, bytes, at, end, mapped)) {
      at = runs.end
      const wireEnd = mapped ? views.map[at] : at
      const { isUrl, isPadded } = runs
      const text = { first: runs.first, end: views.used - 1, base64: { isUrl, isPadded, wireEnd } }
      if (this.mayNest(leaves, leaf, at - runs.start)) this.addLayer(leaves, leaf, text)
    }
    return leaves.count > before
  }

  private addLayer(leaves: Leaves, source: number, text: Pick<Layer, 'first' | 'end' | 'base64'>): void {
    const { path, head, member, box } = leaves
    const at = leaves.add(text.first, text.end, path[source], Kind.text, head[source], member[source], box[source])
    leaves.nest(source, at)
    leaves.setView(at, text.first, text.end)
    this.views.layers.set(at, { source, depth: leaves.depth[at], ...text })
  }

  /** False, for good, when the text that is `length` bytes long and in `leaf` is one too many, or too deep. */
  private mayNest(leaves: Leaves, leaf: number, length: number): boolean {
    if (leaves.depth[leaf] >= LIMITS.nested_text_depth_max) this.views.isOver = true
    return this.views.spend(length)
  }
}
