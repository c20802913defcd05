// A mail server of a few lines, that keeps what it is sent. What it is sent are events of rules on counts.
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { onTestFinished } from 'vitest'
import { ALERTS } from '../../../src/core/plan.ts'
import { batchOf } from '../../sinks/site.ts'
import type { SinkCase } from './case.ts'

const window = { window_start: '2026-11-21T18:00:00.000Z', window_end: '2026-11-21T18:01:00.000Z' }
const event = (title: string) => ({
  event: 'alert',
  severity: 'low',
  title,
  instance: 'a',
  policy_version: 'v',
  id: 'i',
  ...window,
})

export const mail: SinkCase = {
  name: 'mail',
  type: 'mail',
  prepare: async () => {
    let stored = ''
    const ids: string[] = []
    /** Answers to DATA. */
    const answers: (string | 'silent' | 'hang up')[] = []
    const take = (socket: Socket, text: string): void => {
      ids.push(/Message-ID: (\S+)/i.exec(text)?.[1] ?? '')
      const answer = answers.shift() ?? '250 stored'
      if (answer === 'hang up') socket.destroy()
      else if (answer !== 'silent') socket.write(`${answer}\r\n`)
      // Lines of a mail may be broken.
      if (answer.startsWith('250')) stored += text.replaceAll('=\r\n', '')
    }
    const server = createServer((socket) => {
      let [text, inData] = ['', false]
      socket.on('error', () => {})
      onTestFinished(() => void socket.destroy())
      socket.write('220 test\r\n')
      socket.on('data', (part) => {
        text += part
        if (inData && text.endsWith('\r\n.\r\n')) {
          inData = false
          take(socket, text)
          text = ''
        } else if (!inData && text.endsWith('\r\n')) {
          inData = text === 'DATA\r\n'
          text = ''
          socket.write(inData ? '354 go on\r\n' : '250 yes\r\n')
        }
      })
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    onTestFinished(() => void server.close())
    const { port } = server.address() as AddressInfo
    const people = { from: 'logveil@example.com', to: ['soc@example.com'] }
    return {
      settings: { server: `127.0.0.1:${port}`, security: 'none', ...people },
      batchOf: (texts) => ({ ...batchOf('json', ...texts.map((text) => JSON.stringify(event(text)))), origin: ALERTS }),
      // A subject repeats the first one.
      stored: () => stored.replaceAll(/^Subject:.*(\r\n[ \t].*)*/gm, ''),
      trouble: {
        busy: () => answers.push('451 later'),
        refusing: () => answers.push('550 no'),
        silent: () => answers.push('silent'),
        hanging_up: () => answers.push('hang up'),
      },
      ids: () => ids,
    }
  },
}
