// Runs the built command as a user does, in a process of its own.
import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const MAIN = fileURLToPath(new URL('../../dist/bundle/logveil.js', import.meta.url))

export interface Outcome {
  code: number | null
  stdout: string
  stderr: string
  bytes: Buffer
}

export function start(args: readonly string[], options: { cwd?: string; env?: Record<string, string> } = {}) {
  if (!existsSync(MAIN)) throw new Error('dist is missing: node tools/setup.mjs')
  const env = { ...process.env, FORCE_COLOR: '', ...options.env }
  return spawn(process.execPath, [MAIN, ...args], { cwd: options.cwd, env, stdio: ['pipe', 'pipe', 'pipe'] })
}

export async function outcomeOf(child: ChildProcess): Promise<Outcome> {
  const out: Buffer[] = []
  const err: Buffer[] = []
  child.stdout?.on('data', (chunk) => out.push(chunk))
  child.stderr?.on('data', (chunk) => err.push(chunk))
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve))
  const bytes = Buffer.concat(out)
  return { code, bytes, stdout: bytes.toString(), stderr: Buffer.concat(err).toString() }
}

/** Runs it to its end. `input` is its standard input. */
export function logveil(
  args: readonly string[],
  options: { cwd?: string; input?: string | Uint8Array; env?: Record<string, string> } = {},
): Promise<Outcome> {
  const child = start(args, options)
  const outcome = outcomeOf(child)
  // It may end without having read everything.
  child.stdin.on('error', () => {})
  child.stdin.end(options.input ?? '')
  return outcome
}

/** A folder of its own with these files. */
export function folderWith(files: Record<string, string | Uint8Array>): string {
  const folder = mkdtempSync(join(tmpdir(), 'logveil-cli-'))
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content)
  return folder
}

/** Small, so that a test is not a test of how fast the default pack compiles. */
export const POLICY = `packs: []
rules:
  - id: token
    find: { pattern: 'tok_[a-z0-9@]+' }
    action: mask
    category: secret
    severity: high
    confidence: high
  - id: pin
    find: { field: [pin] }
    action: { type: replace, template: 'PIN' }
    category: personal
    severity: critical
  - id: node
    find: { pattern: 'node-[0-9]+' }
    action: keep
    category: network
    severity: low
`
