// Clients that are not JavaScript: Debian's Python client, and the Go client of Docker's log driver.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startForward } from '../sources/forward/support.ts'
import { available, numbers, run } from './forward/run.ts'

const COUNT = 300
const all = Array.from({ length: COUNT }, (_, n) => n)
const PYTHON = '/usr/bin/python3'
const hasPython = available(PYTHON, ['-c', 'import fluent.sender'], 'python3-fluent-logger')
const GO_CLIENT = 'github.com/fluent/fluent-logger-golang/fluent'
const GO_ENV = { GO111MODULE: 'off', GOPATH: '/usr/share/gocode', GOFLAGS: '' }
const hasGo = available('go', ['list', GO_CLIENT], 'golang-github-fluent-fluent-logger-golang-dev', GO_ENV)

describe.skipIf(!hasPython)('python3-fluent-logger', () => {
  const script = new URL('./forward/python_sender.py', import.meta.url).pathname

  it.each([
    ['in its plain form', {}, false],
    ['with EventTime', { nanosecond_precision: true }, false],
    ['from a thread', {}, true],
  ])('%s', async (_name, options, asynchronous) => {
    const { site, port, stop } = await startForward()
    await run(PYTHON, [script, JSON.stringify({ count: COUNT, options: { port, ...options }, asynchronous })])
    await numbers(site, all)
    expect(site.events[0].tag).toBe('app.web')
    expect(site.events[3].event[1]).toMatchObject({ log: 'line 3', uni: 'naïve', none: null })
    await stop()
  })

  it('over a Unix socket', async () => {
    const path = `/tmp/logveil-python-${process.pid}.sock`
    const { site, stop } = await startForward({ listen: `unix:${path}` })
    const options = { host: `unix://${path}` }
    await run(PYTHON, [script, JSON.stringify({ count: COUNT, options, asynchronous: false })])
    await numbers(site, all)
    await stop()
  })
})

describe.skipIf(!hasGo)('the Go client of Docker', () => {
  let folder: string
  let binary: string

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'logveil-go-'))
    binary = join(folder, 'sender')
    const source = new URL('./forward/docker_sender.go', import.meta.url).pathname
    await run('go', ['build', '-o', binary, source], { ...GO_ENV, GOCACHE: join(tmpdir(), 'logveil-go-cache') })
  }, 180_000)

  afterAll(() => rmSync(folder, { recursive: true }))

  const send = (config: unknown) => run(binary, [JSON.stringify({ count: COUNT, config })])

  it.each([
    ['in its plain form', {}],
    ['asynchronously', { async: true }],
    ['with acks', { request_ack: true }],
    ['with acks, asynchronously', { request_ack: true, async: true }],
    ['with nanoseconds', { sub_second_precision: true }],
    ['with nanoseconds and acks', { sub_second_precision: true, request_ack: true }],
    ['in JSON', { marshal_as_json: true }],
    ['in JSON with acks', { marshal_as_json: true, request_ack: true }],
  ])('%s', async (_name, config) => {
    const { site, port, stop } = await startForward()
    await send({ fluent_host: '127.0.0.1', fluent_port: port, ...config })
    await numbers(site, all)
    expect(site.events[0].tag).toBe('app.web')
    await stop()
  })

  it('over a Unix socket', async () => {
    const path = `/tmp/logveil-go-${process.pid}.sock`
    const { site, stop } = await startForward({ listen: `unix:${path}` })
    await send({ fluent_network: 'unix', fluent_socket_path: path, request_ack: true })
    await numbers(site, all)
    await stop()
  })
})
