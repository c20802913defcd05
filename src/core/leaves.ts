// The leaves of one record as parallel arrays: where each string, number and key lies on the wire.
import { grownInts } from './growable.ts'

/** What a leaf is. A plain object, not an enum: only types are erased in this project. */
export const Kind = {
  /** A map key. */
  key: 0,
  /** A string value, or a `bin` that is text. */
  text: 1,
  /** A number written as text (JSON). */
  number: 2,
  /** A binary msgpack number; its text is made when it is looked at. */
  binary_number: 3,
  /** Nothing to look at: JSON inside it has leaves of its own, or it is known to hold nothing. */
  nothing: 4,
  /** A number in a protobuf field, whose tag is at `head`; its text is made when it is looked at. */
  protobuf_number: 5,
  /** A field that nobody knows and that cannot be looked at: it is taken out. */
  unreadable: 6,
  /** A number of OTLP's JSON, in a string or not, in the member at `head` whose name says what it is (`intValue`). */
  typed_number: 7,
  /** A string that is base64, all of it: what it decodes to is looked at. */
  base64: 8,
} as const

/** As the member of a leaf: it is the key of a Kafka record. */
export const RECORD_KEY = -2

export class Leaves {
  count = 0
  /** True when `escaped`, `view` or `depth` of some leaf is not 0: most records have none, and reset is free then. */
  private special = false
  /** First byte of the content. */
  start = new Int32Array(256)
  /** One past its last byte. */
  end = new Int32Array(256)
  /** Path id (core/paths.ts); a key has the path of the member that it names. */
  path = new Int32Array(256)
  kind = new Int32Array(256)
  /** 1 when the content has JSON escapes and must be decoded before it is looked at. */
  escaped = new Int32Array(256)
  /** Where the value's encoding begins: the opening quote, the msgpack header, the first digit. */
  head = new Int32Array(256)
  /** Where the member begins that `drop_field` removes: its key, or the value itself in an array. -1 at the top. */
  member = new Int32Array(256)
  /** Where the enclosing map or array begins; -1 at the top. */
  box = new Int32Array(256)
  /** 0: offsets are into the batch. 1: into the scratch of decoded text (wire/views.ts). */
  view = new Int32Array(256)
  /** How many JSON strings deep the leaf lies inside its wire leaf; the replacement is escaped as often. */
  depth = new Int32Array(256)
  /** With a depth: the leaf of the wire that this one lies in. */
  outer = new Int32Array(256)

  /** Adds a leaf of the wire itself and returns its index. */
  add(start: number, end: number, path: number, kind: number, head: number, member: number, box: number): number {
    const at = this.count++
    if (at === this.start.length) this.grow()
    this.start[at] = start
    this.end[at] = end
    this.path[at] = path
    this.kind[at] = kind
    this.escaped[at] = 0
    this.head[at] = head
    this.member[at] = member
    this.box[at] = box
    return at
  }

  /** Makes room for the next record. */
  reset(): void {
    if (this.special) {
      this.escaped.fill(0)
      this.view.fill(0)
      this.depth.fill(0)
      this.special = false
    }
    this.count = 0
  }

  markEscaped(leaf: number): void {
    this.escaped[leaf] = 1
    this.special = true
  }

  /** From now on the leaf's text is [start, end) of the scratch. */
  setView(leaf: number, start: number, end: number): void {
    this.start[leaf] = start
    this.end[leaf] = end
    this.view[leaf] = 1
    this.escaped[leaf] = 0
    this.special = true
  }

  /** The leaves from index `first` on were found in JSON inside the text of `leaf`. */
  nest(leaf: number, first: number): void {
    const outer = this.depth[leaf] > 0 ? this.outer[leaf] : leaf
    this.view.fill(this.view[leaf], first, this.count)
    this.depth.fill(this.depth[leaf] + 1, first, this.count)
    this.outer.fill(outer, first, this.count)
    this.special = true
  }

  /** The leaf of the wire that `leaf` lies in: itself, unless it was found in JSON inside a string. */
  outerOf(leaf: number): number {
    return this.depth[leaf] > 0 ? this.outer[leaf] : leaf
  }

  private grow(): void {
    const needed = this.start.length * 2
    this.start = grownInts(this.start, needed)
    this.end = grownInts(this.end, needed)
    this.path = grownInts(this.path, needed)
    this.kind = grownInts(this.kind, needed)
    this.escaped = grownInts(this.escaped, needed)
    this.head = grownInts(this.head, needed)
    this.member = grownInts(this.member, needed)
    this.box = grownInts(this.box, needed)
    this.view = grownInts(this.view, needed)
    this.depth = grownInts(this.depth, needed)
    this.outer = grownInts(this.outer, needed)
  }
}
