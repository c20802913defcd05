// What a page shows as a session at a terminal, and whether it really goes like that.
import { execFile } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { ROOT } from '../house/source.ts'

const execute = promisify(execFile)

/** A command, and the lines that it is said to print. */
export interface Step {
  command: string
  shown: string[]
}

/** Lines after `$ ` are commands; those below, until the next one, are what they print. */
export function stepsOf(text: string): Step[] {
  const steps: Step[] = []
  for (const line of text.split('\n')) {
    if (line.startsWith('$ ')) steps.push({ command: line.slice(2), shown: [] })
    else if (steps.length === 0) throw new Error(`"${line}" stands before the first command`)
    else steps[steps.length - 1].shown.push(line)
  }
  return steps
}

/** `…` stands for the rest of a line, and alone for any number of lines. */
export function fits(printed: readonly string[], shown: readonly string[]): boolean {
  if (shown.length === 0) return printed.length === 0
  const [line, ...rest] = shown
  if (line === '…') return printed.some((_, at) => fits(printed.slice(at), rest)) || fits([], rest)
  if (printed.length === 0) return false
  const same = line.endsWith('…') ? printed[0].startsWith(line.slice(0, -1)) : printed[0] === line
  return same && fits(printed.slice(1), rest)
}

/** Runs the steps of one block in a folder of their own, where `npx logveil` is the built command. */
export async function played(steps: readonly Step[]): Promise<{ command: string; printed: string[] }[]> {
  const folder = mkdtempSync(join(tmpdir(), 'logveil-docs-'))
  const shims = join(folder, '.bin')
  mkdirSync(shims)
  const main = join(ROOT, 'dist/bundle/logveil.js')
  const only = '[ "$1" = logveil ] || { echo "npx $1 is not for the docs"; exit 127; }'
  writeFileSync(join(shims, 'npx'), `#!/bin/sh\n${only}\nshift\nexec '${process.execPath}' '${main}' "$@"\n`)
  chmodSync(join(shims, 'npx'), 0o755)
  const env = { ...process.env, PATH: `${shims}:${process.env.PATH}`, FORCE_COLOR: '', NO_COLOR: '1' }
  const results: { command: string; printed: string[] }[] = []
  try {
    for (const { command } of steps) {
      // Both streams, as a terminal shows them; what a command ends with is for its own tests.
      const script = `{ ${command}\n} 2>&1; true`
      const { stdout } = await execute('/bin/sh', ['-c', script], { cwd: folder, env, timeout: 60_000 })
      results.push({ command, printed: stdout === '' ? [] : stdout.replace(/\n$/, '').split('\n') })
    }
  } finally {
    rmSync(folder, { recursive: true })
  }
  return results
}
