// Private keys that are logged line by line: remembers in which streams one is open, and says what of a later line
// belongs to it. It decides by the line alone; what is done with a finding is the policy's.
import type { Classifier } from '../../classifier/compile.ts'
import type { Finding } from '../../classifier/overlap.ts'
import { LIMITS } from '../../core/limits.ts'
import type { OpenBlock } from '../types.ts'
import { Line, Ranges, readLine, wordsBefore } from './body.ts'
import { beginOfOpen, KEY_KINDS, type KeyKind } from './key_kinds.ts'

/** When there are too many, one more stands for every stream that has none of its own, until it is too old. */
const ANY = ''

/** A line of the stream, in the leaf that holds it. */
export interface LineText {
  readonly stream: string
  readonly leaf: number
  readonly bytes: Uint8Array
  readonly start: number
  readonly end: number
  /** The next line of the stream is a piece of the same line. */
  readonly isPiece: boolean
}

export class Blocks {
  private readonly classifier: Classifier
  /** By index of the rule: what its findings are, when they may go on in the next lines. */
  private readonly kinds: readonly (KeyKind | undefined)[]
  private open = new Map<string, OpenBlock>()
  private readonly ranges = new Ranges()
  private value: Uint8Array | undefined
  private valueBegin = -1

  constructor(classifier: Classifier) {
    this.classifier = classifier
    this.kinds = classifier.rules.map(({ rule: { find } }) =>
      'detector' in find ? KEY_KINDS.get(find.detector) : undefined,
    )
  }

  get count(): number {
    return this.open.size
  }

  begin(carried: readonly OpenBlock[]): void {
    this.value = undefined
    this.open = new Map(carried.map((block) => [block.stream, block]))
  }

  carry(): OpenBlock[] {
    return [...this.open.values()]
  }

  /** True when one of the findings may go on in the next line. */
  opens(found: readonly Finding[]): boolean {
    for (const { rule } of found) if (this.kinds[rule] !== undefined) return true
    return false
  }

  /** Adds to `found` what of the line belongs to a block that is open in its stream. */
  read(line: LineText, found: Finding[], now_ms: number): void {
    const block = this.open.get(line.stream) ?? this.open.get(ANY)
    if (block === undefined) return
    const kind = this.kinds[block.rule]
    if (kind === undefined) return
    const { leaf, bytes, start, end } = line
    const read = readLine(bytes, start, end, kind, block.words, block.isMidLine, this.ranges)
    const isAny = block.stream === ANY
    if (isAny && read !== Line.strong && read !== Line.end) return
    const { rule, confidence } = block
    const { observes } = this.classifier.rules[rule]
    for (let at = 0; at < this.ranges.count; at++) {
      const [from, to] = [this.ranges.start[at], this.ranges.end[at]]
      found.push({ leaf, start: from, end: to, rule, observes, confidence, whole: true, part: { isFirst: false } })
    }
    if (isAny) return
    const next = after(block, read, line.isPiece, now_ms)
    if (next === undefined) this.open.delete(block.stream)
    else this.open.set(block.stream, next)
  }

  /** Opens a block where a finding in the line reaches its end without one of its own. */
  look(line: LineText, found: readonly Finding[], now_ms: number): void {
    const { leaf, bytes, start } = line
    let end = line.end
    while (end > start && bytes[end - 1] <= 0x20) end--
    for (const one of found) {
      const kind = one.leaf === leaf ? this.kinds[one.rule] : undefined
      if (kind === undefined || one.end < end) continue
      const value = one.part?.value
      const begin = value ? this.beginOf(kind, value) : beginOfOpen(kind, textOf(bytes, one.start, one.end))
      // What begins in an earlier piece is all of the text here.
      if (begin >= 0) this.begun(line, one.rule, one.confidence, value ? start : one.start + begin, now_ms)
    }
  }

  /** The parts of a finding that is in many pieces have one value, which is long: it is looked at once. */
  private beginOf(kind: KeyKind, value: Uint8Array): number {
    if (value !== this.value) this.valueBegin = beginOfOpen(kind, textOf(value, 0, value.length))
    this.value = value
    return this.valueBegin
  }

  /** The same for a line in which nothing could be found, as its record could not be inspected. */
  suspect(line: LineText, now_ms: number): void {
    const text = textOf(line.bytes, line.start, line.end)
    this.kinds.forEach((kind, rule) => {
      const begin = kind === undefined ? -1 : beginOfOpen(kind, text)
      if (begin >= 0) this.begun(line, rule, this.classifier.rules[rule].level, line.start + begin, now_ms)
    })
  }

  /** True when a key may begin in the bytes. */
  mayBegin(bytes: Uint8Array, start: number, end: number): boolean {
    const text = textOf(bytes, start, end)
    return this.kinds.some((kind) => kind !== undefined && text.includes(kind.begin))
  }

  private begun(
    { stream, bytes, start, isPiece }: LineText,
    rule: number,
    confidence: number,
    at: number,
    now: number,
  ) {
    const name = this.open.has(stream) || this.open.size < LIMITS.open_streams_max ? stream : ANY
    const block = { stream: name, rule, confidence, words: wordsBefore(bytes, start, at), isMidLine: isPiece }
    this.open.set(name, { ...block, lines: 0, weak: 0, strange: 0, touched_ms: now })
  }
}

function textOf(bytes: Uint8Array, start: number, end: number): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start)
}

/** The block after a line of that kind; undefined when it is closed. */
function after(block: OpenBlock, kind: number, isMidLine: boolean, touched_ms: number): OpenBlock | undefined {
  if (kind === Line.end) return undefined
  const lines = block.lines + 1
  const weak = kind === Line.strong ? 0 : block.weak + (kind === Line.weak ? 1 : 0)
  const strange = kind === Line.strong ? 0 : block.strange + (kind === Line.none ? 1 : 0)
  const isOver =
    lines > LIMITS.block_lines_max || weak > LIMITS.block_weak_lines_max || strange > LIMITS.block_strange_lines_max
  return isOver ? undefined : { ...block, lines, weak, strange, isMidLine, touched_ms }
}
