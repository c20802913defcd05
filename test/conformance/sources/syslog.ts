// Senders of syslog: datagrams, and streams in both framings.
import { createSocket } from 'node:dgram'
import { connect } from 'node:net'
import type { SourceCase } from './case.ts'

const HEAD = '<13>1 2026-11-21T15:00:00Z host app - - - '
const NO_ANSWERS = 'syslog has no answers'

type Framing = (message: string) => string
const byOctets: Framing = (message) => `${message.length} ${message}`
const byLines: Framing = (message) => `${message}\n`

/** A length that is too large, digits without end, a line without one, and a priority that is none. */
const nonsenseWith = (secret: string): string[] => [
  `999999999 <13>${secret}`,
  `${'9'.repeat(50)}${secret}`,
  `<999>${secret}`,
  `17 <13>1 ${secret} xx`,
  `<13>1 \xff${secret}${'x'.repeat(200_000)}`,
]

function stream(name: string, frame: Framing): SourceCase {
  const write = (address: string, text: string): Promise<boolean> =>
    new Promise((resolve) => {
      const [host, port] = address.split(':')
      const socket = connect({ host, port: Number(port) }, () => socket.end(text, 'latin1', () => resolve(true)))
      socket.on('error', () => resolve(false))
      socket.resume()
    })
  return {
    name: `syslog over TCP, ${name}`,
    type: 'syslog',
    hasNoAck: NO_ANSWERS,
    prepare: () => ({
      settings: { tcp: '127.0.0.1:0' },
      send: (texts, [address]) => write(address, texts.map((text) => frame(HEAD + text)).join('')),
      async sendNonsense(secret, [address]) {
        for (const text of nonsenseWith(secret)) await write(address, text)
      },
      clash: ([address]) => ({ tcp: address }),
    }),
  }
}

const datagrams: SourceCase = {
  name: 'syslog over UDP',
  type: 'syslog',
  hasNoAck: NO_ANSWERS,
  prepare: () => {
    const sendAll = async (texts: readonly string[], address: string): Promise<boolean> => {
      const [host, port] = address.split(':')
      const socket = createSocket('udp4')
      for (const text of texts) {
        await new Promise((resolve) => socket.send(Buffer.from(text, 'latin1'), Number(port), host, resolve))
      }
      socket.close()
      return true
    }
    return {
      settings: { udp: '127.0.0.1:0' },
      send: (texts, [address]) =>
        sendAll(
          texts.map((text) => HEAD + text),
          address,
        ),
      async sendNonsense(secret, [address]) {
        await sendAll(['', ...nonsenseWith(secret).map((text) => text.slice(0, 60_000))], address)
      },
      clash: ([address]) => ({ udp: address }),
    }
  },
}

export const syslogCases: readonly SourceCase[] = [
  stream('lengths before messages', byOctets),
  stream('lines', byLines),
  datagrams,
]
