// Standard input, by the command as a user runs it, and by a pipe of the test's own for what only a pipeline can do.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { expect, it, onTestFinished } from 'vitest'
import { LogveilError } from '../../src/core/errors.ts'
import { StreamSource, stdin } from '../../src/sources/stdin.ts'
import { folderWith, logveil, POLICY } from '../cli/binary.ts'
import { outcomeWithin, Site, until } from '../conformance/site.ts'

const CONFIG = `sources:
  in: { type: stdin, multiline: { continues: '^\\s' } }
sinks:
  store: { type: file, path: ./out.ndjson }
pipeline: { workers: 1 }
admin: false
policy:
${POLICY.replaceAll(/^(?=.)/gm, '  ')}`

async function reading(settings: Record<string, unknown> = {}) {
  const site = new Site()
  const pipe = new PassThrough()
  const source = new StreamSource(stdin.settings.parse(settings), site, pipe)
  onTestFinished(() => source.stop(AbortSignal.abort()))
  await source.start()
  return { site, pipe, source }
}

it('ends the process with 0 when the input has ended and all is delivered', { timeout: 60_000 }, async () => {
  const folder = folderWith({ 'c.yaml': CONFIG })
  const input = '{"pin":"1234"}\nboom tok_neverintheclear\n  at one\nlast without an end'
  const { code, stderr } = await logveil(['run', '-c', 'c.yaml'], { cwd: folder, input })
  expect([code, stderr]).toEqual([0, expect.stringContaining('"delivered":true')])
  expect(readFileSync(join(folder, 'out.ndjson'), 'utf8').split('\n')).toEqual([
    '{"pin":"PIN"}',
    `{"log":"boom ${'*'.repeat('tok_neverintheclear'.length)}\\n  at one"}`,
    '{"log":"last without an end"}',
    '',
  ])
})

it('has not ended before the last delivery, and begins one again that fails', async () => {
  const { site, pipe, source } = await reading()
  const held = site.hold()
  pipe.end('only\n')
  await until(() => held.length === 1, 'a delivery')
  held[0].reject(new LogveilError('INTERNAL', 'test'))
  await until(() => held.length === 2, 'the same delivery')
  expect(site.timesOf(['only'])).toEqual([2])
  expect(await outcomeWithin(source.ended, 100)).toBe('pending')
  held[1].resolve()
  await source.ended
})

it('a stop delivers what was read, also half a line: it can not be read again', async () => {
  const { site, pipe, source } = await reading()
  pipe.write('whole\nhal')
  await until(() => site.batches.length === 1, 'the line')
  await source.stop(AbortSignal.timeout(5000))
  expect(site.timesOf(['whole', 'hal'])).toEqual([1, 1])
  expect(await outcomeWithin(source.ended, 50)).toBe('pending')
})

it('a record of several lines is over when nothing comes for a while', async () => {
  const { site, pipe } = await reading({ multiline: { starts: '^#', timeout_ms: 200 } })
  pipe.write('#1\n a\n')
  await until(() => site.batches.length === 1, 'the record')
  expect(site.bytes).toBe('{"log":"#1\\n a"}\n')
})
