// Runs clients of other makers as processes of their own, and checks what arrived.
import { execFile, execFileSync } from 'node:child_process'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect } from 'vitest'
import { makeCertificates } from '../../net/certificates.ts'
import { type Collector, until } from '../../sources/forward/support.ts'

const execute = promisify(execFile)

export async function run(file: string, args: string[], env: Record<string, string> = {}): Promise<void> {
  await execute(file, args, { env: { ...process.env, ...env }, timeout: 120_000 })
}

/** False, and said aloud, when it is not installed; where tests must be complete (CI) that is a failure. */
export function available(file: string, args: string[], name: string, env: Record<string, string> = {}): boolean {
  try {
    execFileSync(file, args, { stdio: 'pipe', env: { ...process.env, ...env } })
    return true
  } catch {
    if (process.env.CI) throw new Error(`${name} is not installed, and CI runs no incomplete tests`)
    process.stderr.write(`SKIPPED: the interop tests with ${name}, which is not installed\n`)
    return false
  }
}

/** Waits until as many records arrived, then compares their field `n`. */
export async function numbers(site: Collector, want: number[]): Promise<void> {
  await until(() => site.records().length >= want.length, `${want.length} records`)
  expect(site.records().map((record) => (record as { n: number }).n)).toEqual(want)
}

/** The settings of a server with a certificate for localhost. */
export function certificate(): { cert: string; key: string } {
  const folder = mkdtempSync(join(tmpdir(), 'logveil-cert-'))
  makeCertificates(folder)
  return { cert: join(folder, 'server.pem'), key: join(folder, 'server.key') }
}
