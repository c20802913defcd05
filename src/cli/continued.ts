// Has the blocks of a file inspected as if they were one: what one leaves open goes into the next, and one with a line
// that goes on behind it is inspected with the blocks behind it in sight.
import { joinBatches } from '../core/batch.ts'
import type { Inspected, Observer } from '../worker/inspected.ts'
import type { Inspector } from '../worker/inspector.ts'
import type { Carry } from '../worker/types.ts'
import type { Block, LineFormat } from './lines.ts'

/** What is known of what comes behind a block. */
export interface Behind {
  readonly blocks: readonly Block[]
  /** Nothing more comes, or not in time. */
  readonly isFinal: boolean
}

export class Continued {
  private readonly inspector: Inspector
  private readonly format: LineFormat | undefined
  private readonly source: string
  private file = ''
  private line = 0
  /** Open before the block that begins with that line, and behind it. */
  private before: Carry | undefined
  private after: Carry | undefined

  /** `format` absent: each line is JSON or text. */
  constructor(inspector: Inspector, format: LineFormat | undefined, source: string) {
    this.inspector = inspector
    this.format = format
    this.source = source
  }

  /** May be called again for the same block with more behind it; it has to be when the result `waits`. */
  inspect(file: string, block: Block, behind: Behind, observer?: Observer): Inspected {
    const isSameFile = file === this.file
    if (!isSameFile || block.firstLine !== this.line) this.before = isSameFile ? this.after : undefined
    this.file = file
    this.line = block.firstLine
    const { inspector, format, source, before: carry } = this
    const all = [block, ...behind.blocks].map((one) => ({ ...one, format: 'text' as const, origin: source }))
    const { bytes, ends } = all.length === 1 ? block : joinBatches(all)
    const frames = all.length === 1 ? undefined : block.ends.length
    const around = { carry, frames, isFinal: behind.isFinal, now_ms: 0 }
    const result =
      format === undefined
        ? inspector.inspectLines(bytes, ends, source, observer, around)
        : inspector.inspect(format, bytes, ends, source, false, observer, around)
    if (!result.waits) this.after = result.carry
    return result
  }
}
