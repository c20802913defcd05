// The syslog sink: what a message looks like byte for byte, and what becomes of it when the server does not behave.
// Real servers take its messages in test/interop/syslog.test.ts.
import { createSocket } from 'node:dgram'
import { readdirSync, readFileSync } from 'node:fs'
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { join } from 'node:path'
import { createServer as createTlsServer } from 'node:tls'
import { describe, expect, it, onTestFinished } from 'vitest'
import type { Batch } from '../../src/core/batch.ts'
import { ALERTS, CENSUS } from '../../src/core/plan.ts'
import { sinks } from '../../src/sinks/index.ts'
import { makeCertificates } from '../net/certificates.ts'
import { batchOf, makeSink, never, startSink, temporaryFolder, until } from './site.ts'

interface Receiver {
  readonly port: number
  readonly sockets: Socket[]
  readonly server: Server
  text(): string
}

async function receiver(where: { port?: number; path?: string } = {}, server = createServer()): Promise<Receiver> {
  const received: Buffer[] = []
  const sockets: Socket[] = []
  server.on(
    server.listenerCount('secureConnection') >= 0 && 'setTicketKeys' in server ? 'secureConnection' : 'connection',
    (socket: Socket) => {
      sockets.push(socket)
      socket.on('data', (bytes) => received.push(bytes))
      socket.on('error', () => {})
    },
  )
  await new Promise<void>((resolve) =>
    server.listen(where.path ?? { port: where.port ?? 0, host: '127.0.0.1' }, resolve),
  )
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  const address = server.address()
  const port = typeof address === 'object' ? (address as AddressInfo).port : 0
  return { port, sockets, server, text: () => Buffer.concat(received).toString() }
}

const batch = batchOf('json', '{"n":1}\n', '{"n":2}\n')
const head = (pri: number, msgid = '-') =>
  `<${pri}>1 \\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z box logveil \\d+ ${msgid} - `

/** The messages of a stream with octet counting. */
function counted(text: string): string[] {
  const messages: string[] = []
  let rest = Buffer.from(text)
  while (rest.length > 0) {
    const space = rest.indexOf(' ')
    const end = space + 1 + Number(rest.subarray(0, space).toString())
    messages.push(rest.subarray(space + 1, end).toString())
    rest = rest.subarray(end)
  }
  return messages
}

describe('a message', () => {
  async function sent(settings: object, what: Batch = batch): Promise<{ text: string; said: unknown[] }> {
    const { port, text } = await receiver()
    const { sink, said } = await startSink('syslog', { server: `127.0.0.1:${port}`, hostname: 'box', ...settings })
    await sink.send(what, 'id', never)
    await sink.close(never)
    await until(() => text() !== '')
    return { text: text(), said }
  }

  it('has the header of RFC 5424 and its length before it', async () => {
    const messages = counted((await sent({ facility: 'auth', severity: 'notice' })).text)
    expect(messages).toHaveLength(2)
    expect(messages[1]).toMatch(new RegExp(`^${head(4 * 8 + 5)}{"n":2}$`))
  })

  it('has the header of RFC 3164, and a line feed behind it, when asked', async () => {
    const { text } = await sent({ header: 'rfc3164', framing: 'lines', app_name: 'lv' })
    const line =
      /^<134>(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) [ \d]\d \d\d:\d\d:\d\d box lv\[\d+\]: \{"n":1\}\n<134>/
    expect(text).toMatch(line)
    expect(text.endsWith('{"n":2}\n')).toBe(true)
  })

  it('is one line, whatever its record is', async () => {
    const { text } = await sent({ framing: 'lines' }, batchOf('text', 'a\r\nb\r\n', '', 'c'))
    expect(text.split('\n').map((line) => line.split(' - - ')[1])).toEqual(['a  b', '', 'c', undefined])
  })

  it('is cut between characters when it is too long, and that is told', async () => {
    const { text, said } = await sent({ message_bytes_max: 480 }, batchOf('text', 'é'.repeat(400), 'short'))
    const [cut, whole] = counted(text)
    expect(Buffer.byteLength(cut)).toBeGreaterThanOrEqual(479)
    expect(Buffer.byteLength(cut)).toBeLessThanOrEqual(480)
    expect(cut.endsWith('éé')).toBe(true)
    expect(whole.endsWith(' short')).toBe(true)
    expect(said).toContainEqual({ name: 'message_cut', facts: { cut: 1 } })
  })

  it('of a count or an alert has its kind, its time and its severity', async () => {
    const event = { event: 'finding', severity: 'critical', window_end: '2026-11-21T18:01:00.500Z', service: 'pay' }
    const coverage = { event: 'coverage', window_end: '2026-11-21T18:01:00.500Z' }
    for (const origin of [CENSUS, ALERTS]) {
      const { text } = await sent({}, { ...batchOf('json', JSON.stringify(event), JSON.stringify(coverage)), origin })
      const [finding, seen] = counted(text)
      expect(finding).toContain('<130>1 2026-11-21T18:01:00.500Z box logveil')
      expect(finding).toContain(' finding - {"event":"finding"')
      expect(seen).toContain('<134>1 ')
    }
  })
})

describe('a stream', () => {
  it('is dialled when there is something to send, and again when the server has gone', async () => {
    const first = await receiver()
    const { sink, said } = await startSink('syslog', { server: `127.0.0.1:${first.port}` })
    expect(first.sockets).toHaveLength(0)
    await sink.send(batch, 'a', never)
    await until(() => counted(first.text()).length === 2)
    for (const socket of first.sockets) socket.destroy()
    await new Promise((resolve) => first.server.close(resolve))
    await until(() => said.some(({ name }) => name === 'connection_lost'))
    await expect(sink.send(batch, 'b', never)).rejects.toMatchObject({ code: 'SINK_UNREACHABLE', retryable: true })
    const second = await receiver({ port: first.port })
    await sink.send(batch, 'b', never)
    await until(() => counted(second.text()).length === 2)
  })

  it('goes to a Unix socket', async () => {
    const path = join(temporaryFolder(), 'log.sock')
    const { text } = await receiver({ path })
    const { sink } = await startSink('syslog', { server: `unix:${path}` })
    await sink.send(batch, 'id', never)
    await until(() => counted(text()).length === 2)
  })

  it('keeps the order of batches that are sent at once, and delivers all before it closes', async () => {
    const { port, text } = await receiver()
    const { sink } = await startSink('syslog', { server: `127.0.0.1:${port}` })
    const sends = Array.from({ length: 50 }, (_, n) =>
      sink.send(batchOf('text', `n=${n} ${'x'.repeat(5000)}`), `${n}`, never),
    )
    await sink.close(never)
    await Promise.all(sends)
    await until(() => counted(text()).length === 50)
    expect(counted(text()).map((message) => Number(/n=(\d+)/.exec(message)?.[1]))).toEqual(sends.map((_, n) => n))
  })

  it('is given up when the server reads nothing', async () => {
    const { port, server } = await receiver()
    server.removeAllListeners('connection')
    server.on('connection', (socket: Socket) => {
      socket.pause()
      onTestFinished(() => void socket.destroy())
    })
    const { sink } = await startSink('syslog', { server: `127.0.0.1:${port}`, write_timeout_ms: 200 })
    const large = batchOf('text', ...Array.from({ length: 5000 }, () => 'x'.repeat(8000)))
    await expect(sink.send(large, 'id', never)).rejects.toMatchObject({ code: 'SINK_TIMEOUT', retryable: true })
    const given = new AbortController()
    const sent = sink.send(large, 'id', given.signal)
    given.abort()
    await expect(sent).rejects.toMatchObject({ code: 'SINK_TIMEOUT', retryable: true })
  })

  it('loses nothing to a server that dislikes our certificate after the handshake', async () => {
    const folder = temporaryFolder()
    makeCertificates(folder)
    const file = (name: string) => readFileSync(join(folder, name))
    const options = { cert: file('server.pem'), key: file('server.key'), ca: file('ca.pem'), requestCert: true }
    const { port, text } = await receiver({}, createTlsServer({ ...options, rejectUnauthorized: true }))
    const server = `localhost:${port}`
    const tls = { ca: join(folder, 'ca.pem'), min_version: 'TLSv1.3' }
    const { sink: stranger } = await startSink('syslog', { server, tls })
    await expect(stranger.send(batch, 'id', never)).rejects.toMatchObject({ code: 'SINK_UNREACHABLE', retryable: true })
    const own = { cert: join(folder, 'client.pem'), key: join(folder, 'client.key') }
    const { sink } = await startSink('syslog', { server, tls: { ...tls, ...own } })
    await sink.send(batch, 'id', never)
    await until(() => counted(text()).length === 2)
    const { sink: wary } = await startSink('syslog', { server, tls: {} })
    await expect(wary.send(batch, 'id', never)).rejects.toMatchObject({ code: 'SINK_UNREACHABLE' })
  })
})

describe('datagrams', () => {
  it('hold a message each', async () => {
    const received: string[] = []
    const socket = createSocket('udp4', (bytes) => received.push(bytes.toString()))
    await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve))
    onTestFinished(() => void socket.close())
    const server = `127.0.0.1:${socket.address().port}`
    const { sink } = await startSink('syslog', { server, transport: 'udp', hostname: 'box' })
    await sink.send(batch, 'id', never)
    await until(() => received.length === 2)
    expect(received[0]).toMatch(new RegExp(`^${head(134)}{"n":1}$`))
  })

  it('to a port where nobody listens fail as soon as the other machine says so', async () => {
    const socket = createSocket('udp4')
    await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve))
    const { port } = socket.address()
    await new Promise<void>((resolve) => socket.close(resolve))
    const { sink } = await startSink('syslog', { server: `127.0.0.1:${port}`, transport: 'udp' })
    const failure = { code: 'SINK_UNREACHABLE', retryable: true }
    const sends = async () => {
      for (let n = 0; n < 100; n++) await sink.send(batch, String(n), never)
    }
    await expect(sends()).rejects.toMatchObject(failure)
  })

  it('a name that nobody knows is asked for again, and leaves no socket open', async () => {
    const { sink } = await startSink('syslog', { server: 'nowhere.invalid:514', transport: 'udp' })
    const send = () => sink.send(batchOf('json', '{}'), 'b1', never).catch((error: unknown) => error)
    const outcome = { code: 'SINK_UNREACHABLE', retryable: true }
    expect(await send()).toMatchObject(outcome)
    const open = () => readdirSync('/proc/self/fd').length
    const before = open()
    for (let left = 10; left > 0; left--) expect(await send()).toMatchObject(outcome)
    expect(open()).toBeLessThan(before + 5)
  })
})

describe('settings', () => {
  const spec = sinks.find(({ type }) => type === 'syslog')!

  it.each([
    [{ server: '1.2.3.4:514', transport: 'udp', tls: {} }, 'DTLS'],
    [{ server: '1.2.3.4:514', tls: {}, framing: 'lines' }, 'RFC 5425'],
    [{ server: 'unix:/dev/log', transport: 'udp' }, 'stream'],
    [{ server: '1.2.3.4:514', app_name: 'two words' }, 'ASCII'],
  ])('%j are refused', (settings, why) => {
    expect(spec.settings.safeParse(settings).error?.message).toContain(why)
  })

  it('are enough with a server', () => {
    expect(spec.settings.parse({ server: '1.2.3.4:514' })).toMatchObject({ transport: 'tcp', header: 'rfc5424' })
  })

  it('a sink that was never started closes', () => makeSink('syslog', { server: '127.0.0.1:9' }).sink.close(never))
})
