// Runs journalctl and gives on what it says. A run ends when journalctl ends or is told to; whoever started it decides
// where the next one begins.
import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { Readable } from 'node:stream'
import { LogveilError } from '../../core/errors.ts'
import type { JournaldSettings } from './settings.ts'

const ENDING_MS_MAX = 2000

export class Journalctl {
  private readonly child: ChildProcess | null
  private readonly spawned: Promise<void>
  /** Its exit code, the name of the signal that ended it, or why it could not be started. */
  readonly ended: Promise<number | string>

  /** `cursor`: the entry behind which it begins; null: where the settings say. */
  constructor(settings: JournaldSettings, cursor: string | null) {
    const child = begun(settings.command, argumentsOf(settings, cursor))
    if (child instanceof Error) {
      this.child = null
      this.ended = Promise.resolve(reasonOf(child))
      this.spawned = Promise.reject(child)
    } else {
      this.child = child
      this.ended = new Promise((resolve) => {
        child.once('exit', (code, signal) => resolve(code ?? signal ?? 'unknown'))
        child.on('error', (error) => resolve(reasonOf(error)))
      })
      this.spawned = new Promise((resolve, reject) => {
        child.once('spawn', resolve)
        child.once('error', reject)
      })
    }
    // Whoever does not ask whether it was started hears of its end.
    this.spawned.catch(() => {})
  }

  /** Rejects when there is no such command. */
  async started(command: string): Promise<void> {
    try {
      await this.spawned
    } catch (cause) {
      throw new LogveilError('COMMAND', `${command} (${reasonOf(cause)})`, cause)
    }
  }

  /** What it says, as fast as it is read; nothing when it could not be started. */
  get output(): AsyncIterable<Uint8Array> {
    return this.child?.stdout ?? Readable.from([])
  }

  async end(): Promise<void> {
    this.child?.kill('SIGTERM')
    const killing = setTimeout(() => this.child?.kill('SIGKILL'), ENDING_MS_MAX)
    await this.ended
    clearTimeout(killing)
  }
}

/** Some failures are thrown, others are told later. */
function begun(command: string, given: readonly string[]): ChildProcess | Error {
  try {
    // What it says on stderr is for people at a terminal.
    return spawn(command, given, { stdio: ['ignore', 'pipe', 'ignore'] })
  } catch (error) {
    return error as Error
  }
}

function reasonOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? 'failed'
}

function argumentsOf(settings: JournaldSettings, cursor: string | null): string[] {
  const boot = settings.read_from === 'boot' ? ['--boot'] : []
  const from = cursor === null ? boot : [`--after-cursor=${cursor}`]
  return ['--output=export', '--follow', '--no-tail', '--all', ...from, ...matchesOf(settings)]
}

/** The cursor of the last entry there is; null: there is none. */
export function lastCursor(settings: JournaldSettings): Promise<string | null> {
  const asked = ['--lines=0', '--show-cursor', '--quiet', ...matchesOf(settings)]
  return new Promise((resolve) => {
    execFile(settings.command, asked, (_error, said) => {
      const cursor = /^-- cursor: (\S+)$/m.exec(said)
      resolve(cursor === null ? null : cursor[1])
    })
  })
}

function matchesOf({ directory, units, matches }: JournaldSettings): string[] {
  return [
    '--no-pager',
    ...(directory === undefined ? [] : [`--directory=${directory}`]),
    ...units.map((unit) => `--unit=${unit}`),
    ...matches,
  ]
}
