// `logveil audit verify`, as a person runs it.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { systemClock } from '../../src/core/clock.ts'
import { openAudit } from '../../src/pipeline/audit/audit_log.ts'
import { folderWith, logveil } from './binary.ts'

it('says whether a log is as it was written, and where it ends', async () => {
  const cwd = folderWith({ key: 'made-up key\n' })
  const path = join(cwd, 'audit.ndjson')
  const audit = await openAudit({ path, key: 'made-up key' }, { instance: 'box', clock: systemClock, emit: () => {} })
  for (const policy of ['a', 'b', 'c']) await audit.note('policy_accepted', { policy })
  await audit.close()
  const verify = (...more: string[]) => logveil(['audit', 'verify', 'audit.ndjson', ...more], { cwd })

  const good = await verify('--key-file', 'key')
  expect(good).toMatchObject({ code: 0, stderr: '' })
  const [, end] = /^3 entries, as they were written; the end is (3:[0-9a-f]{64})\n$/.exec(good.stdout) ?? []
  expect(end).toBeDefined()
  expect((await verify()).code).toBe(1)

  const lines = readFileSync(path, 'utf8').split('\n')
  writeFileSync(path, `${lines.slice(0, 2).join('\n')}\n`)
  writeFileSync(`${path}.head`, JSON.stringify({ seq: 2, hash: JSON.parse(lines[1]).hash }))
  expect((await verify('--key-file', 'key')).code).toBe(0)
  const noted = await verify('--key-file', 'key', '--end', end)
  expect(noted.code).toBe(1)
  expect(noted.stdout).toContain(
    'audit.ndjson:2: the end is cut off: entry 3 was written, and the log ends with entry 2',
  )

  expect(await logveil(['audit', 'verify', 'nowhere'], { cwd })).toMatchObject({ code: 2 })
  expect(await verify('--end', 'x')).toMatchObject({ code: 2 })
})
