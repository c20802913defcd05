// The pipeline as a component sees it: it keeps what it is given, and a test says how it answers and when it has room.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import type { Batch } from '../../src/core/batch.ts'
import type { Naming, SourceSite } from '../../src/core/component.ts'

export interface Said {
  readonly level: string
  readonly name: string
  readonly facts: Readonly<Record<string, unknown>>
}

export class Site implements SourceSite {
  readonly name = 'under_test'
  readonly batches: Batch[] = []
  readonly said: Said[] = []
  isRoomy = true
  named: Naming = 'none'
  /** Where each stream was counted up to before a crash. */
  counted: readonly number[] = []
  /** How a delivery ends. */
  answer: (batch: Batch) => Promise<void> = async () => {}
  private waiting: (() => void)[] = []

  readonly deliver = (batch: Batch): Promise<void> => {
    this.batches.push(batch)
    return this.answer(batch)
  }

  readonly emit: SourceSite['emit'] = (level, name, message, facts) => {
    this.said.push({ level, name, facts: { message, ...facts } })
  }

  naming(): Naming {
    return this.named
  }

  seams(): readonly number[] {
    return this.counted
  }

  hasRoom(): boolean {
    return this.isRoomy
  }

  room(): Promise<void> {
    return this.isRoomy ? Promise.resolve() : new Promise((resolve) => this.waiting.push(resolve))
  }

  makeRoom(isRoomy: boolean): void {
    this.isRoomy = isRoomy
    if (isRoomy) for (const go of this.waiting.splice(0)) go()
  }

  /** Keeps every delivery pending until the test ends it. */
  hold(): { resolve(): void; reject(error: Error): void }[] {
    const held: { resolve(): void; reject(error: Error): void }[] = []
    this.answer = () => new Promise((resolve, reject) => held.push({ resolve, reject }))
    return held
  }

  /** All that was delivered, whatever its format: texts of ASCII stand in it as they are. */
  get bytes(): string {
    return this.batches.map(({ bytes }) => Buffer.from(bytes).toString('latin1')).join('\n')
  }

  /** How often each of these texts was delivered. */
  timesOf(texts: readonly string[]): number[] {
    const { bytes } = this
    return texts.map((text) => bytes.split(text).length - 1)
  }

  count(name: string): number {
    return this.said.filter((one) => one.name === name).length
  }
}

/** Texts that no other test sends, and of which none is a part of another one. */
export function textsOf(count: number): string[] {
  const run = Math.random().toString(36).slice(2, 8).padEnd(6, '0')
  return Array.from({ length: count }, (_, at) => `rec-${run}-${String(at).padStart(5, '0')}-end`)
}

export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'logveil-conformance-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

export async function until(holds: () => boolean | Promise<boolean>, what = 'it', wait_ms = 15_000): Promise<void> {
  const end = performance.now() + wait_ms
  while (!(await holds())) {
    if (performance.now() > end) throw new Error(`waited too long for ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}

/** What a promise has come to within that time. */
export async function outcomeWithin<T>(promise: Promise<T>, ms: number): Promise<T | 'pending'> {
  return Promise.race([promise, pause(ms).then(() => 'pending' as const)])
}
