// A real journal, written by systemd-journal-remote from the export format: what a running journald would have written,
// without one running.
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'

const WRITERS = ['/lib/systemd/systemd-journal-remote', '/usr/lib/systemd/systemd-journal-remote']
const WRITER = WRITERS.find((path) => existsSync(path))

/** Why there can be no journal here; undefined: there can. */
export const missing: string | undefined =
  WRITER === undefined
    ? 'systemd-journal-remote is not installed'
    : existsSync('/usr/bin/journalctl')
      ? undefined
      : 'journalctl is not installed'

const BOOT = '0123456789abcdef0123456789abcdef'
/** 2026-11-21T15:00:00Z. */
const SINCE_US = 1795273200000000

export type Value = string | Uint8Array

export class Journal {
  readonly folder: string
  private entries = 0

  constructor(folder: string) {
    this.folder = join(folder, 'journal')
    mkdirSync(this.folder)
  }

  /** Appends entries; each has a time of its own. */
  append(...entries: readonly (readonly (readonly [name: string, value: Value])[])[]): void {
    const written = entries.map((fields) => {
      const n = ++this.entries
      const head = [
        `__CURSOR=s=${BOOT};i=${n.toString(16)};b=${BOOT};m=${n};t=${n};x=${n}\n`,
        `__REALTIME_TIMESTAMP=${SINCE_US + n}\n__MONOTONIC_TIMESTAMP=${n}\n_BOOT_ID=${BOOT}\n`,
      ]
      return Buffer.concat([...head.map((text) => Buffer.from(text)), ...fields.map(fieldOf), Buffer.from('\n')])
    })
    execFileSync(WRITER as string, ['-o', join(this.folder, 'a.journal'), '-'], {
      input: Buffer.concat(written),
      stdio: ['pipe', 'ignore', 'pipe'],
    })
  }

  messages(...texts: readonly string[]): void {
    this.append(
      ...texts.map(
        (text) =>
          [
            ['SYSLOG_IDENTIFIER', 'app'],
            ['PRIORITY', '6'],
            ['MESSAGE', text],
          ] as const,
      ),
    )
  }
}

/** With its size before it, which anything may be written with. */
export function fieldOf([name, value]: readonly [string, Value]): Buffer {
  const bytes = Buffer.from(value as string)
  const size = Buffer.alloc(8)
  size.writeBigUInt64LE(BigInt(bytes.length))
  return Buffer.concat([Buffer.from(`${name}\n`), size, bytes, Buffer.from('\n')])
}
