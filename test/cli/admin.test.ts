import { mkdtempSync, readFileSync } from 'node:fs'
import { request as plainRequest } from 'node:http'
import { type RequestOptions, request as tlsRequest } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { type Admin, startAdmin } from '../../src/cli/admin.ts'
import { SinkError } from '../../src/core/errors.ts'
import type { AdminPlan } from '../../src/core/plan.ts'
import { startPipeline } from '../../src/pipeline/lifecycle.ts'
import { makeCertificates } from '../net/certificates.ts'
import {
  eventually,
  HandSource,
  HeapSink,
  heapLogger,
  lines,
  makePlan,
  OBEDIENT,
  plannedSink,
  plannedSource,
} from '../pipeline/kit.ts'

const ends: (() => Promise<unknown>)[] = []

async function start(store = new HeapSink(), settings: Partial<AdminPlan> = {}) {
  const source = new HandSource()
  const plan = makePlan([plannedSource('app', source)], [plannedSink('store', store, ['app'])])
  const pipeline = await startPipeline(plan, { workerUrl: OBEDIENT, logger: heapLogger().logger })
  const levels: string[] = ['info']
  const log = { get: () => levels.at(-1) ?? '', set: (level: string) => void levels.push(level) }
  const admin = await startAdmin({ listen: '0', ...settings }, { running: pipeline, log })
  ends.push(
    () => admin.close(),
    () => pipeline.stop(true),
  )
  return { admin, pipeline, source, levels }
}

afterEach(async () => {
  for (const end of ends.splice(0)) await end()
})

interface Reply {
  status: number
  type: string
  body: string
}

interface Ask extends RequestOptions {
  body?: string
}

/** With TLS when it is given the root to trust. */
function ask(admin: Admin, path: string, { body, ...options }: Ask = {}): Promise<Reply> {
  const port = Number(admin.address.split(':').at(-1))
  const request = options.ca === undefined ? plainRequest : tlsRequest
  return new Promise((resolve, reject) => {
    const asked = request({ host: '127.0.0.1', servername: 'localhost', port, path, ...options }, (response) => {
      let text = ''
      response.setEncoding('utf8')
      response.on('data', (more: string) => {
        text += more
      })
      response.on('end', () => {
        resolve({ status: response.statusCode ?? 0, type: response.headers['content-type'] ?? '', body: text })
      })
    })
    asked.on('error', reject)
    asked.end(body)
  })
}

describe('the admin port', () => {
  test('listens on the loopback address when only a port is given', async () => {
    const { admin } = await start()
    expect(admin.address).toMatch(/^127\.0\.0\.1:\d+$/)
  })

  test('answers health, metrics and the census', async () => {
    const { admin, source } = await start()
    await source.deliver(lines('app', 'svc=a SECRET'))
    expect(await ask(admin, '/health')).toMatchObject({ status: 200, body: 'ok\n' })
    const metrics = await ask(admin, '/metrics?x=1')
    expect(metrics).toMatchObject({ status: 200, type: 'text/plain; version=0.0.4; charset=utf-8' })
    expect(metrics.body).toContain('logveil_findings_total{service="a"')
    const census = JSON.parse((await ask(admin, '/census')).body)
    expect(census).toMatchObject({ totals: [{ service: 'a', records: 1, matches: { secret: 1 } }], windows: [] })
  })

  test('is ready, is not while a required sink is down or the pipeline stops, and says which', async () => {
    let up = true
    const store = new HeapSink(() => {
      if (!up) throw new SinkError('SINK_UNREACHABLE', 'test', true)
    })
    const { admin, pipeline, source } = await start(store)
    expect(await ask(admin, '/ready')).toMatchObject({ status: 200, type: 'application/json' })
    up = false
    const delivered = source.deliver(lines('app', 'x'))
    await eventually(() => store.begun.length > 0)
    const down = await ask(admin, '/ready')
    expect(down.status).toBe(503)
    expect(JSON.parse(down.body).components).toContainEqual({ name: 'store', kind: 'sink', type: 'heap', ready: false })
    up = true
    await delivered
    expect((await ask(admin, '/ready')).status).toBe(200)
    await pipeline.stop()
    expect((await ask(admin, '/ready')).status).toBe(503)
    expect((await ask(admin, '/health')).status).toBe(200)
    expect((await ask(admin, '/metrics')).status).toBe(200)
  })

  test('knows no other page and no other method, and says so in JSON', async () => {
    const { admin } = await start()
    expect(await ask(admin, '/')).toMatchObject({ status: 404, type: 'application/json' })
    expect(JSON.parse((await ask(admin, '/__proto__')).body).pages).toContain('/metrics')
    const refused = await ask(admin, '/census', { method: 'POST' })
    expect([refused.status, JSON.parse(refused.body).allowed]).toEqual([405, ['GET', 'HEAD']])
    expect((await ask(admin, '/reload')).status).toBe(405)
    expect((await ask(admin, '/health', { method: 'constructor' })).status).toBe(400)
    expect(await ask(admin, '/health', { method: 'HEAD' })).toMatchObject({ status: 200, body: '' })
  })

  test('changes the level of the log, to one that there is', async () => {
    const { admin, levels } = await start()
    expect(await ask(admin, '/log-level')).toMatchObject({ body: '{"level":"info"}\n' })
    expect(await ask(admin, '/log-level', { method: 'PUT', body: '{"level":"debug"}' })).toMatchObject({ status: 200 })
    expect(await ask(admin, '/log-level', { method: 'PUT', body: 'warn' })).toMatchObject({
      body: '{"level":"warn"}\n',
    })
    for (const body of ['loud', '{', '{"level":["warn"]}', '']) {
      expect(await ask(admin, '/log-level', { method: 'PUT', body })).toMatchObject({ status: 400 })
    }
    expect((await ask(admin, '/log-level', { method: 'PUT', body: 'x'.repeat(10_000) })).status).toBe(413)
    expect(levels).toEqual(['info', 'debug', 'warn'])
  })

  test('answers no page of a browser: neither by a name that points here nor from another site', async () => {
    const { admin } = await start()
    for (const host of ['rebound.example', 'rebound.example:9464', 'localhost.example', '10.0.0.1']) {
      expect((await ask(admin, '/census', { headers: { host } })).status).toBe(403)
    }
    for (const host of ['localhost', 'LOCALHOST:9464', '127.0.0.1:1', '[::1]:9464', '127.3.4.5']) {
      expect((await ask(admin, '/census', { headers: { host } })).status).toBe(200)
    }
    const headers = { origin: 'http://localhost:3000' }
    expect((await ask(admin, '/reload', { method: 'POST', headers })).status).toBe(403)
  })

  test('asks for its token, and tells whoever has none only that it lives and is ready', async () => {
    const { admin } = await start(new HeapSink(), { listen: '127.0.0.1:0', token: 'a-token-that-is-long' })
    for (const authorization of ['', 'Bearer wrong', 'Basic a-token-that-is-long']) {
      for (const path of ['/metrics', '/census', '/config', '/log-level', '/nowhere']) {
        expect((await ask(admin, path, { headers: { authorization } })).status).toBe(401)
      }
      expect(await ask(admin, '/ready', { headers: { authorization } })).toMatchObject({ body: '{"ready":true}\n' })
      expect((await ask(admin, '/health', { headers: { authorization } })).status).toBe(200)
      expect((await ask(admin, '/reload', { method: 'POST', headers: { authorization } })).status).toBe(401)
    }
    const headers = { authorization: 'Bearer a-token-that-is-long' }
    expect((await ask(admin, '/metrics', { headers })).status).toBe(200)
    expect(JSON.parse((await ask(admin, '/ready', { headers })).body)).toHaveProperty('components')
  })

  test('speaks TLS, and takes a new certificate without a restart', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'logveil-admin-'))
    makeCertificates(folder)
    const file = (name: string) => join(folder, name)
    const tls = { cert: file('server.pem'), key: file('server.key'), verify_client: false, min_version: 'TLSv1.2' }
    const { admin } = await start(new HeapSink(), { listen: '127.0.0.1:0', tls } as AdminPlan)
    const ca = readFileSync(file('ca.pem'))
    expect((await ask(admin, '/health', { ca, agent: false })).status).toBe(200)
    await expect(ask(admin, '/health')).rejects.toThrow()
    makeCertificates(folder)
    await admin.renew()
    await expect(ask(admin, '/health', { ca, agent: false })).rejects.toThrow()
    expect((await ask(admin, '/health', { ca: readFileSync(file('ca.pem')), agent: false })).status).toBe(200)
  })

  test('says when it can not listen', async () => {
    const { admin, pipeline } = await start()
    await expect(startAdmin({ listen: admin.address }, { running: pipeline })).rejects.toMatchObject({
      code: 'LISTEN_FAILED',
    })
    await expect(startAdmin({ listen: 'nowhere at all' }, { running: pipeline })).rejects.toMatchObject({
      code: 'LISTEN_FAILED',
    })
  })
})
