// A syslog server over TCP that keeps what it is sent. It answers nothing, so it can refuse nothing either.
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { onTestFinished } from 'vitest'
import { batchOf } from '../../sinks/site.ts'
import { pause } from '../site.ts'
import type { SinkCase } from './case.ts'

export const syslog: SinkCase = {
  name: 'syslog',
  troubles: [],
  type: 'syslog',
  prepare: async () => {
    let read = ''
    const sockets: Socket[] = []
    const server = createServer((socket) => {
      sockets.push(socket)
      socket.on('error', () => {})
      socket.on('data', (part) => {
        read += part
      })
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    onTestFinished(() => {
      for (const socket of sockets) socket.destroy()
      server.close()
    })
    return {
      settings: { server: `127.0.0.1:${(server.address() as AddressInfo).port}` },
      batchOf: (texts) => batchOf('json', ...texts.map((text) => `{"log":"${text}"}\n`)),
      // What the system has taken has still to come to the server.
      stored: () => pause(100).then(() => read),
      trouble: {},
    }
  },
}
