import { request } from 'node:http'
import { afterEach, describe, expect, test } from 'vitest'
import { type Admin, startAdmin } from '../../src/cli/admin.ts'
import { SinkError } from '../../src/core/errors.ts'
import { type Running, startPipeline } from '../../src/pipeline/lifecycle.ts'
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

async function start(store = new HeapSink()): Promise<{ admin: Admin; pipeline: Running; source: HandSource }> {
  const source = new HandSource()
  const plan = makePlan([plannedSource('app', source)], [plannedSink('store', store, ['app'])])
  const pipeline = await startPipeline(plan, { workerUrl: OBEDIENT, logger: heapLogger().logger })
  const admin = await startAdmin({ listen: '0' }, { running: pipeline })
  ends.push(
    () => admin.close(),
    () => pipeline.stop(true),
  )
  return { admin, pipeline, source }
}

afterEach(async () => {
  for (const end of ends.splice(0)) await end()
})

interface Reply {
  status: number
  type: string
  body: string
}

function ask(admin: Admin, path: string, method = 'GET'): Promise<Reply> {
  const port = Number(admin.address.split(':').at(-1))
  return new Promise((resolve, reject) => {
    const asked = request({ host: '127.0.0.1', port, path, method }, (response) => {
      let body = ''
      response.setEncoding('utf8')
      response.on('data', (text: string) => {
        body += text
      })
      response.on('end', () => {
        resolve({ status: response.statusCode ?? 0, type: response.headers['content-type'] ?? '', body })
      })
    })
    asked.on('error', reject)
    asked.end()
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

  test('knows no other page and no other method', async () => {
    const { admin } = await start()
    expect((await ask(admin, '/')).status).toBe(404)
    expect((await ask(admin, '/census', 'POST')).status).toBe(405)
    expect(await ask(admin, '/health', 'HEAD')).toMatchObject({ status: 200, body: '' })
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
