import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { expect, it } from 'vitest'
import { StreamSink } from '../../src/sinks/stdout.ts'
import { batchOf, never } from './site.ts'

it('writes lines, and resolves when the reader has made room for them', async () => {
  const cat = spawn('cat', { stdio: ['pipe', 'pipe', 'ignore'] })
  const sink = new StreamSink(cat.stdin)
  await sink.start()
  const line = `{"fill":"${'x'.repeat(200_000)}"}`
  let sent = 0
  // Nobody reads `cat` yet: its pipes fill up, and a send stays pending.
  const sends = [1, 2, 3, 4].map((at) => sink.send(batchOf('json', line), String(at), never).then(() => sent++))
  await new Promise((resolve) => setTimeout(resolve, 200))
  expect(sent).toBeLessThan(4)
  const read: Buffer[] = []
  cat.stdout.on('data', (part) => read.push(part))
  await Promise.all(sends)
  await sink.send(batchOf('text', 'last', ''), '5', never)
  await sink.close(never)
  cat.stdin.end()
  await once(cat.stdout, 'end')
  expect(Buffer.concat(read).toString()).toBe([line, line, line, line, 'last', '', ''].join('\n'))
})

it('says that the reader is gone, each time, and the process stays up', async () => {
  const gone = spawn('true', { stdio: ['pipe', 'ignore', 'ignore'] })
  await once(gone, 'exit')
  const sink = new StreamSink(gone.stdin)
  await sink.start()
  for (const id of ['1', '2']) {
    const sent = sink.send(batchOf('json', '{}\n'), id, never)
    await expect(sent).rejects.toMatchObject({ name: 'SinkError', code: 'SINK_UNREACHABLE', retryable: false })
  }
})

it('takes nothing after close', async () => {
  const sink = new StreamSink(process.stdout)
  await sink.close(never)
  await expect(sink.send(batchOf('json', '{}'), '1', never)).rejects.toMatchObject({ code: 'SINK_CLOSED' })
})
