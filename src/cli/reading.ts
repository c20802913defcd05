// Brings the files of a command to the inspector, block by block: what `redact` and `scan` have in common.
import type { Format } from '../core/batch.ts'
import type { Inspected, Inspector, Observer } from '../worker/inspector.ts'
import { EXIT } from './exits.ts'
import { type Input, openInput, reasonOf } from './inputs.ts'
import { type Block, blocks, LineTooLong } from './lines.ts'
import { Progress } from './progress.ts'
import { complain } from './terminal.ts'

/** Of `--format`; absent: told apart line by line. */
export type LineFormat = Extract<Format, 'json' | 'text'>

/** Rules with `where.source` see this name unless `--source` gives another. */
export const DEFAULT_SOURCE = 'cli'

/** Gets each block of each file in order; false ends the reading. */
export type Visit = (file: string, block: Block) => Promise<boolean>

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
  const { name, stream } = input
  const failed = { error: undefined as Error | undefined }
  stream.on('error', (error) => {
    failed.error = error
  })
  try {
    for await (const block of blocks(stream)) {
      progress.add(name, block.bytes.length)
      if (!(await visit(name, block))) return 'enough'
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

export function inspectBlock(
  inspector: Inspector,
  block: Block,
  format: LineFormat | undefined,
  source: string,
  observer?: Observer,
): Inspected {
  const { bytes, ends } = block
  if (format === undefined) return inspector.inspectLines(bytes, ends, source, observer)
  return inspector.inspect(format, bytes, ends, source, false, observer)
}
