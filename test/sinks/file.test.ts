import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { describe, expect, it, onTestFinished } from 'vitest'
import { batchOf, makeSink, never, run, startSink, temporaryFolder, until } from './site.ts'

const ROTATED = /^logs-\d{8}T\d{6}Z-\d{6}\.ndjson$/

function read(path: string): string {
  return readFileSync(path, 'utf8')
}

describe('the file sink', () => {
  it('writes one line a record, makes its folder, and lets no stranger read', async () => {
    const path = join(temporaryFolder(), 'deep', 'er', 'logs.ndjson')
    const { sink } = await startSink('file', { path })
    await sink.send(batchOf('json', '{"a":1}\n', '{"b":2}', '{\n  "c": 3\n}\n'), '1', never)
    await sink.send(batchOf('text', 'no end', 'end\n', ''), '2', never)
    expect(read(path)).toBe('{"a":1}\n{"b":2}\n{   "c": 3 }\nno end\nend\n\n')
    expect(statSync(path).mode & 0o777).toBe(0o640)
  })

  it('keeps the original encoding when asked', async () => {
    const path = join(temporaryFolder(), 'logs.bin')
    const { sink } = await startSink('file', { path, encoding: 'original' })
    expect(sink.accepts).toEqual(['msgpack', 'json', 'text'])
    const frame = Uint8Array.of(0x92, 0xa1, 0x61, 0xc6, 0, 0, 0, 0)
    await sink.send(batchOf('msgpack', frame, frame), '1', never)
    await sink.send(batchOf('json', '{\n}'), '2', never)
    expect(readFileSync(path)).toEqual(Buffer.concat([frame, frame, Buffer.from('{\n}\n')]))
  })

  it.each(['always', 'interval', 'never'])('keeps the order of many sends at once, sync %s', async (sync) => {
    const path = join(temporaryFolder(), 'logs.ndjson')
    const { sink } = await startSink('file', { path, sync, sync_ms: 20 })
    const numbers = Array.from({ length: 500 }, (_, at) => at)
    await Promise.all(numbers.map((at) => sink.send(batchOf('json', `{"n":${at}}\n`), String(at), never)))
    expect(read(path)).toBe(numbers.map((at) => `{"n":${at}}\n`).join(''))
  })

  it('cuts off a torn last line at start, and says so', async () => {
    const path = join(temporaryFolder(), 'logs.ndjson')
    writeFileSync(path, `{"a":1}\n${'x'.repeat(200_000)}`)
    const { sink, said } = await startSink('file', { path })
    expect(said).toEqual([{ name: 'torn_line_cut', facts: { bytes: 200_000 } }])
    await sink.send(batchOf('json', '{"b":2}\n'), '1', never)
    expect(read(path)).toBe('{"a":1}\n{"b":2}\n')
  })

  it('rotates by size without splitting a batch, and keeps what it is told to', async () => {
    const folder = temporaryFolder()
    const path = join(folder, 'logs.ndjson')
    writeFileSync(join(folder, 'logs-other.ndjson'), 'not ours')
    const { sink } = await startSink('file', { path, rotate_bytes: 1024, keep: 3 })
    const line = (at: number) => `{"n":${String(at).padStart(2, '0')},"fill":"${'x'.repeat(380)}"}\n`
    for (let at = 0; at < 20; at++) await sink.send(batchOf('json', line(at)), String(at), never)
    await sink.close(never)
    const rotated = readdirSync(folder).filter((name) => ROTATED.test(name))
    expect(rotated.map((name) => name.slice(-13, -7))).toEqual(['000007', '000008', '000009'])
    expect(rotated.map((name) => read(join(folder, name))).join('') + read(path)).toBe(
      [12, 13, 14, 15, 16, 17, 18, 19].map(line).join(''),
    )
    expect(existsSync(join(folder, 'logs-other.ndjson'))).toBe(true)
  })

  it('rotates when many sends wait together', async () => {
    const folder = temporaryFolder()
    const { sink } = await startSink('file', { path: join(folder, 'logs.ndjson'), rotate_bytes: 1024 })
    const line = `${'x'.repeat(299)}\n`
    await Promise.all(Array.from({ length: 40 }, (_, at) => sink.send(batchOf('text', line), String(at), never)))
    await sink.close(never)
    const sizes = readdirSync(folder).map((name) => statSync(join(folder, name)).size)
    expect(sizes.reduce((sum, size) => sum + size)).toBe(40 * 300)
    expect(Math.max(...sizes)).toBeLessThanOrEqual(1024)
  })

  it('rotates by age, also when nothing comes', async () => {
    const folder = temporaryFolder()
    const { sink } = await startSink('file', { path: join(folder, 'logs.ndjson'), rotate_ms: 1000 })
    await sink.send(batchOf('text', 'old\n'), '1', never)
    await until(() => readdirSync(folder).some((name) => ROTATED.test(name)))
    await sink.send(batchOf('text', 'new\n'), '2', never)
    expect(read(join(folder, 'logs.ndjson'))).toBe('new\n')
  })

  it('compresses what it rotated, and finishes what an ended process began', async () => {
    const folder = temporaryFolder()
    const left = join(folder, 'logs-20261121T150000Z-000004.ndjson')
    writeFileSync(left, 'left behind\n')
    writeFileSync(`${left}.gz.tmp`, 'half')
    const { sink } = await startSink('file', { path: join(folder, 'logs.ndjson'), rotate_bytes: 1024, gzip: true })
    await until(() => existsSync(`${left}.gz`) && !existsSync(left))
    expect(gunzipSync(readFileSync(`${left}.gz`)).toString()).toBe('left behind\n')
    await sink.send(batchOf('text', `${'x'.repeat(1000)}\n`), '1', never)
    await sink.send(batchOf('text', `${'y'.repeat(1000)}\n`), '2', never)
    await sink.close(never)
    const names = readdirSync(folder).sort()
    expect(names).toEqual([
      left.slice(folder.length + 1).concat('.gz'),
      expect.stringMatching(/-000005.ndjson.gz$/),
      'logs.ndjson',
    ])
    expect(gunzipSync(readFileSync(join(folder, names[1]))).toString()).toBe(`${'x'.repeat(1000)}\n`)
  })

  it('begins a new file when somebody moved the old one away', async () => {
    const folder = temporaryFolder()
    const path = join(folder, 'logs.ndjson')
    const { sink, said } = await startSink('file', { path })
    await sink.send(batchOf('text', 'one\n'), '1', never)
    renameSync(path, `${path}.1`)
    await until(() => said.some(({ name }) => name === 'file_reopened'))
    await sink.send(batchOf('text', 'two\n'), '2', never)
    expect([read(`${path}.1`), read(path)]).toEqual(['one\n', 'two\n'])
  })

  it('refuses to start where it can not write', async () => {
    const { sink } = makeSink('file', { path: '/proc/nowhere/logs.ndjson' })
    await expect(sink.start()).rejects.toMatchObject({ code: 'FILE_WRITE' })
  })

  it('takes nothing after close, and may be closed twice or before its start', async () => {
    const path = join(temporaryFolder(), 'logs.ndjson')
    const { sink } = makeSink('file', { path })
    await sink.close(never)
    await sink.close(never)
    await expect(sink.send(batchOf('text', 'x'), '1', never)).rejects.toMatchObject({ code: 'SINK_CLOSED' })
  })

  it('writes what was sent before close', async () => {
    const path = join(temporaryFolder(), 'logs.ndjson')
    const { sink } = await startSink('file', { path })
    const sent = [1, 2, 3].map((at) => sink.send(batchOf('text', `${at}\n`), String(at), never))
    await sink.close(never)
    await Promise.all(sent)
    expect(read(path)).toBe('1\n2\n3\n')
  })

  it('gives up a batch whose sender has given up', async () => {
    const path = join(temporaryFolder(), 'logs.ndjson')
    const { sink } = await startSink('file', { path })
    const first = sink.send(batchOf('text', 'first\n'), '1', never)
    const second = sink.send(batchOf('text', 'second\n'), '2', AbortSignal.abort())
    await expect(second).rejects.toMatchObject({ code: 'SINK_TIMEOUT', retryable: true })
    await first
    expect(read(path)).toBe('first\n')
  })
})

describe('a full disk', () => {
  function smallDisk(): string | null {
    const folder = join(temporaryFolder(), 'disk')
    mkdirSync(folder)
    try {
      run('mount', '-t', 'tmpfs', '-o', 'size=256k', 'tmpfs', folder)
    } catch {
      return null
    }
    onTestFinished(() => run('umount', '-l', folder))
    return folder
  }

  it('keeps whole batches only, and goes on when there is room again', async (context) => {
    const folder = smallDisk()
    if (folder === null) return context.skip('needs the right to mount')
    const path = join(folder, 'logs.ndjson')
    const ballast = join(folder, 'ballast')
    writeFileSync(ballast, Buffer.alloc(60_000))
    const { sink } = await startSink('file', { path })
    const line = (at: number) => `{"n":${at},"fill":"${'x'.repeat(40_000)}"}\n`
    const stored: number[] = []
    let failed = -1
    for (let at = 0; failed < 0; at++) {
      await sink.send(batchOf('json', line(at)), String(at), never).then(
        () => stored.push(at),
        (error) => {
          expect(error).toMatchObject({ code: 'FILE_WRITE', retryable: true })
          expect(error.message).toContain('ENOSPC')
          expect(error.message).not.toContain('xxx')
          failed = at
        },
      )
    }
    expect(stored.length).toBeGreaterThan(3)
    expect(read(path)).toBe(stored.map(line).join(''))
    // Somebody makes room, and the retry of the same batch is stored once.
    unlinkSync(ballast)
    await sink.send(batchOf('json', line(failed)), String(failed), never)
    expect(read(path)).toBe([...stored, failed].map(line).join(''))
  })

  it('is retryable on /dev/full', async () => {
    const { sink } = await startSink('file', { path: '/dev/full', sync: 'never' })
    const sent = sink.send(batchOf('text', 'x\n'), '1', never)
    await expect(sent).rejects.toMatchObject({ code: 'FILE_WRITE', retryable: true })
  })
})
