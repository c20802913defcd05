// The mail sink against a mail server that others wrote (aiosmtpd, from Debian), and against one that is in trouble.
import { spawn } from 'node:child_process'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { ALERTS } from '../../src/core/plan.ts'
import { sinks } from '../../src/sinks/index.ts'
import { available } from '../interop/forward/run.ts'
import { freePort } from '../interop/free_port.mjs'
import { makeCertificates } from '../net/certificates.ts'
import { batchOf, makeSink, never, startSink, temporaryFolder, until } from './site.ts'

const PYTHON = '/usr/bin/python3'
const hasServer = available(PYTHON, ['-c', 'import aiosmtpd'], 'python3-aiosmtpd')

const alert = {
  event: 'alert',
  id: 'c0ffee',
  instance: 'box-1',
  policy_version: 'v1',
  window_start: '2026-11-21T18:00:00.000Z',
  window_end: '2026-11-21T18:05:00.000Z',
  service: 'pay',
  alert: 'cards',
  title: 'cards: 120 findings within 5 min in service pay; the limit is 100',
  severity: 'high',
  response: 'drop',
  until: '2026-11-21T18:20:00.000Z',
}
const worse = { ...alert, id: 'decaf', severity: 'critical', title: 'leak: in service e\nvil\u202e; the limit is 3' }
const batch = { ...batchOf('json', JSON.stringify(alert), JSON.stringify(worse)), origin: ALERTS }
const people = { from: 'logveil@example.com', to: ['soc@example.com', 'you@example.com'] }

/** A real server that prints each mail that it takes. */
async function mailServer(...args: string[]): Promise<{ server: string; mails(): string }> {
  const port = await freePort()
  const flags = ['-u', '-m', 'aiosmtpd', '-n', '-l', `localhost:${port}`, ...args]
  const child = spawn(PYTHON, [...flags, '-c', 'aiosmtpd.handlers.Debugging', 'stdout'], { stdio: 'pipe' })
  let printed = ''
  child.stdout.on('data', (part) => {
    printed += part
  })
  onTestFinished(() => void child.kill())
  const { connect } = await import('node:net')
  await until(
    () =>
      new Promise<boolean>((resolve) => {
        const socket = connect(port, 'localhost', () => {
          socket.end('QUIT\r\n')
          resolve(true)
        })
        socket.once('error', () => resolve(false))
      }),
  )
  return { server: `localhost:${port}`, mails: () => printed }
}

/** A server that answers each command as it is told; `250` when it is not. */
async function rude(answers: Readonly<Record<string, string>>, asked?: string[]): Promise<string> {
  const server = createServer((socket: Socket) => {
    socket.on('error', () => {})
    onTestFinished(() => void socket.destroy())
    socket.write(answers.hello ?? '220 rude ESMTP\r\n')
    socket.on('data', (part) => {
      for (const line of part.toString().split('\r\n').slice(0, -1)) {
        const [verb] = line.split(/[ :]/)
        asked?.push(line)
        socket.write(answers[line] ?? answers[verb] ?? '250 as you like\r\n')
      }
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  return `127.0.0.1:${(server.address() as AddressInfo).port}`
}

describe.skipIf(!hasServer)('aiosmtpd', () => {
  it('takes one mail for the alerts of a batch, the worst first, on lines of their own', async () => {
    const { server, mails } = await mailServer()
    const { sink } = await startSink('mail', { server, security: 'none', ...people })
    await sink.send(batch, 'id', never)
    await sink.send(batch, 'id', never)
    await until(() => mails().split('END MESSAGE').length === 3)
    const [first, second] = mails().split('END MESSAGE')
    expect(first).toContain('From: logveil@example.com')
    expect(first).toContain('To: soc@example.com, you@example.com')
    expect(first.replaceAll(/\r?\n /g, ' ')).toContain('Subject: [logveil] critical: leak: in service e vil')
    expect(first).toContain('Auto-Submitted: auto-generated')
    expect(first).toContain('high: cards: 120 findings within 5 min in service pay; the limit is 100')
    expect(first).toContain('drop until 2026-11-21T18:20:00.000Z')
    expect(first.indexOf('critical: leak')).toBeLessThan(first.indexOf('high: cards'))
    const idOf = (mail: string) => /Message-ID: (\S+)/i.exec(mail)?.[1]
    expect(idOf(first)).toMatch(/^<[0-9a-f]{32}@logveil>$/)
    expect(idOf(second)).toBe(idOf(first))
  })

  it('is told nothing before TLS, and nothing at all with a strange certificate', async () => {
    const folder = temporaryFolder()
    makeCertificates(folder)
    const file = (name: string) => join(folder, name)
    const { server, mails } = await mailServer('--tlscert', file('server.pem'), '--tlskey', file('server.key'))
    const { sink } = await startSink('mail', { server, tls: { ca: file('ca.pem') }, ...people })
    await sink.send(batch, 'id', never)
    await until(() => mails().includes('END MESSAGE'))
    const { sink: wary } = await startSink('mail', { server, ...people })
    await expect(wary.send(batch, 'id', never)).rejects.toMatchObject({ retryable: true })
    const plain = await mailServer()
    const { sink: strict } = await startSink('mail', { server: plain.server, ...people })
    await expect(strict.send(batch, 'id', never)).rejects.toMatchObject({ retryable: true })
    expect(plain.mails()).not.toContain('MESSAGE')
  })
})

describe('a server', () => {
  it.each([
    ['that is busy', { MAIL: '451 later\r\n' }, { code: 'SINK_REFUSED', retryable: true }],
    ['that does not want it', { RCPT: '550 secret words\r\n' }, { code: 'SINK_REFUSED', retryable: false }],
    ['that is full', { DATA: '552 full\r\n' }, { code: 'SINK_REFUSED', retryable: false }],
    ['that says nothing', { hello: '' }, { code: 'SINK_TIMEOUT', retryable: true }],
  ])('%s', async (_name, answers, expected) => {
    const server = await rude(answers)
    const { sink } = await startSink('mail', { server, security: 'none', timeout_ms: 500, ...people })
    const sent = sink.send(batch, 'id', never)
    await expect(sent).rejects.toMatchObject(expected)
    await expect(sent).rejects.not.toMatchObject({ message: expect.stringContaining('secret words') })
  })

  it('that takes it for some only is asked again for the others, and says whom it never takes it for', async () => {
    const answers: Record<string, string> = { DATA: '354 go on\r\n', '.': '250 stored\r\n' }
    answers['RCPT TO:<you@example.com>'] = '450 come again\r\n'
    answers['RCPT TO:<gone@example.com>'] = '550 who?\r\n'
    const asked: string[] = []
    const server = await rude(answers, asked)
    const to = ['soc@example.com', 'you@example.com', 'gone@example.com']
    const { sink, said } = await startSink('mail', { server, security: 'none', ...people, to })
    await expect(sink.send(batch, 'id', never)).rejects.toMatchObject({ code: 'SINK_REFUSED', retryable: true })
    expect(said).toEqual([{ name: 'recipients_refused', facts: { recipients: 1 } }])
    delete answers['RCPT TO:<you@example.com>']
    asked.length = 0
    await sink.send(batch, 'id', never)
    expect(asked.filter((line) => line.startsWith('RCPT'))).toEqual(['RCPT TO:<you@example.com>'])
    expect(asked).toContain('To: soc@example.com, you@example.com, gone@example.com')
  })

  it('that is not there', async () => {
    const { sink } = await startSink('mail', { server: '127.0.0.1:9', security: 'none', ...people })
    const expected = { code: 'SINK_UNREACHABLE', retryable: true }
    await expect(sink.send(batch, 'id', never)).rejects.toMatchObject(expected)
    await expect(sink.send(batch, 'id', AbortSignal.abort())).rejects.toMatchObject({ code: 'SINK_TIMEOUT' })
    await sink.close(never)
    await expect(sink.send(batch, 'id', never)).rejects.toMatchObject({ code: 'SINK_CLOSED' })
  })
})

describe('settings', () => {
  const spec = sinks.find(({ type }) => type === 'mail')!

  it.each([
    [{ username: 'u' }, 'go together'],
    [{ username: 'u', password: 'p', security: 'none' }, 'in the clear'],
    [{ to: ['not a mailbox'] }, 'name@host'],
  ])('%j are refused', (settings, why) => {
    const result = spec.settings.safeParse({ server: '127.0.0.1:25', ...people, ...settings })
    expect(result.error?.message).toContain(why)
  })

  it('a sink that was never started closes', () =>
    makeSink('mail', { server: '127.0.0.1:9', ...people }).sink.close(never))
})
