// A receiver that is down for minutes, without waiting for them.
import { afterEach, expect, it, vi } from 'vitest'
import { systemClock } from '../../src/core/clock.ts'
import { Lane } from '../../src/pipeline/lane.ts'
import { heapEmit } from '../pipeline/kit.ts'
import { batchOf, startSink } from './site.ts'
import { documentsIn, standIn } from './stand_in.ts'

const OUTAGE_MS = 300_000
const BATCHES = 20

afterEach(() => void vi.useRealTimers())

/** Lets what the sockets have to say be heard; their events are not timers. */
const breathe = () => new Promise((resolve) => setImmediate(resolve))

it('503 for five minutes: nothing is lost, little is sent, and all arrives afterwards', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] })
  const began_ms = performance.now()
  const isOver = () => performance.now() - began_ms > OUTAGE_MS
  const taken: unknown[] = []
  const receiver = await standIn(({ body }) => {
    if (!isOver()) return { status: 503 }
    taken.push(...documentsIn(body).map(({ n }) => n))
    return {}
  })
  const { sink } = await startSink('http', { endpoint: receiver.endpoint, connections: 1 })
  const { emit, events } = heapEmit()
  const lane = new Lane({ name: 'http', sink, required: true, optional_bytes_max: 0, emit, clock: systemClock })
  const sends = Array.from({ length: BATCHES }, (_, n) => lane.send(batchOf('json', `{"n":${n}}`), `b${n}`))
  let done = false
  const all = Promise.all(sends).then(() => {
    done = true
  })
  for (let turns = 0; !done && turns < 20_000; turns++) {
    await vi.advanceTimersByTimeAsync(200)
    await breathe()
  }
  await all
  expect(isOver()).toBe(true)
  expect(taken.sort((a, b) => Number(a) - Number(b))).toEqual(Array.from({ length: BATCHES }, (_, n) => n))
  expect(receiver.asked.length).toBeLessThan(200)
  expect(events.map(({ name }) => name)).toEqual(['sink_down', 'sink_up'])
  expect(lane.held_bytes).toBe(0)
})
