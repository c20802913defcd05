// Files that move, are emptied, copied and compressed while they are followed: each line comes once.
import {
  appendFileSync,
  copyFileSync,
  readFileSync,
  renameSync,
  truncateSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { Site } from '../../conformance/site.ts'
import { follow, logs, place, until } from './support.ts'

const numbered = (from: number, count: number): string[] =>
  Array.from({ length: count }, (_, at) => `line ${from + at} ${'x'.repeat(40)}`)

describe('a file that is moved', () => {
  it('is read to its end, and the new one from its beginning', async () => {
    const here = place()
    here.append('a.log', 'one', 'two')
    const running = await follow(here)
    await running.comes(2)
    renameSync(here.path('a.log'), here.path('a.log.1'))
    here.append('a.log.1', 'three')
    here.append('a.log', 'four')
    expect(await running.comes(4)).toEqual(expect.arrayContaining(logs('one', 'two', 'three', 'four')))
    here.append('a.log.1', 'late')
    expect(await running.comes(5)).toContainEqual({ log: 'late' })
    expect(running.records()).toHaveLength(5)
  })

  it('is one file, also when its new name is asked for', async () => {
    const here = place()
    here.append('a.log', ...numbered(0, 5))
    const running = await follow(here, { include: join(here.folder, '*') })
    await running.comes(5)
    renameSync(here.path('a.log'), here.path('a.log.1'))
    here.append('a.log', ...numbered(5, 5))
    expect(await running.comes(10)).toEqual(logs(...numbered(0, 10)))
    // Its name is the one under which it was written.
    expect(new Set(running.records().map(({ file }) => file))).toEqual(new Set([here.path('a.log')]))
  })

  it('while nobody looked is found beside the new one', async () => {
    const here = place()
    here.append('a.log', ...numbered(0, 5))
    const first = await follow(here)
    await first.comes(5)
    await first.stop()
    here.append('a.log', ...numbered(5, 5))
    renameSync(here.path('a.log'), here.path('a.log.1'))
    here.append('a.log', ...numbered(10, 5))
    const second = await follow(here)
    expect(await second.comes(10)).toEqual(expect.arrayContaining(logs(...numbered(5, 10))))
    expect(second.records()).toHaveLength(10)
  })

  it('and compressed while nobody looked is found too', async () => {
    const here = place()
    here.append('a.log', ...numbered(0, 50))
    const first = await follow(here)
    await first.comes(50)
    await first.stop()
    here.append('a.log', ...numbered(50, 5))
    writeFileSync(here.path('a.log.1.gz'), gzipSync(readFileSync(here.path('a.log'))))
    unlinkSync(here.path('a.log'))
    here.append('a.log', ...numbered(100, 5))
    const second = await follow(here)
    const expected = logs(...numbered(50, 5), ...numbered(100, 5))
    expect(await second.comes(10)).toEqual(expect.arrayContaining(expected))
    expect(second.records()).toHaveLength(10)
  })

  it('and deleted at once loses nothing that was read of it', async () => {
    const here = place()
    here.append('a.log', 'one')
    const running = await follow(here)
    await running.comes(1)
    here.append('a.log', 'two')
    unlinkSync(here.path('a.log'))
    expect(await running.comes(2)).toEqual(logs('one', 'two'))
  })
})

describe('a file that is emptied', () => {
  it('is read from its beginning', async () => {
    const here = place()
    here.append('a.log', ...numbered(0, 10))
    const running = await follow(here)
    await running.comes(10)
    truncateSync(here.path('a.log'))
    here.append('a.log', 'again')
    expect(await running.comes(11)).toEqual(logs(...numbered(0, 10), 'again'))
    expect(running.site.count('file_truncated')).toBe(1)
  })

  it('is recognised when it has grown over the old place before anybody looked', async () => {
    const here = place()
    here.append('a.log', ...numbered(0, 10))
    const running = await follow(here, { poll_ms: 500 })
    await running.comes(10)
    truncateSync(here.path('a.log'))
    here.append('a.log', ...numbered(100, 20))
    expect(await running.comes(30)).toEqual(logs(...numbered(0, 10), ...numbered(100, 20)))
  })

  it.each(['*.log', '*'])('after it was copied (asked for: %s) goes on in the copy, each line once', async (glob) => {
    const here = place()
    here.append('a.log', ...numbered(0, 10))
    const running = await follow(here, { include: join(here.folder, glob), poll_ms: 200 })
    await running.comes(10)
    here.append('a.log', ...numbered(10, 10))
    copyFileSync(here.path('a.log'), here.path('a.log.1'))
    truncateSync(here.path('a.log'))
    here.append('a.log', ...numbered(20, 10))
    const all = await running.comes(30)
    expect(all.map(({ log }) => log).sort()).toEqual(numbered(0, 30).sort())
  })

  it.each(['*.log', '*'])('and copied before the first look into it is read in the copy, by %s', async (glob) => {
    const here = place()
    here.append('a.log', ...numbered(0, 10))
    const site = new Site()
    site.makeRoom(false)
    const running = await follow(here, { include: join(here.folder, glob) }, site)
    copyFileSync(here.path('a.log'), here.path('a.log.1'))
    truncateSync(here.path('a.log'))
    site.makeRoom(true)
    expect(await running.comes(10)).toEqual(logs(...numbered(0, 10)))
  })

  it('loses no hole that its writer leaves in it', async () => {
    const here = place()
    here.append('a.log', ...numbered(0, 10))
    const running = await follow(here)
    await running.comes(10)
    writeFileSync(here.path('a.log'), `${'\0'.repeat(5000)}behind the hole\n`)
    expect(await running.comes(11)).toContainEqual({ log: 'behind the hole' })
  })
})

describe('a copy of a file that stays', () => {
  it('is not read again, and what is written to it then is', async () => {
    const here = place()
    here.append('a.log', ...numbered(0, 100))
    const running = await follow(here)
    await running.comes(100)
    copyFileSync(here.path('a.log'), here.path('b.log'))
    await new Promise((resolve) => setTimeout(resolve, 200))
    appendFileSync(here.path('b.log'), 'only here\n')
    expect(await running.comes(101)).toEqual(logs(...numbered(0, 100), 'only here'))
  })

  it('is none when it only begins alike', async () => {
    const here = place()
    const header = `# ${'a header that all logs have '.repeat(60)}`
    here.append('a.log', header, ...numbered(0, 1000))
    const running = await follow(here)
    await running.comes(1001)
    here.append('b.log', header, ...numbered(2000, 10))
    const all = await running.comes(1012)
    expect(all.slice(1001)).toEqual(logs(header, ...numbered(2000, 10)))
  })
})

describe('compressed files', () => {
  const gz = (lines: readonly string[]): Buffer => gzipSync(lines.map((line) => `${line}\n`).join(''))

  it('are left alone, unless they are asked for', async () => {
    const here = place()
    writeFileSync(here.path('old.log.gz'), gz(numbered(0, 10)))
    here.append('a.log', 'one')
    const running = await follow(here, { include: join(here.folder, '*') })
    expect(await running.comes(1)).toEqual(logs('one'))
    const reading = await follow(here, { include: join(here.folder, '*'), gzip: true, state: `${here.state}2` })
    expect(await reading.comes(11)).toHaveLength(11)
  })

  it('that were read before they were compressed are not read again', async () => {
    const here = place()
    here.append('a.log', ...numbered(0, 100))
    const settings = { include: join(here.folder, '*'), gzip: true, rotated_wait_ms: 50 }
    const running = await follow(here, settings)
    await running.comes(100)
    writeFileSync(here.path('a.log.1.gz'), gz(numbered(0, 100)))
    unlinkSync(here.path('a.log'))
    here.append('a.log', 'new')
    expect(await running.comes(101)).toEqual(logs(...numbered(0, 100), 'new'))
    await running.stop()
    const again = await follow(here, settings)
    here.append('a.log', 'newer')
    expect(await again.comes(1)).toEqual(logs('newer'))
  })

  it('are read as far as they go while they are written, and to their end then', async () => {
    const here = place()
    const whole = gz(Array.from({ length: 20_000 }, (_, at) => `line ${at} ${Math.random()}`))
    const path = here.path('old.log')
    writeFileSync(path, whole.subarray(0, whole.length / 2))
    const running = await follow(here, { gzip: true })
    await until(() => running.records().length > 1000, 'the first half')
    expect(running.records().length).toBeLessThan(20_000)
    appendFileSync(path, whole.subarray(whole.length / 2))
    const all = await running.comes(20_000)
    expect(all.map(({ log }) => Number(String(log).split(' ')[1]))).toEqual(all.map((_, at) => at))
  })

  it('that stay half are told of, once', async () => {
    const here = place()
    const whole = gz(numbered(0, 1000))
    writeFileSync(here.path('half.log'), whole.subarray(0, whole.length - 4))
    const running = await follow(here, { gzip: true, rotated_wait_ms: 50 })
    await until(() => running.site.count('gzip_incomplete') > 0)
    expect(running.records()).toHaveLength(1000)
    await new Promise((resolve) => setTimeout(resolve, 150))
    expect(running.site.count('gzip_incomplete')).toBe(1)
  })
})
