// Watching records of a pipeline that runs: they are seen as they go through, and nothing raw ever is.
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { encode } from '@msgpack/msgpack'
import { afterEach, describe, expect, it } from 'vitest'
import { folderWith, logveil, outcomeOf, POLICY, start } from './binary.ts'

const SECRET = 'tok_neverintheclear'

const children = new Set<ChildProcess>()
afterEach(() => {
  for (const child of children) child.kill('SIGKILL')
  children.clear()
})

/** A pipeline with a client that sends records over and over. */
async function running(change: (text: string) => string = (text) => text) {
  const text = `sources:
  app: { type: forward, listen: 127.0.0.1:0 }
sinks:
  store: { type: file, path: ./logs.ndjson }
pipeline: { workers: 1 }
admin: { listen: 127.0.0.1:0, token: token-of-the-test-1 }
policy:
${POLICY.replaceAll(/^(?=.)/gm, '  ')}`
  const folder = folderWith({ 'c.yaml': change(text) })
  const child = start(['run', '-c', 'c.yaml'], { cwd: folder })
  children.add(child)
  const outcome = outcomeOf(child)
  let log = ''
  child.stderr?.on('data', (chunk) => {
    log += chunk
  })
  await expect.poll(() => log, { timeout: 30_000 }).toContain('"event":"ready"')
  const line = log.split('\n').find((one) => one.includes('"event":"ready"')) ?? ''
  const ready = JSON.parse(line) as { sources: Record<string, string[]>; admin: string }
  const socket = connect(Number(ready.sources.app[0].split(':').at(-1)), '127.0.0.1')
  await once(socket, 'connect')
  socket.on('error', () => {})
  const send = () => {
    const now = 1_700_000_000
    const events = [
      [now, { service: 'shop', log: `see ${SECRET}`, pin: '1234' }],
      [now, { service: 'quiet', log: 'nothing to see' }],
      [now, { service: 'shop', log: 'on node-17', '': 'x'.repeat(50_000) }],
      [now, { service: 'shop', log: 'on node-17' }],
    ]
    socket.write(encode(['app.log', events]))
  }
  const timer = setInterval(send, 20)
  const stop = async () => {
    clearInterval(timer)
    socket.destroy()
    child.kill('SIGTERM')
    return { ...(await outcome), stored: readFileSync(join(folder, 'logs.ndjson'), 'utf8') }
  }
  const env = { LOGVEIL_ADMIN_TOKEN: 'token-of-the-test-1' }
  const tap = (...args: string[]) => logveil(['tap', '--url', `http://${ready.admin}`, ...args], { env })
  return { ready, tap, stop }
}

interface Seen {
  source: string
  service: string
  findings: { rule: string; path: string; action: string; confidence: string }[]
  record: { body: Record<string, string> } | null
}

function seenIn(stdout: string): Seen[] {
  return stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Seen)
}

describe('a tap', () => {
  it('shows records with what was found in them, by service and rule', async () => {
    const { tap, stop } = await running()
    const [all, byRule, byService] = await Promise.all([
      tap('--count', '8'),
      tap('--rule', 'node', '--count', '3'),
      tap('--service', 'quiet', '--count', '2'),
    ])
    expect([all.stderr, byRule.stderr, byService.stderr]).toEqual(['', '', ''])
    const secret = seenIn(all.stdout).find(({ findings }) => findings.some(({ rule }) => rule === 'token'))
    expect(secret).toMatchObject({
      source: 'app',
      service: 'shop',
      findings: [
        { rule: 'token', path: 'log', action: 'mask', confidence: 'high' },
        { rule: 'pin', path: 'pin', action: 'replace' },
      ],
      record: { body: { log: 'see *******************', pin: 'PIN' } },
    })
    for (const { findings, record } of seenIn(byRule.stdout)) {
      expect(findings).toContainEqual({ rule: 'node', path: 'log', action: 'keep', confidence: expect.any(String) })
      if (record !== null) expect(record.body.log).toBe('on *******')
    }
    for (const one of seenIn(byService.stdout)) expect(one).toMatchObject({ service: 'quiet', findings: [] })
    const { code, stored } = await stop()
    expect([code, stored.includes('on node-17')]).toEqual([0, true])
    expect(all.stdout + byRule.stdout + byService.stdout).not.toContain(SECRET)
  }, 60_000)

  it('shows nothing raw of a policy that only observes', async () => {
    const { tap, stop } = await running((text) => text.replace('packs: []', 'packs: []\n  mode: observe'))
    const { stdout } = await tap('--count', '12')
    const { stored } = await stop()
    expect([stored.includes(SECRET), stdout.includes(SECRET), stdout.includes('node-17')]).toEqual([true, false, false])
    const findings = seenIn(stdout).flatMap((one) => one.findings)
    expect(new Set(findings.map(({ action }) => action))).toEqual(new Set(['keep']))
  }, 60_000)

  it('ends with the pipeline, and says what is wrong when it can not begin', async () => {
    const { ready, tap, stop } = await running()
    const endless = tap()
    const refused = await logveil(['tap', '--url', `http://${ready.admin}`])
    expect([refused.code, refused.stderr]).toEqual([
      3,
      expect.stringContaining('401: a bearer token is needed (set LOG'),
    ])
    expect((await tap('--count', 'many')).code).toBe(2)
    await stop()
    const { code, stderr, stdout } = await endless
    expect([code, stderr]).toEqual([3, expect.stringContaining('has ended the connection')])
    expect(seenIn(stdout).length).toBeGreaterThan(0)
    const gone = await tap()
    expect([gone.code, gone.stderr]).toEqual([3, expect.stringContaining('cannot be reached (ECONNREFUSED)')])
  }, 60_000)
})
