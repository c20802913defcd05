// A pipe to a real reader stands for standard output, which belongs to the process of the tests.
import { spawn } from 'node:child_process'
import { onTestFinished } from 'vitest'
import { StreamSink } from '../../../src/sinks/stdout.ts'
import { batchOf } from '../../sinks/site.ts'
import { pause } from '../site.ts'
import type { SinkCase } from './case.ts'

export const stdout: SinkCase = {
  name: 'stdout',
  troubles: [],
  type: 'stdout',
  prepare: () => {
    const reader = spawn('cat', { stdio: ['pipe', 'pipe', 'ignore'] })
    onTestFinished(() => void reader.kill())
    let read = ''
    reader.stdout.on('data', (part) => {
      read += part
    })
    return {
      settings: {},
      create: () => new StreamSink(reader.stdin),
      batchOf: (texts) => batchOf('json', ...texts.map((text) => `{"log":"${text}"}\n`)),
      // What it wrote has still to come through the reader.
      stored: () => pause(50).then(() => read),
      trouble: {},
    }
  },
}
