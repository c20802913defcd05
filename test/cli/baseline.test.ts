// `logveil baseline`: from counts to a file that reviewers can read, and from the file to a rule that compares with it.
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { folderWith, logveil } from './binary.ts'

const finding = (service: string, category: string) =>
  JSON.stringify({ event: 'finding', service, category, matches: 1 })
const census = [
  finding('web', 'network'),
  finding('checkout', 'personal'),
  JSON.stringify({ event: 'coverage', service: 'quiet', records_seen: 9 }),
  finding('checkout', 'financial'),
  finding('checkout', 'personal'),
  finding('a: b', 'secret'),
].join('\n')

const HEAD = '# Categories of sensitive data that each service may log. Written by logveil baseline; review changes.\n'
const BASELINE = `${HEAD}"a: b":
  - secret
checkout:
  - financial
  - personal
web:
  - network
`

it('writes services and categories in order, a pair a line, and keeps what is approved', async () => {
  const cwd = folderWith({ 'census.ndjson': census, 'more.ndjson': finding('web', 'secret') })
  const baseline = (...args: string[]) => logveil(['baseline', ...args], { cwd })
  expect(await baseline('census.ndjson')).toMatchObject({ code: 0, stdout: BASELINE, stderr: '' })
  const first = await baseline('-o', 'baseline.yaml', 'census.ndjson')
  expect(first).toMatchObject({ code: 0, stdout: '' })
  expect(first.stderr).toBe('new: a: b: secret\nnew: checkout: financial, personal\nnew: web: network\n')
  expect((await baseline('-o', 'baseline.yaml', 'more.ndjson')).stderr).toBe('new: web: secret\n')
  const path = join(cwd, 'baseline.yaml')
  expect(readFileSync(path, 'utf8')).toBe(`${BASELINE}  - secret\n`)
  await baseline('-o', 'baseline.yaml', '--replace', 'more.ndjson')
  expect(readFileSync(path, 'utf8')).toBe(`${HEAD}web:\n  - secret\n`)
})

it('asks a running process', async () => {
  const server = createServer((request, response) => {
    const isKnown = request.headers.authorization === 'Bearer made-up-token'
    const totals = [
      { service: 'web', matches: { network: 3 } },
      { service: 'quiet', matches: {} },
    ]
    response.end(JSON.stringify(isKnown ? { totals } : { error: 'no' }))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  const cwd = folderWith({ token: 'made-up-token\n' })
  const admin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const asked = await logveil(['baseline', '--admin', admin, '--token-file', 'token'], { cwd })
  expect(asked).toMatchObject({ code: 0, stdout: `${HEAD}web:\n  - network\n` })
  expect(await logveil(['baseline', '--admin', admin], { cwd })).toMatchObject({ code: 3, stdout: '' })
  expect(await logveil(['baseline', '--admin', 'http://127.0.0.1:9'], { cwd })).toMatchObject({ code: 3 })
})

it('leaves alone what it can not read', async () => {
  const cwd = folderWith({ 'census.ndjson': census, 'broken.yaml': 'web: [unheard_of]\n', 'text.log': 'no json\n' })
  const baseline = (...args: string[]) => logveil(['baseline', ...args], { cwd })
  const broken = await baseline('-o', 'broken.yaml', 'census.ndjson')
  expect(broken.code).toBe(2)
  expect(broken.stderr).toContain('broken.yaml: line 1')
  expect(readFileSync(join(cwd, 'broken.yaml'), 'utf8')).toBe('web: [unheard_of]\n')
  for (const args of [[], ['nowhere'], ['text.log']]) expect((await baseline(...args)).code).toBe(2)
})

it('is what rules with first_seen compare with', async () => {
  const config = (baseline: string) => `sources: { app: { type: forward, listen: 127.0.0.1:0 } }
sinks: { out: { type: file, path: out }, siem: { type: file, path: alerts, inputs: [alerts] } }
alerts: { ${baseline}rules: [{ id: new, first_seen: true }] }
`
  const files = { 'baseline.yaml': BASELINE, 'broken.yaml': 'web: [unheard_of]\n' }
  const cwd = folderWith({
    ...files,
    'good.yaml': config('baseline: baseline.yaml, '),
    'none.yaml': config(''),
    'away.yaml': config('baseline: away, '),
    'bad.yaml': config('baseline: broken.yaml, '),
  })
  const check = async (file: string) => (await logveil(['check', file], { cwd })).stderr
  expect(await check('good.yaml')).toBe('')
  expect(await check('none.yaml')).toContain('there is no baseline to compare with')
  expect(await check('away.yaml')).toContain('can not be read (ENOENT)')
  expect(await check('bad.yaml')).toContain('line 1')
})
