// Brings the files of a command to the inspector, block by block: what `redact` and `scan` have in common.
import { systemClock } from '../core/clock.ts'
import { LIMITS } from '../core/limits.ts'
import type { Behind } from './continued.ts'
import { EXIT } from './exits.ts'
import { type Input, openInput, reasonOf } from './inputs.ts'
import { type Block, blocks, LineTooLong } from './lines.ts'
import { Progress } from './progress.ts'
import { complain } from './terminal.ts'

/** Rules with `where.source` see this name unless `--source` gives another. */
export const DEFAULT_SOURCE = 'cli'

/**
 * Gets each block of each file in order. `wait`: it has to see more of what comes behind the block, and is called again
 * then. `enough` ends the reading.
 */
export type Visit = (file: string, block: Block, behind: Behind) => Promise<'next' | 'wait' | 'enough'>

/** The exit code: a file that cannot be read does not keep the others from being read. */
export async function readFiles(files: readonly string[], visit: Visit): Promise<number> {
  const progress = new Progress()
  let exitCode: number = EXIT.ok
  for (const file of files.length === 0 ? ['-'] : files) {
    const input = await openInput(file)
    if (input === undefined) {
      exitCode = Math.max(exitCode, EXIT.usage)
      continue
    }
    const outcome = await readOne(input, visit, progress)
    if (outcome === 'enough') break
    if (outcome === 'broken') exitCode = EXIT.failed
  }
  progress.clear()
  return exitCode
}

async function readOne(input: Input, visit: Visit, progress: Progress): Promise<'done' | 'enough' | 'broken'> {
  const { name, stream, size } = input
  progress.begin(name, size)
  const failed = { error: undefined as Error | undefined }
  stream.on('error', (error) => {
    failed.error = error
  })
  const ahead = new Ahead(blocks(stream))
  try {
    for (let block = await ahead.next(); block !== undefined; block = await ahead.next()) {
      progress.add(block.bytes.length)
      let answer = await visit(name, block, { blocks: ahead.seen, isFinal: false })
      if (answer === 'wait') {
        const held = copyOf(block)
        for (const until_ms = systemClock.steady_ms() + LIMITS.hold_ms; answer === 'wait'; ) {
          const isMore = await ahead.look(until_ms - systemClock.steady_ms())
          answer = await visit(name, held, { blocks: ahead.seen, isFinal: !isMore })
        }
      }
      if (answer === 'enough') return 'enough'
    }
    return 'done'
  } catch (error) {
    progress.clear()
    if (error instanceof LineTooLong) {
      complain(`${name}: ${error.message}: nothing from there on was read`, 'break it up, or leave it out')
    } else if (error === failed.error) {
      complain(`${name}: reading broke off: ${reasonOf(error)}`)
    } else throw error
    return 'broken'
  }
}

/** Blocks that may be looked at before their turn. */
class Ahead {
  /** Copies, in order. */
  readonly seen: Block[] = []
  private readonly source: AsyncIterator<Block>
  private coming: Promise<IteratorResult<Block>> | undefined

  constructor(source: AsyncGenerator<Block>) {
    this.source = source
  }

  async next(): Promise<Block | undefined> {
    const first = this.seen.shift()
    if (first !== undefined) return first
    const { value } = await (this.coming ?? this.source.next())
    this.coming = undefined
    return value
  }

  /** Sees one block more, if it comes in time. What went wrong is told when it is that block's turn. */
  async look(left_ms: number): Promise<boolean> {
    if (left_ms <= 0) return false
    this.coming ??= this.source.next()
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<undefined>((resolve) => {
      timer = setTimeout(() => resolve(undefined), left_ms)
    })
    const result = await Promise.race([this.coming.catch(() => undefined), late])
    clearTimeout(timer)
    if (result === undefined || result.done) return false
    this.coming = undefined
    this.seen.push(copyOf(result.value))
    return true
  }
}

function copyOf({ bytes, ends, firstLine }: Block): Block {
  return { bytes: bytes.slice(), ends, firstLine }
}
