import { describe, expect, test } from 'vitest'
import { systemClock } from '../../src/core/clock.ts'
import { SinkError } from '../../src/core/errors.ts'
import { BACKOFF_MS_MAX, BACKOFF_MS_MIN, backoff_ms, Lane } from '../../src/pipeline/lane.ts'
import { HeapSink, heapEmit, lines, sleep, textOf } from './kit.ts'

const down = () => new SinkError('SINK_UNREACHABLE', 'test', true)
const refused = () => new SinkError('SINK_REFUSED', 'test', false)

function makeLane(sink: HeapSink, required = true, optional_bytes_max = 100) {
  const { emit, events } = heapEmit()
  const lane = new Lane({ name: 'store', sink, required, optional_bytes_max, emit, clock: systemClock })
  return { lane, events, names: () => events.map(({ name }) => name) }
}

describe('the lane of a sink', () => {
  test('begins sends in order, several at once, and resolves each by its own fate', async () => {
    const releases: (() => void)[] = []
    const sink = new HeapSink(() => new Promise<void>((resolve) => releases.push(resolve)))
    const { lane } = makeLane(sink)
    const done: string[] = []
    for (const id of ['1', '2', '3']) void lane.send(lines('a', id), id).then(() => done.push(id))
    expect(sink.begun).toEqual(['1', '2', '3'])
    releases[2]()
    await sleep(1)
    expect(done).toEqual(['3'])
  })

  test('retries for ever, keeps the order, and sends a repeat under the same id', async () => {
    let failures = 5
    const sink = new HeapSink(() => {
      if (failures-- > 0) throw down()
    })
    const { lane, names } = makeLane(sink)
    await Promise.all(['1', '2', '3'].map((id) => lane.send(lines('a', id), id)))
    expect(sink.text().split('\n').sort().join('')).toBe('123')
    expect(names()).toEqual(['sink_down', 'sink_up'])
    expect(lane.counts.retries).toBe(5)
  })

  test('says that nobody looks at the bytes any more: of a first send, when the sink lets go', async () => {
    let failures = 1
    const sink = new HeapSink((_batch, id) => {
      if (id === 'again' && failures-- > 0) throw down()
    })
    const { lane } = makeLane(sink)
    expect(await lane.send(lines('a', '1'), 'kept')).toBe(false)
    sink.lets_go = true
    expect(await lane.send(lines('a', '2'), 'let go')).toBe(true)
    // The first attempt may still be on its way out of some socket.
    expect(await lane.send(lines('a', '3'), 'again')).toBe(false)
  })

  test('does not begin new sends while the sink is down', async () => {
    let up = false
    const sink = new HeapSink(() => {
      if (!up) throw down()
    })
    const { lane } = makeLane(sink)
    const sends = [lane.send(lines('a', '1'), '1')]
    await sleep(1)
    expect(lane.up).toBe(false)
    for (const id of ['2', '3', '4']) sends.push(lane.send(lines('a', id), id))
    await sleep(50)
    expect(new Set(sink.begun)).toEqual(new Set(['1']))
    up = true
    await Promise.all(sends)
    expect(sink.text()).toBe('1\n2\n3\n4\n')
  })

  test('waits as long as a receiver asks for, and no longer than the limit', async () => {
    const asked = [500, Number.POSITIVE_INFINITY, 0]
    const sink = new HeapSink(() => {
      const next_ms = asked.shift()
      if (next_ms !== undefined) throw new SinkError('SINK_REFUSED', 'test', true, undefined, next_ms)
    })
    const { lane } = makeLane(sink)
    const began_ms = systemClock.steady_ms()
    const sent = lane.send(lines('a', '1'), '1')
    await sleep(400)
    expect(sink.begun).toHaveLength(1)
    while (sink.begun.length < 2) await sleep(5)
    expect(systemClock.steady_ms() - began_ms).toBeGreaterThan(490)
    // Now for the limit, which is minutes: the lane ends before.
    lane.stop()
    await expect(sent).rejects.toMatchObject({ code: 'STOPPING' })
    expect(sink.begun).toHaveLength(2)
  })

  test('a batch that the sink never takes does not block the others for ever', async () => {
    const sink = new HeapSink((_batch, id) => {
      if (id === 'poison') throw new SinkError('SINK_TIMEOUT', 'test', true)
    })
    const { lane } = makeLane(sink)
    void lane.send(lines('a', 'x'), 'poison').catch(() => {})
    await sleep(1)
    await Promise.all(['2', '3', '4'].map((id) => lane.send(lines('a', id), id)))
    expect(sink.taken).toHaveLength(3)
    lane.stop()
  })

  test('a refusal rejects that batch alone', async () => {
    const sink = new HeapSink((_batch, id) => {
      if (id === '1') throw refused()
    })
    const { lane, names } = makeLane(sink)
    await expect(lane.send(lines('a', '1'), '1')).rejects.toMatchObject({ code: 'SINK_REFUSED' })
    await lane.send(lines('a', '2'), '2')
    expect(names()).toEqual(['sink_refused'])
  })

  test('a defect of a sink is tried again: nothing is lost by it', async () => {
    let calls = 0
    const sink = new HeapSink(() => {
      if (calls++ === 0) throw new TypeError('a defect')
    })
    await makeLane(sink).lane.send(lines('a', '1'), '1')
    expect(sink.taken).toHaveLength(1)
  })

  test('a sink that is not required holds so many bytes and no more; the rest is dropped and counted', async () => {
    const sink = new HeapSink(() => new Promise<void>(() => {}))
    const { lane, events } = makeLane(sink, false, 2_200)
    const ends = Array.from({ length: 5 }, (_, n) => lane.send(lines('a', 'x'.repeat(39)), String(n)))
    const settled = Promise.allSettled(ends)
    await sleep(1)
    expect(lane.counts.dropped_batches).toBe(3)
    expect(lane.pending).toBe(2)
    expect(events[0]).toMatchObject({ name: 'batch_dropped', facts: { bytes: 40, frames: 1 } })
    lane.stop()
    expect((await settled).every(({ status }) => status === 'rejected')).toBe(true)
  })

  test('a batch larger than the bound still goes when nothing else waits', async () => {
    const sink = new HeapSink()
    await makeLane(sink, false, 10).lane.send(lines('a', 'x'.repeat(50)), '1')
    expect(textOf(sink.taken[0].batch)).toHaveLength(51)
  })

  test('after the end sends are rejected, and the signal of those under way is aborted', async () => {
    const signals: AbortSignal[] = []
    const sink = new HeapSink((_batch, _id, signal) => {
      signals.push(signal)
      return new Promise<void>(() => {})
    })
    const { lane } = makeLane(sink)
    const pending = lane.send(lines('a', '1'), '1')
    lane.stop()
    await expect(pending).rejects.toMatchObject({ code: 'STOPPING' })
    await expect(lane.send(lines('a', '2'), '2')).rejects.toMatchObject({ code: 'STOPPING' })
    expect(signals[0].aborted).toBe(true)
  })

  test('backoff doubles from 100 ms to 10 s, anywhere below that', () => {
    for (let failures = 0; failures < 40; failures++) {
      const most = Math.min(BACKOFF_MS_MAX, BACKOFF_MS_MIN * 2 ** failures)
      for (let n = 0; n < 50; n++) expect(backoff_ms(failures)).toBeLessThanOrEqual(most)
    }
    const high = Array.from({ length: 200 }, () => backoff_ms(30))
    expect(Math.max(...high)).toBeGreaterThan(BACKOFF_MS_MAX / 2)
  })
})
