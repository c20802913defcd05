// `logveil run` as an init system sees it: what it says when it is ready, how it stops, and why it does not start.
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { get } from 'node:http'
import { connect, createServer, type Socket } from 'node:net'
import { join } from 'node:path'
import { decode, encode } from '@msgpack/msgpack'
import { afterEach, describe, expect, it } from 'vitest'
import { folderWith, logveil, outcomeOf, POLICY, start } from './binary.ts'

const SECRET = 'tok_neverintheclear'

interface Line {
  event?: string
  sources?: Record<string, string[]>
  admin?: string
  remedy?: string
  [fact: string]: unknown
}

function config(change: (text: string) => string = (text) => text): string {
  const text = `sources:
  app: { type: forward, listen: 127.0.0.1:0 }
sinks:
  store: { type: file, path: ./logs.ndjson }
  counts: { type: file, inputs: [census], path: ./census.ndjson }
pipeline: { workers: 1 }
admin: { listen: 127.0.0.1:0 }
policy:
${POLICY.replaceAll(/^(?=.)/gm, '  ')}`
  return folderWith({ 'c.yaml': change(text) })
}

const children = new Set<ChildProcess>()
afterEach(() => {
  for (const child of children) child.kill('SIGKILL')
  children.clear()
})

async function running(folder: string) {
  const child = start(['run', '-c', 'c.yaml'], { cwd: folder })
  children.add(child)
  const outcome = outcomeOf(child)
  let text = ''
  const ready = await new Promise<Line>((resolve, reject) => {
    child.stderr?.on('data', (chunk) => {
      text += chunk
      const found = text.split('\n').find((line) => line.includes('"event":"ready"'))
      if (found?.endsWith('}')) resolve(JSON.parse(found))
    })
    child.once('close', () => reject(new Error(`it did not start: ${text}`)))
  })
  const [, port] = /:(\d+)$/.exec(ready.sources?.app[0] ?? '') ?? []
  return { child, outcome, ready, port: Number(port), log: () => text }
}

function linesOf(stderr: string): Line[] {
  return stderr
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line))
}

async function client(port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1')
  await once(socket, 'connect')
  return socket
}

/** Sends one message in Message mode and waits for its ack. */
async function send(socket: Socket, record: object, chunk: string): Promise<void> {
  socket.write(encode(['app.log', 1_700_000_000, record, { chunk }]))
  const [answer] = await once(socket, 'data')
  expect(decode(answer)).toEqual({ ack: chunk })
}

describe('a run', () => {
  it('says where it listens, redacts, drains at SIGTERM and exits with 0', async () => {
    const folder = config()
    const { child, outcome, ready, port } = await running(folder)
    expect(ready).toMatchObject({ component: 'cli', admin: expect.stringMatching(/^127\.0\.0\.1:[1-9]/) })
    expect(String(ready.msg)).toBe(`listening app forward 127.0.0.1:${port}, admin http ${ready.admin}`)
    const [response] = await once(get(`http://${ready.admin}/ready`), 'response')
    expect(response.statusCode).toBe(200)
    response.resume()
    const socket = await client(port)
    await send(socket, { log: `see ${SECRET}`, pin: '1234' }, 'c1')
    // Taken and not yet acknowledged when the signal comes: it is either stored or never acknowledged.
    socket.write(encode(['app.log', 1_700_000_001, { log: `late ${SECRET}` }]))
    child.kill('SIGTERM')
    const { code, stdout, stderr } = await outcome
    socket.destroy()
    expect([code, stdout]).toEqual([0, ''])
    expect(linesOf(stderr).map(({ event }) => event)).toEqual(expect.arrayContaining(['ready', 'signal', 'stopped']))
    const stored = readFileSync(join(folder, 'logs.ndjson'), 'utf8')
    const census = readFileSync(join(folder, 'census.ndjson'), 'utf8')
    expect(stored).toContain('see *******************')
    expect(stored).toContain('"pin":"PIN"')
    expect(census).toContain('"token"')
    expect(stored + census + stderr).not.toContain(SECRET)
  })

  it('SIGINT ends it too', async () => {
    const { child, outcome } = await running(config())
    child.kill('SIGINT')
    expect((await outcome).code).toBe(0)
  })

  it('writes to standard output when a sink does, and nothing but records', async () => {
    const { child, outcome, port } = await running(
      config((text) => text.replace('type: file, path: ./logs.ndjson', 'type: stdout')),
    )
    const socket = await client(port)
    await send(socket, { log: `see ${SECRET}` }, 'c1')
    child.kill('SIGTERM')
    const { code, stdout } = await outcome
    socket.destroy()
    expect([code, stdout.trim().split('\n').length]).toEqual([0, 1])
    expect(JSON.parse(stdout)).toMatchObject({ body: { log: 'see *******************' } })
  })
})

/** A forward sink whose other side takes everything and never acknowledges. */
async function stuck() {
  const server = createServer((socket) => socket.resume())
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as { port: number }
  return { server, port }
}

describe('stopping before all is delivered', () => {
  const plans: { name: string; shutdown_ms: number; signals: NodeJS.Signals[]; code: number }[] = [
    { name: 'the deadline passes: 4', shutdown_ms: 300, signals: ['SIGTERM'], code: 4 },
    { name: 'a second SIGTERM: 143', shutdown_ms: 60_000, signals: ['SIGTERM', 'SIGTERM'], code: 143 },
    { name: 'SIGINT after SIGTERM: 130', shutdown_ms: 60_000, signals: ['SIGTERM', 'SIGINT'], code: 130 },
  ]
  for (const { name, shutdown_ms, signals, code } of plans) {
    it(name, async () => {
      const { server, port: to } = await stuck()
      const folder = config((text) =>
        text
          .replace('store: { type: file, path: ./logs.ndjson }', `store: { type: forward, server: 127.0.0.1:${to} }`)
          .replace('workers: 1', `workers: 1, shutdown_ms: ${shutdown_ms}`),
      )
      const { child, outcome, port, log } = await running(folder)
      const socket = await client(port)
      socket.on('error', () => {})
      const taken = once(server, 'connection')
      socket.write(encode(['app.log', 1_700_000_000, { log: SECRET }, { chunk: 'c1' }]))
      await taken
      let acks = 0
      socket.on('data', () => acks++)
      for (const signal of signals) {
        child.kill(signal)
        await expect.poll(log).toContain('"event":"stopping"')
      }
      const { code: exit, stderr } = await outcome
      socket.destroy()
      server.close()
      expect([exit, acks]).toEqual([code, 0])
      expect(stderr).not.toContain(SECRET)
    })
  }
})

describe('a run that does not start', () => {
  it('2, with all complaints, when the settings are not usable', async () => {
    const folder = config((text) =>
      text.replace('type: forward', 'type: forwrd').replace('path: ./logs.ndjson', 'paht: x'),
    )
    const { code, stderr } = await logveil(['run', '-c', 'c.yaml'], { cwd: folder })
    expect(code).toBe(2)
    expect(stderr).toMatch(/^c\.yaml:2:16: .*\(did you mean "forward"\?\)\n(c\.yaml:4:\d+: .*\(.*\)\n)+$/)
  })

  for (const place of ['app: { type: forward, listen: 127.0.0.1:0 }', 'admin: { listen: 127.0.0.1:0 }']) {
    it(`3, with a remedy, when a port is in use: ${place.split(':')[0]}`, async () => {
      const { server, port } = await stuck()
      const folder = config((text) => text.replace(place, place.replace(':0 }', `:${port} }`)))
      const { code, stderr } = await logveil(['run', '-c', 'c.yaml'], { cwd: folder })
      server.close()
      expect(code).toBe(3)
      const failed = linesOf(stderr).find(({ event }) => event === 'start_failed')
      expect(failed).toMatchObject({ code: 'LISTEN_FAILED', remedy: expect.stringContaining('free the port') })
      expect(String(failed?.msg)).toContain(`127.0.0.1:${port}`)
    })
  }

  it('3 when a file of a sink cannot be opened', async () => {
    const folder = config((text) => text.replace('./logs.ndjson', '/dev/null/logs.ndjson'))
    const { code, stderr } = await logveil(['run', '-c', 'c.yaml'], { cwd: folder })
    expect(code).toBe(3)
    expect(linesOf(stderr).find(({ event }) => event === 'start_failed')?.remedy).toBeTruthy()
  })
})
