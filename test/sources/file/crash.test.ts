// A real logveil that is killed with SIGKILL while a program writes and its log is rotated: no line is lost, and none
// is counted twice.
import type { ChildProcess } from 'node:child_process'
import { appendFileSync, existsSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { outcomeOf, start } from '../../cli/binary.ts'
import { pause, until } from '../../conformance/site.ts'
import { place } from './support.ts'

const KILLS = 2
const SECRET = 'tok_neverintheclear'

const CONFIG = `sources:
  app: { type: file, include: ./logs/*.log, state: ./state, path_fields: '/(?P<service>[^/]+)\\.log$', poll_ms: 50 }
sinks:
  store: { type: file, path: ./out/logs.ndjson }
  siem: { type: file, inputs: [census], path: ./siem/counts.ndjson }
policy:
  packs: []
  rules:
    - { id: token, find: { pattern: 'tok_[a-z]+' }, action: mask }
pipeline: { workers: 1 }
census: { window_ms: 300ms, state_dir: ./census }
admin: false
`

it('kill -9, again and again: every line is stored and counted once, and none is stored raw', {
  timeout: 120_000,
}, async () => {
  const here = place()
  const folder = join(here.folder, '..')
  writeFileSync(join(folder, 'c.yaml'), CONFIG)
  const stored = (): string => {
    const out = join(folder, 'out')
    return existsSync(out)
      ? readdirSync(out)
          .map((name) => readFileSync(join(out, name), 'utf8'))
          .join('')
      : ''
  }
  let next = 0
  const write = (): void => {
    let lines = ''
    for (let left = 500; left > 0; left--) lines += `line ${String(next++).padStart(6, '0')} ${SECRET}\n`
    appendFileSync(here.path('shop.log'), lines)
  }
  let child: ChildProcess | undefined
  onTestFinished(() => void child?.kill('SIGKILL'))
  for (let kill = 0; kill <= KILLS; kill++) {
    const before = stored().length
    write()
    child = start(['run', '-c', 'c.yaml'], { cwd: folder })
    await until(() => stored().length > before, 'something stored', 60_000)
    // Killed in the middle of things, and once right after its log was moved away.
    for (let at = 0; at < 4; at++) {
      write()
      await pause(20)
    }
    if (kill === 1) renameSync(here.path('shop.log'), here.path('shop.log.1'))
    if (kill < KILLS) child.kill('SIGKILL')
    write()
  }
  const lost = (): number => {
    const text = stored()
    return Array.from({ length: next }, (_, at) => `line ${String(at).padStart(6, '0')} `).filter(
      (line) => !text.includes(line),
    ).length
  }
  await until(() => lost() === 0, `${lost()} of ${next} lines`, 60_000)
  child?.kill('SIGTERM')
  expect(child && (await outcomeOf(child)).code).toBe(0)
  expect(stored()).not.toContain(SECRET)
  expect(countedIn(join(folder, 'siem', 'counts.ndjson'))).toEqual({ records: next, matches: next })
  const [first] = stored().split('\n')
  expect(JSON.parse(first)).toEqual({
    file: 'logs/shop.log',
    service: 'shop',
    log: `line 000000 ${'*'.repeat(SECRET.length)}`,
  })
})

/** As a SIEM adds up: an event that comes again is the same event. */
function countedIn(path: string): { records: number; matches: number } {
  const lines = readFileSync(path, 'utf8').trimEnd().split('\n')
  const events = new Map(lines.map((line) => JSON.parse(line)).map((event) => [event.id, event]))
  const sum = { records: 0, matches: 0 }
  for (const { records_seen = 0, matches = 0 } of events.values()) {
    sum.records += records_seen
    sum.matches += matches
  }
  return sum
}
