// Files that are not what they seem: the source stays up, keeps its bounds, and nothing that it can not read goes on.
import { execFileSync } from 'node:child_process'
import {
  appendFileSync,
  mkdirSync,
  openSync,
  symlinkSync,
  truncateSync,
  unlinkSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { expect, it } from 'vitest'
import { follow, logs, place, until } from './support.ts'

const MIB = 1024 * 1024

it('a line of 100 MiB is counted and takes no memory; what is around it comes', async () => {
  const here = place()
  const file = openSync(here.path('a.log'), 'w')
  writeSync(file, 'before\n')
  const part = Buffer.alloc(10 * MIB, 'tok_neverintheclear ')
  for (let left = 10; left > 0; left--) writeSync(file, part)
  writeSync(file, '\nbehind\n')
  const before_bytes = process.memoryUsage().rss
  const running = await follow(here)
  const unreadable = { logveil_unreadable: 'line_too_long', bytes: 100 * MIB }
  expect(await running.comes(3)).toEqual([{ log: 'before' }, unreadable, { log: 'behind' }])
  expect(running.site.count('line_too_long')).toBe(1)
  expect(process.memoryUsage().rss - before_bytes).toBeLessThan(60 * MIB)
  expect(running.site.bytes).not.toContain('tok_')
})

it('binary lines, such as UTF-16, are replaced and counted', async () => {
  const here = place()
  writeFileSync(
    here.path('a.log'),
    Buffer.concat([Buffer.from('\ufeffsecret\r\nx\r\n', 'utf16le'), Buffer.from('\nok\n')]),
  )
  const running = await follow(here)
  const all = await running.comes(3)
  expect(all.map(({ logveil_unreadable }) => logveil_unreadable)).toEqual(['binary', 'binary', undefined])
  expect(all[2]).toEqual({ log: 'ok' })
  expect(running.site.count('line_binary')).toBe(2)
})

it('bytes that are no UTF-8 are replaced, and the rest of the line stays', async () => {
  const here = place()
  writeFileSync(here.path('a.log'), Buffer.from('caf\xe9 "quoted" \\ \t end\n{"a":"b"}\n', 'latin1'))
  const running = await follow(here)
  expect(await running.comes(2)).toEqual([{ log: 'caf\ufffd "quoted" \\ \t end' }, { a: 'b' }])
})

it('folders, pipes, broken links and files that vanish are no trouble', async () => {
  const here = place()
  mkdirSync(here.path('folder.log'))
  execFileSync('mkfifo', [here.path('pipe.log')])
  symlinkSync(here.path('nowhere'), here.path('broken.log'))
  for (let at = 0; at < 50; at++) here.append(`short${at}.log`, 'soon gone')
  here.append('a.log', 'one')
  symlinkSync(here.path('a.log'), here.path('link.log'))
  const started = follow(here)
  for (let at = 0; at < 50; at++) unlinkSync(here.path(`short${at}.log`))
  const running = await started
  await until(() => running.records().some(({ log }) => log === 'one'), 'the line')
  here.append('a.log', 'two')
  await until(() => running.records().some(({ log }) => log === 'two'), 'the line')
  // The link is the same file, and is not read twice.
  expect(running.records().filter(({ log }) => log === 'one')).toHaveLength(1)
  expect(running.site.said.filter(({ level }) => level !== 'info')).toEqual([])
})

it('a file that shrinks in the middle of a line begins anew', async () => {
  const here = place()
  appendFileSync(here.path('a.log'), 'one\nthe beginning of a line without its e')
  const running = await follow(here)
  await running.comes(1)
  truncateSync(here.path('a.log'), 2)
  await until(() => running.site.count('file_truncated') === 1, 'the truncation')
  appendFileSync(here.path('a.log'), 'ly\nnext\n')
  expect(await running.comes(3)).toEqual(logs('one', 'only', 'next'))
})

it('a name and a folder that come later are found within a second', async () => {
  const here = place()
  const running = await follow(here, { include: `${here.folder}/**/*.log`, poll_ms: 500 })
  mkdirSync(here.path('later/deep'), { recursive: true })
  const begun_ms = performance.now()
  here.append('later/deep/a.log', 'found')
  await until(() => running.records().length === 1, 'the line')
  expect(performance.now() - begun_ms).toBeLessThan(5000)
})
