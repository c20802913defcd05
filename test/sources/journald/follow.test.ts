// A real journal, read by the real journalctl; and what happens when that ends, fails, or is not there.
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { journald } from '../../../src/sources/journald.ts'
import { Site, temporaryFolder, until } from '../../conformance/site.ts'
import { Journal, missing } from './journal.ts'

async function start(settings: Record<string, unknown>, site = new Site()) {
  const source = journald.create(journald.settings.parse(settings), site)
  onTestFinished(() => source.stop(AbortSignal.timeout(1000)))
  await source.start()
  return { source, site }
}

function messagesOf(site: Site): unknown[] {
  return site.batches.flatMap(({ bytes }) =>
    Buffer.from(bytes)
      .toString()
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => (JSON.parse(line) as { MESSAGE?: unknown }).MESSAGE),
  )
}

const range = (from: number, to: number) => Array.from({ length: to - from }, (_, n) => `number ${from + n}`)

if (missing !== undefined) {
  if (process.env.CI) throw new Error(`not run: ${missing}`)
  process.stderr.write(`SKIPPED: the tests with a journal: ${missing}\n`)
}

describe.skipIf(missing !== undefined)('the journal', () => {
  it('goes on behind what was delivered, after a restart', async () => {
    const folder = temporaryFolder()
    const journal = new Journal(folder)
    const settings = { directory: journal.folder, state: join(folder, 'state') }
    journal.messages(...range(0, 200))
    const first = await start(settings)
    await until(() => messagesOf(first.site).length === 200, 'the first entries')
    await first.source.stop(AbortSignal.timeout(5000))
    journal.messages(...range(200, 300))
    const second = await start(settings)
    await until(() => messagesOf(second.site).length >= 100, 'the others')
    expect(messagesOf(second.site)).toEqual(range(200, 300))
  })

  it('is read from its end when the settings say so, and from there on completely', async () => {
    const folder = temporaryFolder()
    const journal = new Journal(folder)
    journal.messages('old')
    const settings = { directory: journal.folder, state: join(folder, 'state'), read_from: 'end' }
    const { site } = await start(settings)
    site.answer = () => Promise.reject(new Error('said by the test'))
    journal.messages('one', 'two')
    await until(() => site.count('journalctl_again') > 0, 'the failure to be noticed')
    site.answer = async () => {}
    site.batches.length = 0
    journal.messages('three')
    await until(() => messagesOf(site).length >= 3, 'all')
    expect(messagesOf(site)).toEqual(['one', 'two', 'three'])
  })

  it('is read by unit and by field', async () => {
    const folder = temporaryFolder()
    const journal = new Journal(folder)
    journal.append(
      [
        ['_SYSTEMD_UNIT', 'a.service'],
        ['MESSAGE', 'of a'],
      ],
      [
        ['_SYSTEMD_UNIT', 'b.service'],
        ['MESSAGE', 'of b'],
      ],
      [
        ['_TRANSPORT', 'kernel'],
        ['MESSAGE', 'of the kernel'],
      ],
    )
    const where = { directory: journal.folder }
    const byUnit = await start({ ...where, state: join(folder, '1'), units: ['a.service'] })
    const byField = await start({ ...where, state: join(folder, '2'), matches: ['_TRANSPORT=kernel'] })
    await until(() => byUnit.site.batches.length > 0 && byField.site.batches.length > 0, 'both')
    expect([messagesOf(byUnit.site), messagesOf(byField.site)]).toEqual([['of a'], ['of the kernel']])
  })
})

describe('journalctl', () => {
  /** A stand-in that says one entry for each start, and ends. */
  function standIn(folder: string): string {
    const path = join(folder, 'journalctl')
    const cursor = `s=${'0'.repeat(32)};i=$n;b=${'0'.repeat(32)};m=1;t=1;x=1`
    const script = `#!/bin/sh
echo "$@" >> ${folder}/starts
n=$(wc -l < ${folder}/starts)
printf "__CURSOR=${cursor}\\nMESSAGE=start $n\\n\\n"
exit 3
`
    writeFileSync(path, script)
    chmodSync(path, 0o755)
    return path
  }

  it('that ends is started again, behind what was delivered', async () => {
    const folder = temporaryFolder()
    const { site } = await start({ command: standIn(folder), state: join(folder, 'state') })
    await until(() => site.batches.length >= 2, 'a second start')
    expect(messagesOf(site).slice(0, 2)).toEqual(['start 1', 'start 2'])
    const [first, second] = readFileSync(join(folder, 'starts'), 'utf8').split('\n')
    expect(first).not.toContain('--after-cursor')
    expect(second).toContain(`--after-cursor=s=${'0'.repeat(32)};i=1;`)
    expect(site.said.find(({ name }) => name === 'journalctl_again')?.facts).toMatchObject({ reason: 3 })
  })

  it.each([
    ['that has gone', 'ENOENT', (_folder: string) => {}],
    ['whose folder is none', 'ENOTDIR', (folder: string) => writeFileSync(folder, '')],
  ])('%s when it is started again is waited for', async (_name, reason, become) => {
    const folder = join(temporaryFolder(), 'bin')
    mkdirSync(folder)
    const { site } = await start({ command: standIn(folder), state: join(folder, '..', 'state') })
    await until(() => site.batches.length > 0, 'a start')
    rmSync(folder, { recursive: true })
    become(folder)
    await until(() => site.said.some(({ facts }) => facts.reason === reason), 'the lack of it to be noticed')
    rmSync(folder, { recursive: true, force: true })
    mkdirSync(folder)
    standIn(folder)
    const known = site.batches.length
    await until(() => site.batches.length > known, 'another start')
  })

  it('that is not there is said at the start', async () => {
    const [nowhere, inAFile] = ['/nowhere/journalctl', '/etc/passwd/journalctl']
    const other = journald.create(journald.settings.parse({ command: inAFile }), new Site())
    await expect(other.start()).rejects.toMatchObject({ code: 'COMMAND' })
    await other.stop(AbortSignal.timeout(1000))
    const source = journald.create(journald.settings.parse({ command: nowhere }), new Site())
    await expect(source.start()).rejects.toMatchObject({ code: 'COMMAND' })
    await source.stop(AbortSignal.timeout(1000))
  })
})

it('a cursor that is none is said at the start, and nothing is read in its place', async () => {
  const folder = temporaryFolder()
  const state = join(folder, 'state')
  mkdirSync(state)
  writeFileSync(join(state, 'under_test.cursor'), 'half a cur')
  const source = journald.create(journald.settings.parse({ state }), new Site())
  await expect(source.start()).rejects.toMatchObject({ code: 'STATE_FILE' })
  await source.stop(AbortSignal.timeout(1000))
  expect(existsSync(join(state, 'under_test.cursor'))).toBe(true)
})
