// Runs journalctl and gives on what it says. A run ends when journalctl ends or is told to; whoever started it decides
// where the next one begins.
import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { LogveilError } from '../../core/errors.ts'
import type { JournaldSettings } from './settings.ts'

const ENDING_MS_MAX = 2000

export class Journalctl {
  private readonly child: ChildProcess
  /** Its exit code, or the name of the signal that ended it. */
  readonly ended: Promise<number | string>

  /** `cursor`: the entry behind which it begins; null: where the settings say. */
  constructor(settings: JournaldSettings, cursor: string | null) {
    // What it says on stderr is for people at a terminal.
    this.child = spawn(settings.command, argumentsOf(settings, cursor), { stdio: ['ignore', 'pipe', 'ignore'] })
    this.ended = new Promise((resolve) => {
      this.child.once('exit', (code, signal) => resolve(code ?? signal ?? 'unknown'))
      this.child.on('error', () => resolve('not started'))
    })
  }

  /** Rejects when there is no such command. */
  started(command: string): Promise<void> {
    return new Promise((resolve, reject) => {
      this.child.once('spawn', () => resolve())
      this.child.once('error', (cause: NodeJS.ErrnoException) => {
        reject(new LogveilError('COMMAND', `${command} (${cause.code ?? 'failed'})`, cause))
      })
    })
  }

  /** What it says, as fast as it is read. */
  get output(): AsyncIterable<Uint8Array> {
    return this.child.stdout as AsyncIterable<Uint8Array>
  }

  async end(): Promise<void> {
    this.child.kill('SIGTERM')
    const killing = setTimeout(() => this.child.kill('SIGKILL'), ENDING_MS_MAX)
    await this.ended
    clearTimeout(killing)
  }
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
