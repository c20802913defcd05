// Debian's logrotate, fifty times, while a program writes: nothing is lost and nothing comes twice.
import { execFile, spawn, spawnSync } from 'node:child_process'
import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, it, onTestFinished } from 'vitest'
import { follow, place, type Running, until } from './support.ts'

const LOGROTATE = '/usr/sbin/logrotate'
const ROTATIONS = 50
const run = promisify(execFile)

const missing = existsSync(LOGROTATE) ? undefined : 'logrotate is not installed'
if (missing !== undefined && process.env.CI) throw new Error(missing)

/** Appends numbered lines as shells do it, opening the file for each few of them, until it is told to stop. */
const WRITER = `
let next = 0
const { appendFileSync } = require('node:fs')
const timer = setInterval(() => {
  let lines = ''
  for (let left = 20; left > 0; left--) lines += 'line ' + String(next++).padStart(7, '0') + ' of the writer\\n'
  appendFileSync(process.argv[1], lines)
}, 2)
process.stdin.once('data', () => {
  clearInterval(timer)
  process.stdout.write(String(next))
})`

async function written(running: Running, count: number): Promise<void> {
  await until(() => running.records().length >= count, `${count} lines, and not ${running.records().length}`, 60_000)
  await new Promise((resolve) => setTimeout(resolve, 300))
  const numbers = running.records().map(({ log }) => Number(String(log).slice(5, 12)))
  numbers.sort((a, b) => a - b)
  expect(numbers).toEqual(Array.from({ length: count }, (_, at) => at))
}

describe.skipIf(missing !== undefined)('logrotate, fifty times under load', { timeout: 90_000 }, () => {
  it.each([
    ['by renaming', 'nocreate', '*.log'],
    ['by renaming and compressing, with all names asked for', 'nocreate\n  compress', '*'],
  ])('%s', async (_name, how, glob) => {
    const here = place()
    const config = join(here.folder, '..', 'logrotate.conf')
    writeFileSync(config, `${here.path('a.log')} {\n  rotate 100\n  missingok\n  ${how}\n}\n`, { mode: 0o600 })
    const running = await follow(here, { include: join(here.folder, glob), gzip: true, poll_ms: 20 })
    const writer = spawn(process.execPath, ['-e', WRITER, here.path('a.log')], { stdio: ['pipe', 'pipe', 'inherit'] })
    onTestFinished(() => void writer.kill())
    let count = ''
    writer.stdout.on('data', (text) => {
      count += text
    })
    await until(() => running.site.count('file_found') > 0, 'the first file')
    for (let left = ROTATIONS; left > 0; left--) {
      const before = running.site.count('file_found')
      await until(() => existsSync(here.path('a.log')))
      await run(LOGROTATE, ['-f', '-s', `${config}.state`, config])
      // A file that comes and goes between two looks, and gets a name that is not asked for, is not seen by anybody.
      if (glob === '*.log') await until(() => running.site.count('file_found') > before, 'the next file')
    }
    writer.stdin.end('stop\n')
    await new Promise((resolve) => writer.once('close', resolve))
    expect(Number(count)).toBeGreaterThan(1000)
    await written(running, Number(count))
  })

  it('by copying and emptying, while the writer rests', async () => {
    const here = place()
    const config = join(here.folder, '..', 'logrotate.conf')
    writeFileSync(config, `${here.path('a.log')} {\n  rotate 100\n  copytruncate\n}\n`, { mode: 0o600 })
    const running = await follow(here, { include: join(here.folder, '*'), poll_ms: 10 })
    let next = 0
    const write = (lines: number): void => {
      const texts = Array.from({ length: lines }, () => `line ${String(next++).padStart(7, '0')} of the writer`)
      here.append('a.log', ...texts)
    }
    for (let left = ROTATIONS; left > 0; left--) {
      write(100)
      // Sometimes all of it was read, sometimes a part, sometimes nothing.
      if (left % 3 === 0) await new Promise((resolve) => setTimeout(resolve, left))
      write(50)
      // Nobody writes meanwhile: what is written between a copy and its truncation is lost to everybody.
      spawnSync(LOGROTATE, ['-f', '-s', `${config}.state`, config])
      await until(() => running.records().length >= next, `${next} lines`)
    }
    await written(running, next)
  })
})
