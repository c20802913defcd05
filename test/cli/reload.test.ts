// `logveil run` as an operator changes its settings: by signal, by the admin port and by writing the file. Clients of
// the forward protocol go on meanwhile.
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { join } from 'node:path'
import { connect as connectTls } from 'node:tls'
import { decode, encode } from '@msgpack/msgpack'
import { afterEach, describe, expect, it } from 'vitest'
import { makeCertificates } from '../net/certificates.ts'
import { folderWith, outcomeOf, POLICY, start } from './binary.ts'

const SECRET = 'tok_neverintheclear'

interface Fact {
  event?: string
  sources?: Record<string, string[]>
  admin?: string
  [fact: string]: unknown
}

/** The log comes by another way than the answers. */
const SOON = { timeout: 20_000 }

const children = new Set<ChildProcess>()
afterEach(() => {
  for (const child of children) child.kill('SIGKILL')
  children.clear()
})

const CONFIG = `sources:
  app: { type: forward, listen: 127.0.0.1:0 }
sinks:
  store: { type: file, path: ./logs.ndjson }
  counts: { type: file, inputs: [census], path: ./census.ndjson }
pipeline: { workers: 1 }
admin: { listen: 127.0.0.1:0 }
policy:
${POLICY.replaceAll(/^(?=.)/gm, '  ')}`

async function running(text = CONFIG) {
  const folder = folderWith({ 'c.yaml': text })
  const child = start(['run', '-c', 'c.yaml'], { cwd: folder, env: { LOGVEIL_TOKEN: 'token-for-the-admin-port' } })
  children.add(child)
  const outcome = outcomeOf(child)
  let log = ''
  child.stderr?.on('data', (chunk) => {
    log += chunk
  })
  const events = (name: string) => {
    const whole = log.split('\n').filter((line) => line.startsWith('{') && line.endsWith('}'))
    return whole.map((line) => JSON.parse(line) as Fact).filter(({ event }) => event === name)
  }
  await expect.poll(() => events('ready').length, { timeout: 30_000 }).toBe(1)
  const [ready] = events('ready')
  const ask = async (path: string, options: RequestInit = {}) => {
    const response = await fetch(`http://${ready.admin}${path}`, options)
    return { status: response.status, json: (await response.json()) as Record<string, unknown> }
  }
  const write = (changed: string) => {
    writeFileSync(join(folder, 'next'), changed)
    renameSync(join(folder, 'next'), join(folder, 'c.yaml'))
  }
  const port = Number(ready.sources?.app[0].split(':').at(-1))
  return { folder, child, outcome, ready, port, events, ask, write, log: () => log }
}

/** A client that sends one message after the other, each when the one before it is acknowledged. */
async function sender(port: number) {
  const socket = connect(port, '127.0.0.1')
  await once(socket, 'connect')
  const lost = once(socket, 'close')
  let sent = 0
  let isOn = true
  const done = (async () => {
    while (isOn) {
      const chunk = `c${sent}`
      socket.write(encode(['app.log', 1_700_000_000, { log: `see ${SECRET} number=${sent}` }, { chunk }]))
      const [answer] = (await Promise.race([once(socket, 'data'), lost.then(() => [null])])) as [Buffer | null]
      if (answer === null) throw new Error('the connection was lost')
      expect(decode(answer)).toEqual({ ack: chunk })
      sent++
    }
    socket.destroy()
    return sent
  })()
  done.catch(() => {})
  return {
    count: () => sent,
    stop: () => {
      isOn = false
      return done
    },
  }
}

describe('a reload', () => {
  it('by signal, request and file: the connection stays, nothing is lost, doubled or out of order', async () => {
    const { folder, child, outcome, port, events, ask, write } = await running(`${CONFIG}\nreload: { watch: true }\n`)
    const client = await sender(port)
    const goOn = () => {
      const before = client.count()
      return expect.poll(() => client.count(), { timeout: 20_000 }).toBeGreaterThan(before + 20)
    }
    await goOn()
    write(`${CONFIG.replace('action: mask', "action: { type: replace, template: 'TWO' }")}\nreload: { watch: true }\n`)
    child.kill('SIGHUP')
    await expect.poll(() => events('reloaded').length, { timeout: 20_000 }).toBe(1)
    await goOn()
    write(
      `${CONFIG.replace('action: mask', "action: { type: replace, template: 'THREE' }")}\nreload: { watch: true }\n`,
    )
    expect(await ask('/reload', { method: 'POST' })).toMatchObject({
      status: 200,
      json: {
        outcome: 'changed',
        changes: { policy: true, started: [], restarted: [], stopped: [], needs_restart: [] },
      },
    })
    await goOn()
    const before = events('reloaded').length
    write(`${CONFIG.replace('action: mask', "action: { type: replace, template: 'FOUR' }")}\nreload: { watch: true }\n`)
    await expect.poll(() => events('reloaded').length, { timeout: 20_000 }).toBeGreaterThan(before)
    await goOn()
    const total = await client.stop()
    child.kill('SIGTERM')
    expect((await outcome).code).toBe(0)
    const stored = readFileSync(join(folder, 'logs.ndjson'), 'utf8')
    const numbers = stored.match(/(?<=number=)\d+/g)?.map(Number)
    expect(numbers).toEqual(Array.from({ length: total }, (_, n) => n))
    expect(stored).not.toContain(SECRET)
    for (const word of ['TWO', 'THREE', 'FOUR']) expect(stored).toContain(word)
    const census = readFileSync(join(folder, 'census.ndjson'), 'utf8').trim().split('\n')
    const found = census.map((line) => JSON.parse(line)).filter(({ rule }) => rule === 'token')
    expect(found.reduce((sum, { matches }) => sum + matches, 0)).toBe(total)
    expect(new Set(found.map(({ policy_version }) => policy_version)).size).toBe(4)
  }, 120_000)

  it('of what is not usable is refused with every complaint, and says so until it is mended', async () => {
    const { child, outcome, ask, write, events, log } = await running()
    const before = (await ask('/config')).json
    write(CONFIG.replace('type: file, path: ./logs', 'type: fiel, path: ./logs').replace('workers: 1', 'workers: none'))
    const refused = await ask('/reload', { method: 'POST' })
    expect(refused.status).toBe(422)
    const complaints = refused.json.complaints as Fact[]
    expect(complaints).toMatchObject([
      { file: 'c.yaml', line: 4, remedy: expect.stringContaining('did you mean "file"?') },
      { file: 'c.yaml', line: 6, message: expect.any(String) },
    ])
    expect((await ask('/ready')).json).toMatchObject({ ready: true, config: { ok: false, refused: { complaints } } })
    expect(await ask('/config')).toMatchObject({ json: { hash: before.hash, settings: before.settings, ok: false } })
    const places = () => events('complaint').map(({ place }) => place)
    await expect.poll(places, SOON).toEqual(['c.yaml:4:18', expect.stringMatching(/^c\.yaml:6:/)])
    write(CONFIG)
    expect(await ask('/reload', { method: 'POST' })).toMatchObject({ status: 200, json: { outcome: 'unchanged' } })
    expect((await ask('/ready')).json).toMatchObject({ config: { ok: true } })
    child.kill('SIGTERM')
    expect([(await outcome).code, log().includes('defect')]).toEqual([0, false])
  }, 60_000)

  it('to a port that somebody else has is refused, and the source takes data as before', async () => {
    const { port, ask, write, child, outcome } = await running()
    const taken = createServer().listen(0, '127.0.0.1')
    await once(taken, 'listening')
    const { port: other } = taken.address() as { port: number }
    write(CONFIG.replace('listen: 127.0.0.1:0 }\nsinks', `listen: 127.0.0.1:${other} }\nsinks`))
    const refused = await ask('/reload', { method: 'POST' })
    expect(refused).toMatchObject({ status: 422, json: { error: { code: 'LISTEN_FAILED' } } })
    expect(JSON.stringify(refused.json)).toContain(`127.0.0.1:${other} (EADDRINUSE)`)
    taken.close()
    const { components } = (await ask('/ready')).json as { components: Fact[] }
    expect(components.find(({ name }) => name === 'app')).toMatchObject({ ready: true })
    expect(port).toBeGreaterThan(0)
    child.kill('SIGTERM')
    expect((await outcome).code).toBe(0)
  }, 60_000)

  it('moves the admin port, asks for the new token, and changes the level of the log', async () => {
    const { ask, write, child, outcome, events, ready } = await running()
    const place = String(ready.admin)
    const at = (admin: string) =>
      CONFIG.replace('admin: { listen: 127.0.0.1:0 }', `admin: ${admin}\nlog: { level: debug }`)
    write(at(`{ listen: '${place}', token: a-token-that-is-long }`))
    expect(await ask('/reload', { method: 'POST' })).toMatchObject({ status: 200 })
    expect((await ask('/config')).status).toBe(401)
    const headers = { authorization: 'Bearer a-token-that-is-long' }
    expect(await ask('/log-level', { headers })).toMatchObject({ json: { level: 'debug' } })
    const taken = createServer().listen(0, '127.0.0.1')
    await once(taken, 'listening')
    write(at(`{ listen: 127.0.0.1:${(taken.address() as { port: number }).port} }`))
    expect(await ask('/reload', { method: 'POST', headers })).toMatchObject({
      json: { changes: { needs_restart: ['admin'] } },
    })
    taken.close()
    write(at('{ listen: 127.0.0.1:0 }'))
    expect(await ask('/reload', { method: 'POST', headers })).toMatchObject({ status: 200 })
    await expect.poll(() => events('admin_moved').length, SOON).toBe(2)
    const moved = String(events('admin_moved')[1].admin)
    expect(moved).not.toBe(place)
    expect((await fetch(`http://${moved}/config`)).status).toBe(200)
    await expect(fetch(`http://${place}/health`)).rejects.toThrow()
    child.kill('SIGTERM')
    expect((await outcome).code).toBe(0)
  }, 60_000)

  it('reads certificates again: new clients see a new one, and half a one is refused', async () => {
    const text = CONFIG.replace('listen: 127.0.0.1:0 }\nsinks', 'listen: 127.0.0.1:0, tls: TLS }\nsinks')
    const folder = folderWith({})
    makeCertificates(folder)
    const [cert, key] = [join(folder, 'server.pem'), join(folder, 'server.key')]
    const { port, ask, child, outcome, events } = await running(text.replace('TLS', `{ cert: ${cert}, key: ${key} }`))
    const shown = async (at: number) => {
      const socket = connectTls({ port: at, host: '127.0.0.1', rejectUnauthorized: false })
      await once(socket, 'secureConnect')
      const { serialNumber } = socket.getPeerCertificate()
      socket.destroy()
      return serialNumber
    }
    const first = await shown(port)
    await expect.poll(() => events('certificate_ends'), SOON).toMatchObject([{ component: 'app', days: 1, cert }])
    expect(await ask('/reload', { method: 'POST' })).toMatchObject({ json: { outcome: 'unchanged' } })
    writeFileSync(cert, readFileSync(cert, 'utf8').slice(0, 400))
    expect(await ask('/reload', { method: 'POST' })).toMatchObject({
      status: 422,
      json: { error: { code: 'TLS_FILE' } },
    })
    expect(await shown(port)).toBe(first)
    makeCertificates(folder)
    expect(await ask('/reload', { method: 'POST' })).toMatchObject({ json: { changes: { restarted: ['app'] } } })
    await expect.poll(() => events('listening').length, SOON).toBe(2)
    const moved = Number(String(events('listening')[1].address).split(':').at(-1))
    expect(await shown(moved)).not.toBe(first)
    child.kill('SIGTERM')
    expect((await outcome).code).toBe(0)
  }, 60_000)
})
