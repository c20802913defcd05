// A real pipe stands for standard input, which belongs to the process of the tests.
import { spawn } from 'node:child_process'
import { onTestFinished } from 'vitest'
import { StreamSource, stdin as spec } from '../../../src/sources/stdin.ts'
import type { SourceCase } from './case.ts'

export const stdin: SourceCase = {
  name: 'stdin',
  type: 'stdin',
  takesNoPlace: true,
  hasNoAck: 'a pipe has no answers',
  prepare: () => {
    const writer = spawn('cat', { stdio: ['pipe', 'pipe', 'ignore'] })
    onTestFinished(() => void writer.kill())
    writer.stdin.on('error', () => {})
    const write = (bytes: string): Promise<boolean> =>
      new Promise((resolve) => writer.stdin.write(Buffer.from(bytes, 'latin1'), (error) => resolve(!error)))
    return {
      settings: {},
      create: (settings, site) => new StreamSource(spec.settings.parse(settings), site, writer.stdout),
      send: (texts) => write(texts.map((text) => `${text}\n`).join('')),
      async sendNonsense(secret) {
        await write(`\0\x01${secret}\0\xff\n${secret}\xff\n{"${secret}\n`)
        await write(`${secret.repeat(100_000)}\n`)
      },
    }
  },
}
