// A real `logveil run` in a process of its own, with a configuration in a temporary folder, and what the kernel says of
// its time and memory.
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { type Usage, usageOf } from './process_usage.ts'

const START_MS_MAX = 30_000

interface Ready {
  readonly sources: Record<string, readonly string[]>
  readonly admin?: string
}

export class LogveilProcess {
  /** From the spawn to the line that says where it listens. */
  readonly start_ms: number
  readonly folder: string
  /** Resolves with its exit code. */
  readonly ended: Promise<number | null>
  private readonly child: ChildProcess
  private readonly ready: Ready

  private constructor(child: ChildProcess, folder: string, ready: Ready, start_ms: number) {
    this.child = child
    this.folder = folder
    this.ready = ready
    this.start_ms = start_ms
    this.ended = new Promise((resolve) => child.once('exit', resolve))
  }

  /** `config` is YAML; relative paths in it lie in the temporary folder. `preload` is the URL of a module. */
  static async start(config: string, preload?: string): Promise<LogveilProcess> {
    const folder = mkdtempSync(join(tmpdir(), 'logveil-bench-'))
    const file = join(folder, 'logveil.yaml')
    writeFileSync(file, config)
    const main = createRequire(import.meta.url).resolve('#logveil')
    const began = performance.now()
    const before = preload === undefined ? [] : ['--import', preload]
    const child = spawn(process.execPath, [...before, main, 'run', '-c', file], {
      cwd: folder,
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    const ready = await readyLine(child)
    return new LogveilProcess(child, folder, ready, performance.now() - began)
  }

  /** Port of the first address of a source. */
  port(source: string): number {
    return Number(this.ready.sources[source]?.[0].split(':').at(-1))
  }

  usage(): Usage {
    return usageOf(this.child.pid)
  }

  /** SIGSTOP, and it does nothing; SIGCONT, and it goes on. */
  signal(name: 'SIGSTOP' | 'SIGCONT'): void {
    this.child.kill(name)
  }

  /** The sum of a metric over its labels. */
  async metric(name: string): Promise<number> {
    const page = await (await fetch(`http://${this.ready.admin}/metrics`)).text()
    let sum = 0
    for (const line of page.split('\n')) {
      if (line.startsWith(`${name}{`) || line.startsWith(`${name} `)) sum += Number(line.split(' ').at(-1))
    }
    return sum
  }

  /** `look` is shown its folder when it has ended. */
  async stop(): Promise<void>
  async stop<T>(look: (folder: string) => T): Promise<T>
  async stop<T>(look?: (folder: string) => T): Promise<T | undefined> {
    this.child.kill('SIGTERM')
    // What is not delivered does not matter here: the receiver may be gone already.
    const late = setTimeout(() => this.child.kill('SIGKILL'), 5_000)
    await this.ended
    clearTimeout(late)
    const seen = look?.(this.folder)
    rmSync(this.folder, { recursive: true, force: true })
    return seen
  }
}

function readyLine(child: ChildProcess): Promise<Ready> {
  return new Promise((resolve, reject) => {
    const said: string[] = []
    const failed = () => reject(new Error(`logveil did not start: ${said.slice(-3).join('\n')}`))
    const timer = setTimeout(failed, START_MS_MAX)
    child.once('exit', failed)
    if (child.stderr === null) return failed()
    createInterface({ input: child.stderr }).on('line', (line) => {
      if (said.length < 100) said.push(line)
      if (!line.includes('"event":"ready"')) return
      clearTimeout(timer)
      child.off('exit', failed)
      resolve(JSON.parse(line))
    })
  })
}
