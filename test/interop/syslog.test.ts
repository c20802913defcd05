// The syslog sink against the servers that people have: rsyslog and syslog-ng.
import { describe, expect, it } from 'vitest'
import { makeCertificates } from '../net/certificates.ts'
import { batchOf, never, startSink, temporaryFolder, until } from '../sinks/site.ts'
import { hasRsyslog, hasSyslogNg, rsyslog, syslogNg, type Transport } from './syslog/servers.ts'

const records = ['{"log":"Grüße, \\"you\\" 1"}\n', '{"log":"two\\nlines"}\n', '{\n "laid": "out"\n}', 'plain text\n']
const arrived = ['{"log":"Grüße, \\"you\\" 1"}', '{"log":"two\\nlines"}', '{  "laid": "out" }', 'plain text']
const batch = batchOf('json', ...records)

describe.each([
  ['rsyslog', rsyslog, hasRsyslog],
  ['syslog-ng', syslogNg, hasSyslogNg],
])('%s', (_name, start, isThere) => {
  it.skipIf(!isThere).each<[Transport]>([['tcp'], ['udp'], ['tls']])(
    'takes every message over %s, with its header',
    async (transport) => {
      const certificates = temporaryFolder()
      if (transport === 'tls') makeCertificates(certificates)
      const server = await start({ transport, ...(transport === 'tls' ? { certificates } : {}) })
      const { sink } = await startSink('syslog', {
        server: `localhost:${server.port}`,
        ...(transport === 'udp' ? { transport, server: `127.0.0.1:${server.port}` } : {}),
        ...(transport === 'tls' ? { tls: { ca: `${certificates}/ca.pem` } } : {}),
        facility: 'local3',
        severity: 'warning',
        hostname: 'box-1',
      })
      await sink.send(batch, 'id', never)
      await until(() => server.messages().length >= 4)
      const head = { pri: String(19 * 8 + 4), host: 'box-1', app: 'logveil', msgid: '-' }
      expect(server.messages().map(({ msg }) => msg.trim())).toEqual(arrived)
      expect(server.messages()[0]).toMatchObject({ ...head, msgid: expect.any(String) })
    },
  )
})
