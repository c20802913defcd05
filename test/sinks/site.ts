// What a sink is given in its tests: a place to say things, and batches.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import type { Batch, Format } from '../../src/core/batch.ts'
import type { Sink, SinkSpec, Site } from '../../src/core/component.ts'
import { sinks } from '../../src/sinks/index.ts'

export interface Said {
  readonly name: string
  readonly facts: unknown
}

export const never = new AbortController().signal

/** A started sink of this type; it is closed when the test ends. */
export async function startSink(type: string, settings: unknown): Promise<{ sink: Sink; said: Said[] }> {
  const made = makeSink(type, settings)
  await made.sink.start()
  return made
}

export function makeSink(type: string, settings: unknown): { sink: Sink; said: Said[] } {
  const spec = sinks.find((candidate) => candidate.type === type) as SinkSpec<unknown>
  const said: Said[] = []
  const site: Site = { name: 'store', emit: (_level, name, _message, facts) => void said.push({ name, facts }) }
  const sink = spec.create(spec.settings.parse(settings), site)
  onTestFinished(() => sink.close(AbortSignal.timeout(1000)))
  return { sink, said }
}

export function batchOf(format: Format, ...frames: (string | Uint8Array)[]): Batch {
  const parts = frames.map((frame) => Buffer.from(frame))
  const ends: number[] = []
  let at = 0
  for (const part of parts) {
    at += part.length
    ends.push(at)
  }
  return { format, bytes: new Uint8Array(Buffer.concat(parts)), ends: Uint32Array.from(ends), origin: 'app' }
}

export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'logveil-sink-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 10))
}

/** Runs a program of the system (not of the project's dependencies). Throws when it fails. */
export function run(program: string, ...args: string[]): void {
  execFileSync(program, args, { stdio: 'ignore' })
}
