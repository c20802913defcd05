// A file source over a folder of its own, with a pipeline that only collects, and the texts that it was given.
import { appendFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import type { Source } from '../../../src/core/component.ts'
import { file } from '../../../src/sources/file.ts'
import { Site, temporaryFolder, until } from '../../conformance/site.ts'

export { until }

export interface Place {
  readonly folder: string
  readonly state: string
  path(name: string): string
  append(name: string, ...lines: string[]): void
}

export function place(): Place {
  const root = temporaryFolder()
  const folder = join(root, 'logs')
  mkdirSync(folder)
  const path = (name: string) => join(folder, name)
  return {
    folder,
    state: join(root, 'state'),
    path,
    append: (name, ...lines) => appendFileSync(path(name), lines.map((line) => `${line}\n`).join('')),
  }
}

export interface Running {
  readonly site: Site
  readonly source: Source
  /** The records so far, without the member for the path. */
  records(): Record<string, unknown>[]
  /** Waits until there are so many, and then some: more would be too many. */
  comes(count: number): Promise<Record<string, unknown>[]>
  stop(): Promise<void>
}

export async function follow(
  { folder, state }: Place,
  settings: Record<string, unknown> = {},
  site = new Site(),
): Promise<Running> {
  const parsed = file.settings.parse({ include: join(folder, '*.log'), state, poll_ms: 20, ...settings })
  const source = file.create(parsed, site)
  onTestFinished(() => source.stop(AbortSignal.abort()))
  await source.start()
  const parsedRecords: Record<string, unknown>[] = []
  let seen = 0
  const records = (): Record<string, unknown>[] => {
    while (seen < site.batches.length) parsedRecords.push(...parse(Buffer.from(site.batches[seen++].bytes)))
    return parsedRecords
  }
  return {
    site,
    source,
    records,
    async comes(count) {
      await until(() => records().length >= count, `${count} records, and not ${records().length}`)
      await new Promise((resolve) => setTimeout(resolve, 80))
      return records().map(({ file: _, ...rest }) => rest)
    },
    stop: () => source.stop(AbortSignal.timeout(10_000)),
  }
}

function parse(bytes: Buffer): Record<string, unknown>[] {
  return bytes
    .toString()
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line))
}

/** How far each path was delivered, as it stands on the disk. */
export function offsets({ state }: Place): Record<string, number> {
  const path = join(state, 'under_test.json')
  if (!existsSync(path)) return {}
  const { files } = JSON.parse(readFileSync(path, 'utf8')) as { files: { path: string; offset: number }[] }
  return Object.fromEntries(files.map(({ path: one, offset }) => [one, offset]))
}

export function logs(...texts: string[]): { log: string }[] {
  return texts.map((log) => ({ log }))
}
