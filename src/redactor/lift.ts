// Brings edits of decoded text back to the text that it was decoded from, layer by layer, so that what remains is still
// valid there: escapes are written as they were, base64 is written anew in whole quanta.
import type { Leaves } from '../core/leaves.ts'
import { encodeBase64 } from '../wire/base64_runs.ts'
import { encodeLike } from '../wire/escapes.ts'
import type { Layer, Views } from '../wire/views.ts'

/** A range of the wire, and what stands there instead, written for the text of its leaf or layer. */
export interface LayerEdit {
  readonly start: number
  readonly end: number
  readonly text: Uint8Array
}

/** Bytes that make whole letters of base64. */
const QUANTUM = 3
const SPACE = 0x20

export class Lift {
  private readonly views: Views
  private readonly edits = new Map<Layer, LayerEdit[]>()

  constructor(views: Views) {
    this.views = views
  }

  get empty(): boolean {
    return this.edits.size === 0
  }

  add(layer: Layer, edit: LayerEdit): void {
    const known = this.edits.get(layer)
    if (known) known.push(edit)
    else this.edits.set(layer, [edit])
  }

  /** Takes the edits of the innermost layer, as edits of the leaf that it was decoded from. */
  next(bytes: Uint8Array, leaves: Leaves): { leaf: number; edits: LayerEdit[] } {
    // A layer is decoded later than the one that it lies in.
    const [layer, edits] = [...this.edits].reduce((inner, other) => (other[0].first > inner[0].first ? other : inner))
    this.edits.delete(layer)
    edits.sort((a, b) => a.start - b.start)
    if (layer.base64?.isWhole) return { leaf: layer.source, edits: [this.whole(layer, layer.base64, edits)] }
    if (layer.base64 !== undefined) return { leaf: layer.source, edits: this.inQuanta(layer, layer.base64, edits) }
    const written = edits.map(({ start, end, text }) => {
      return { start, end, text: encodeLike(text, this.sourceText(bytes, leaves, layer.source, start, end)) }
    })
    return { leaf: layer.source, edits: written }
  }

  /** What the leaf's own text has where the wire has [start, end). */
  private sourceText(bytes: Uint8Array, leaves: Leaves, leaf: number, start: number, end: number): Uint8Array {
    if (leaves.view[leaf] === 0) return bytes.subarray(start, end)
    const from = this.place(leaves.start[leaf], leaves.end[leaf], start)
    return this.views.bytes.subarray(from, this.place(from, leaves.end[leaf], end))
  }

  /** Place in the scratch, in [first, end], of what lies at `wire`. */
  private place(first: number, end: number, wire: number): number {
    let low = first
    let high = end
    while (low < high) {
      const middle = (low + high) >> 1
      if (this.views.map[middle] < wire) low = middle + 1
      else high = middle
    }
    return low
  }

  /** All of the layer with its edits, as one. */
  private whole(layer: Layer, base64: NonNullable<Layer['base64']>, edits: readonly LayerEdit[]): LayerEdit {
    const { bytes, map } = this.views
    const parts: Uint8Array[] = []
    let at = layer.first
    for (const { start, end, text } of edits) {
      const from = this.place(layer.first, layer.end, start)
      if (from < at) continue
      parts.push(bytes.subarray(at, from), text)
      at = this.place(from, layer.end, end)
    }
    parts.push(bytes.subarray(at, layer.end))
    const text = encodeBase64(Buffer.concat(parts), base64.isUrl, base64.isPadded)
    return { start: map[layer.first], end: base64.wireEnd, text }
  }

  /** Edits that touch one quantum become one. */
  private inQuanta(layer: Layer, base64: NonNullable<Layer['base64']>, edits: readonly LayerEdit[]): LayerEdit[] {
    const { views } = this
    const lifted: LayerEdit[] = []
    const isOpenEnd = (layer.end - layer.first) % QUANTUM > 0
    for (let i = 0; i < edits.length; ) {
      let at = this.place(layer.first, layer.end, edits[i].start)
      const first = at - ((at - layer.first) % QUANTUM)
      const parts: Uint8Array[] = [views.bytes.subarray(first, at)]
      let last = first
      for (; i < edits.length; i++) {
        const from = this.place(layer.first, layer.end, edits[i].start)
        if (from >= last && last > first) break
        parts.push(views.bytes.subarray(at, from), edits[i].text)
        at = this.place(layer.first, layer.end, edits[i].end)
        const over = (at - layer.first) % QUANTUM
        last = Math.min(layer.end, over === 0 ? at : at + QUANTUM - over)
      }
      const rest = views.bytes.subarray(at, last)
      const isLast = last === layer.end
      const length = parts.reduce((sum, part) => sum + part.length, rest.length)
      // What follows begins with a quantum of its own. Blanks do no harm in text, nor between the tokens of JSON.
      const blanks = isLast && isOpenEnd ? 0 : (QUANTUM - (length % QUANTUM)) % QUANTUM
      const text = Buffer.concat([...parts, new Uint8Array(blanks).fill(SPACE), rest])
      const end = isLast ? base64.wireEnd : views.map[last]
      lifted.push({ start: views.map[first], end, text: encodeBase64(text, base64.isUrl, isLast && base64.isPadded) })
    }
    return lifted
  }
}
