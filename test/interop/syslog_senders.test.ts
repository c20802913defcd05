// Senders of syslog that others wrote: logger of util-linux, and rsyslog over UDP, TCP in both framings and TLS with a
// certificate of its own, and with a queue that outlives us.
import { execFile } from 'node:child_process'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { until } from '../conformance/site.ts'
import { makeCertificates } from '../net/certificates.ts'
import { recordsOf, startSyslog } from '../sources/syslog/support.ts'
import { available } from './forward/run.ts'
import { feed, numbersOf, startRsyslog, upTo } from './rsyslog.ts'

const execute = promisify(execFile)
const hasLogger = available('logger', ['--version'], 'logger')
const hasRsyslog = available('rsyslogd', ['-v'], 'rsyslog')
const hasTls = hasRsyslog && available('sh', ['-c', 'ls /usr/lib/*/rsyslog/lmnsd_ossl.so'], 'rsyslog-openssl')

const BOTH = { udp: '127.0.0.1:0', tcp: '127.0.0.1:0' }
const portOf = (address: string) => address.split(':')[1]

describe.runIf(hasLogger)('logger', () => {
  const send = (address: string, ...args: string[]) =>
    execute('logger', ['-n', '127.0.0.1', '-P', portOf(address), '-t', 'shop', '-p', 'local3.warning', ...args])

  it.each([
    ['UDP, RFC 5424', ['-d', '--rfc5424'], 0],
    ['UDP, RFC 3164', ['-d', '--rfc3164'], 0],
    ['TCP, lengths', ['-T', '--rfc5424', '--octet-count'], 1],
    ['TCP, lines', ['-T', '--rfc5424'], 1],
    ['TCP, RFC 3164', ['-T', '--rfc3164'], 1],
  ])('over %s', async (_name, args, at) => {
    const { site, addresses } = await startSyslog(BOTH)
    const began_ms = Date.now()
    await send(addresses[at], ...args, '-i', 'paid by grüße@example.com "now"')
    await until(() => site.batches.length > 0, 'the message')
    const [record] = recordsOf(site)
    expect(record).toMatchObject({
      facility: 'local3',
      severity: 'warning',
      app: 'shop',
      procid: expect.stringMatching(/^\d+$/),
      host: expect.any(String),
      message: 'paid by grüße@example.com "now"',
    })
    expect(Math.abs(Date.parse(String(record.timestamp)) - began_ms)).toBeLessThan(60_000)
    expect(site.count('malformed')).toBe(0)
  })

  it('with structured data', async () => {
    const { site, addresses } = await startSyslog(BOTH)
    const data = ['--sd-id', 'order@32473', '--sd-param', 'card="4111 1111 1111 1111"', '--sd-param', 'q="a\\"b"']
    await send(addresses[1], '-T', '--rfc5424', ...data, 'text')
    await until(() => site.batches.length > 0, 'the message')
    expect(recordsOf(site)[0].structured_data).toMatchObject({
      'order@32473': { card: '4111 1111 1111 1111', q: 'a"b' },
    })
  })
})

describe.runIf(hasRsyslog && hasLogger)('rsyslog', () => {
  it.each([
    ['UDP', 'protocol="udp" template="RSYSLOG_SyslogProtocol23Format"', 0],
    [
      'TCP, lengths, RFC 5424',
      'protocol="tcp" TCP_Framing="octet-counted" template="RSYSLOG_SyslogProtocol23Format"',
      1,
    ],
    ['TCP, lines, its own format', 'protocol="tcp" template="RSYSLOG_ForwardFormat"', 1],
    ['TCP, lines, RFC 3164', 'protocol="tcp" template="RSYSLOG_TraditionalForwardFormat"', 1],
  ])('passes on over %s', async (_name, forward, at) => {
    const { site, addresses } = await startSyslog(BOTH)
    const { input } = await startRsyslog(`type="omfwd" target="127.0.0.1" port="${portOf(addresses[at])}" ${forward}`)
    await feed(input, 0, 200)
    await until(() => recordsOf(site).length >= 200, 'the messages')
    const records = recordsOf(site)
    expect(numbersOf(records)).toEqual(upTo(200))
    expect(records.every(({ app, severity }) => app === 'shop' && severity === 'info')).toBe(true)
    expect(site.count('malformed')).toBe(0)
  })

  it.runIf(hasTls)('passes on over TLS, with a certificate of its own', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'logveil-syslog-'))
    makeCertificates(folder)
    const path = (name: string) => join(folder, name)
    const tls = { cert: path('server.pem'), key: path('server.key'), ca: path('ca.pem'), verify_client: true }
    const { site, addresses } = await startSyslog({ tcp: '127.0.0.1:0', tls })
    const own = `DefaultNetstreamDriverCertFile="${path('client.pem')}"
      DefaultNetstreamDriverKeyFile="${path('client.key')}"`
    const { input } = await startRsyslog(
      `type="omfwd" target="127.0.0.1" port="${portOf(addresses[0])}" protocol="tcp"
       TCP_Framing="octet-counted" template="RSYSLOG_SyslogProtocol23Format" StreamDriver="ossl" StreamDriverMode="1"
       StreamDriverAuthMode="x509/name" StreamDriverPermittedPeers="localhost"`,
      `DefaultNetstreamDriverCAFile="${path('ca.pem')}" ${own}`,
    )
    await feed(input, 0, 100)
    await until(() => recordsOf(site).length >= 100, 'the messages')
    expect(numbersOf(recordsOf(site))).toEqual(upTo(100))
  })

  it('waits while we are not there, and while there is no room, and loses nothing', async () => {
    const first = await startSyslog({ tcp: '127.0.0.1:0' })
    const port = portOf(first.addresses[0])
    const template = 'RSYSLOG_SyslogProtocol23Format'
    const forward = `type="omfwd" target="127.0.0.1" port="${port}" protocol="tcp" template="${template}"`
    const { input } = await startRsyslog(`${forward} TCP_Framing="octet-counted"`)
    await feed(input, 0, 50)
    await until(() => recordsOf(first.site).length >= 50, 'the first messages')
    first.site.makeRoom(false)
    await feed(input, 50, 5000)
    expect(recordsOf(first.site)).toHaveLength(50)
    first.site.makeRoom(true)
    await until(() => recordsOf(first.site).length >= 5000, 'what had waited for room')
    expect(numbersOf(recordsOf(first.site))).toEqual(upTo(5000))
  })
})
