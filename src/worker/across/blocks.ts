// Private keys that are logged line by line: remembers in which streams one is open, and says what of a later line
// belongs to it. It decides by the line alone; what is done with a finding is the policy's.
import type { Classifier } from '../../classifier/compile.ts'
import type { Finding } from '../../classifier/overlap.ts'
import { LIMITS } from '../../core/limits.ts'
import type { OpenBlock } from '../types.ts'
import { isCutOff, Line, Ranges, readLine, wordsBefore } from './body.ts'

/** Detectors whose findings may go on in the next lines. */
const DETECTORS: ReadonlySet<string> = new Set(['pem_private_key'])

/** When there are too many, one more stands for every stream that has none of its own. */
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
  /** By index of the rule: 1 when its findings are blocks. */
  private readonly isBlock: Uint8Array
  private open = new Map<string, OpenBlock>()
  private readonly ranges = new Ranges()

  constructor(classifier: Classifier) {
    this.classifier = classifier
    const isBlock = ({ rule: { find } }: Classifier['rules'][number]) =>
      'detector' in find && DETECTORS.has(find.detector)
    this.isBlock = Uint8Array.from(classifier.rules, (rule) => (isBlock(rule) ? 1 : 0))
  }

  get count(): number {
    return this.open.size
  }

  begin(carried: readonly OpenBlock[]): void {
    this.open = new Map(carried.map((block) => [block.stream, block]))
  }

  carry(): OpenBlock[] {
    return [...this.open.values()]
  }

  /** True when one of the findings may go on in the next line. */
  opens(found: readonly Finding[]): boolean {
    for (const { rule } of found) if (this.isBlock[rule] === 1) return true
    return false
  }

  /** Adds to `found` what of the line belongs to a block that is open in its stream. */
  read(line: LineText, found: Finding[], now_ms: number): void {
    const block = this.open.get(line.stream) ?? this.open.get(ANY)
    if (block === undefined) return
    const { leaf, bytes, start, end } = line
    const kind = readLine(bytes, start, end, block.words, block.isMidLine, this.ranges)
    const { rule, confidence } = block
    const { observes } = this.classifier.rules[rule]
    for (let at = 0; at < this.ranges.count; at++) {
      const [from, to] = [this.ranges.start[at], this.ranges.end[at]]
      found.push({ leaf, start: from, end: to, rule, observes, confidence, whole: true, part: { isFirst: false } })
    }
    const next = after(block, kind, line.isPiece, now_ms)
    if (next === undefined) this.open.delete(block.stream)
    else this.open.set(block.stream, next)
  }

  /** Opens a block where a finding in the line reaches its end without one of its own. */
  look(line: LineText, found: readonly Finding[], now_ms: number): void {
    const { leaf, bytes, start, stream } = line
    let end = line.end
    while (end > start && bytes[end - 1] <= 0x20) end--
    for (const one of found) {
      if (one.leaf !== leaf || this.isBlock[one.rule] !== 1 || one.part?.isFirst === false) continue
      if (one.end < end || !isCutOff(bytes, one.start, one.end)) continue
      const { rule, confidence } = one
      const words = wordsBefore(bytes, start, one.start)
      const counts = { lines: 0, weak: 0, strange: 0 }
      const name = this.open.has(stream) || this.open.size < LIMITS.open_streams_max ? stream : ANY
      const { isPiece: isMidLine } = line
      this.open.set(name, { stream: name, rule, confidence, words, isMidLine, ...counts, touched_ms: now_ms })
    }
  }
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
