// By which stretch of which file a batch is known again after a crash, so that it is not counted twice.
import { appendFileSync, readFileSync, renameSync, truncateSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Batch, Stretch } from '../../../src/core/batch.ts'
import { Site } from '../../conformance/site.ts'
import { follow, type Place, place, until } from './support.ts'

const MULTILINE = { starts: '^\\S', timeout_ms: 60_000 }

function named(counted: readonly number[] = []): Site {
  const site = new Site()
  site.named = 'together'
  site.counted = counted
  return site
}

const stretchesOf = (site: Site): Stretch[] => site.batches.flatMap(({ ids }) => ids ?? []) as Stretch[]
const placesOf = (site: Site): number[][] => stretchesOf(site).map(({ from, to }) => [from, to])
const recordsOf = ({ ends }: Batch): number => ends.length

function stateOf({ state }: Place): { files: { id: string; path: string }[] } {
  return JSON.parse(readFileSync(join(state, 'under_test.json'), 'utf8'))
}

describe('the name of a batch', () => {
  it('is the file and the places in it, whatever the file is called', async () => {
    const here = place()
    here.append('a.log', 'one', 'two')
    const running = await follow(here, {}, named())
    await running.comes(2)
    renameSync(here.path('a.log'), here.path('b.log'))
    here.append('b.log', 'three')
    await running.comes(3)
    expect(placesOf(running.site)).toEqual([
      [0, 8],
      [8, 14],
    ])
    expect(new Set(stretchesOf(running.site).map(({ stream }) => stream)).size).toBe(1)
  })

  it('is another one when the file was emptied', async () => {
    const here = place()
    here.append('a.log', 'one of those that were')
    const running = await follow(here, {}, named())
    await running.comes(1)
    truncateSync(here.path('a.log'))
    here.append('a.log', 'new')
    await until(() => running.records().length > 1, 'its records')
    const [before, after] = stretchesOf(running.site)
    expect(after.from).toBe(0)
    expect(after.stream).not.toBe(before.stream)
  })

  it('is on the disk before anything is delivered under it', async () => {
    const here = place()
    const site = named()
    let noted = ''
    site.answer = async () => {
      noted ||= stateOf(here).files[0].id
    }
    here.append('a.log', 'one')
    const running = await follow(here, {}, site)
    await running.comes(1)
    expect(stretchesOf(site)[0].stream).toBe(noted)
  })
})

describe('what was counted before a crash', () => {
  it('is read again in batches that end where it ended', async () => {
    const here = place()
    here.append('a.log', 'one', 'two', 'three', 'four')
    const { site, comes } = await follow(here, {}, named([4, 8]))
    await comes(4)
    expect(placesOf(site)).toEqual([
      [0, 4],
      [4, 8],
      [8, 19],
    ])
  })

  it('ends records of several lines where they ended', async () => {
    const here = place()
    // The second record was over by its time; what came later looks like a part of it.
    const text = 'one\n more\ntwo\n more\n'
    appendFileSync(here.path('a.log'), `${text} late\nthree\n`)
    const { site, comes } = await follow(here, { multiline: MULTILINE }, named([text.length]))
    expect(await comes(3)).toEqual([{ log: 'one\n more' }, { log: 'two\n more' }, { log: ' late' }])
    expect(site.batches.map(recordsOf)).toEqual([2, 1])
    expect(placesOf(site)).toEqual([
      [0, text.length],
      [text.length, text.length + 6],
    ])
  })

  it('has no name where records of two streams overtook each other', async () => {
    const here = place()
    const line = (stream: string, text: string) => `2026-11-21T12:00:00.000000000Z ${stream} F ${text}\n`
    const mixed = line('stdout', 'a') + line('stderr', 'b') + line('stderr', 'c') + line('stderr', 'd')
    appendFileSync(here.path('a.log'), mixed)
    const { site, comes } = await follow(here, { format: 'cri', multiline: MULTILINE }, named())
    expect(await comes(2)).toHaveLength(2)
    expect(placesOf(site)).toEqual([])
  })
})
