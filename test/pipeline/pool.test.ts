import { existsSync } from 'node:fs'
import { afterEach, describe, expect, test } from 'vitest'
import { Pool, type PoolOptions } from '../../src/pipeline/pool.ts'
import { BROKEN, eventually, heapEmit, lines, OBEDIENT, oncePaths, POLICY, sleep, textOf } from './kit.ts'

const once = oncePaths()
const pools: Pool[] = []

async function startPool(changes: Partial<PoolOptions> = {}) {
  const { emit, events } = heapEmit()
  const pool = new Pool({
    url: OBEDIENT,
    workers: 2,
    policy: POLICY,
    heap_mib_max: 32,
    deadline_ms: 10_000,
    emit,
    ...changes,
  })
  pools.push(pool)
  await pool.start()
  return { pool, events }
}

afterEach(async () => {
  for (const pool of pools.splice(0)) await pool.destroy()
})

describe('the pool', () => {
  test('redacts parts as one batch and leaves the parts as they were', async () => {
    const { pool } = await startPool()
    const parts = [lines('app', 'a SECRET', 'b'), lines('app', 'c SECRET')]
    const { same, counts } = await pool.run(parts, [])
    expect(textOf(same)).toBe('a ******\nb\nc ******\n')
    expect([...same.ends]).toEqual([9, 11, 20])
    expect(counts.services).toEqual([{ service: 'unknown_service', records: 3, affected: 2, dropped: 0, failures: {} }])
    expect(textOf(parts[0])).toBe('a SECRET\nb\n')
  })

  test.each([
    ['throws', '!throw', 'error'],
    ['ends', '!exit', 'exit'],
    ['hangs', '!hang', 'deadline'],
    ['runs out of memory', '!oom', 'memory'],
  ])('a worker that %s once costs nothing', async (_what, order, reason) => {
    const { pool, events } = await startPool({ deadline_ms: order === '!hang' ? 300 : 10_000 })
    const { same, counts } = await pool.run([lines('app', `${order}@${once()} SECRET`)], [])
    expect(textOf(same)).toContain('******\n')
    expect(counts.findings).toMatchObject([{ matches: 1 }])
    expect(events.filter(({ name }) => name === 'worker_lost')).toEqual([
      { name: 'worker_lost', facts: { reason, frames: 1 } },
    ])
    expect(pool.lost).toBe(1)
    await eventually(() => pool.idle === 2)
  })

  test('a batch that loses two workers is masked whole, and counted as lost', async () => {
    const { pool, events } = await startPool()
    const { same, counts } = await pool.run([lines('app', 'svc=a !throw SECRET', 'svc=b fine')], [])
    expect(textOf(same)).toMatch(/^\*+\n\*+\n$/)
    expect(counts.findings).toEqual([])
    expect(counts.services.map(({ service, failures }) => [service, failures])).toEqual([
      ['a', { worker_lost: 1 }],
      ['b', { worker_lost: 1 }],
    ])
    expect(events).toHaveLength(2)
  })

  test('a part that kills workers does not take its company with it', async () => {
    const { pool } = await startPool()
    const parts = [lines('app', 'svc=a SECRET'), lines('app', '!exit', 'x'), lines('app', 'svc=b fine')]
    const { same, also, counts } = await pool.run(parts, ['json'])
    expect(textOf(same)).toBe('svc=a ******\n*****\n*\nsvc=b fine\n')
    expect([...same.ends]).toEqual([13, 19, 21, 32])
    expect(textOf(also.json ?? same)).toBe('SVC=A ******\n*****\n*\nSVC=B FINE\n')
    expect(counts.services.map(({ service, records, failures }) => [service, records, failures])).toEqual([
      ['a', 1, {}],
      ['unknown_service', 2, { worker_lost: 2 }],
      ['b', 1, {}],
    ])
  })

  test('no event quotes what a worker threw', async () => {
    const { pool, events } = await startPool()
    await pool.run([lines('app', '!throw hush-hush')], [])
    expect(JSON.stringify(events)).not.toContain('hush')
  })

  test('a batch that can not even be masked is dropped, and counted frame by frame', async () => {
    const { pool } = await startPool()
    const { same, also, counts } = await pool.run([lines('app', '!exit !unmaskable', 'b', 'c')], ['json'])
    expect(same.bytes).toHaveLength(0)
    expect(also.json?.bytes).toHaveLength(0)
    expect(counts.services[0].failures).toEqual({ worker_lost: 3 })
    expect(pool.lost).toBe(3)
  })

  test('on_error drop drops', async () => {
    const { pool } = await startPool({ policy: { ...POLICY, on_error: 'drop' } })
    const { same, counts } = await pool.run([lines('app', '!exit', 'b')], [])
    expect(same.bytes).toHaveLength(0)
    expect(counts.services[0].failures).toEqual({ worker_lost: 2 })
    expect(pool.lost).toBe(2)
  })

  test('a hanging batch does not disturb the one beside it', async () => {
    const { pool } = await startPool({ deadline_ms: 1_000 })
    const hung = pool.run([lines('app', '!hang')], [])
    const beside = await pool.run([lines('app', '!sleep:600 SECRET')], [])
    expect(textOf(beside.same)).toContain('******')
    await hung
    expect(pool.lost).toBe(2)
  })

  test('time in the queue does not count against the deadline', async () => {
    const { pool } = await startPool({ workers: 1, deadline_ms: 700 })
    const runs = Array.from({ length: 7 }, () => pool.run([lines('app', '!sleep:150 SECRET')], []))
    await Promise.all(runs)
    expect(pool.lost).toBe(0)
  })

  test('a larger batch gets more time', async () => {
    const { pool } = await startPool({ deadline_ms: 500 })
    const large = lines('app', `!sleep:700 ${'x'.repeat(3_000_000)}`)
    await pool.run([large], [])
    expect(pool.lost).toBe(0)
  })

  test('a thread killed in the middle of a batch costs nothing and comes back', async () => {
    const { pool } = await startPool({ workers: 1 })
    const begun = once()
    const run = pool.run([lines('app', `!sleep:9000@${begun} SECRET`)], [])
    await eventually(() => existsSync(begun))
    await pool.threads[0].terminate()
    expect(textOf((await run).same)).toContain('******')
    await eventually(() => pool.idle === 1)
  })

  test('threads killed again and again, even while they start, come back', async () => {
    const { pool } = await startPool()
    const runs: Promise<unknown>[] = []
    for (let round = 0; round < 10; round++) {
      if (pool.idle > 0) runs.push(pool.run([lines('app', 'SECRET')], []))
      for (const thread of pool.threads) void thread.terminate()
      await sleep(15)
    }
    await Promise.all(runs)
    const { same } = await pool.run([lines('app', 'SECRET')], [])
    expect(textOf(same)).toBe('******\n')
  })

  test('a retry finds the idle worker though others wait already', async () => {
    const { pool } = await startPool({ workers: 1 })
    const runs = Array.from({ length: 4 }, () => pool.run([lines('app', `!throw@${once()} SECRET`)], []))
    for (const { same } of await Promise.all(runs)) expect(textOf(same)).toContain('******')
    expect(pool.lost).toBe(4)
  })

  test('threads that died before they were ready are replaced though nothing is to do', async () => {
    const { pool } = await startPool()
    for (let round = 0; round < 30; round++) {
      for (const thread of pool.threads) void thread.terminate()
      await sleep(5)
    }
    await eventually(() => pool.idle === 2)
  })

  test('is warm when it has started', async () => {
    const begun = performance.now()
    const { pool } = await startPool()
    const warm = performance.now()
    await pool.run([lines('app', 'SECRET')], [])
    expect(pool.idle).toBe(2)
    expect(warm - begun).toBeLessThan(5_000)
    expect(performance.now() - warm).toBeLessThan(1_000)
  })

  test('workers that do not come up fail the start', async () => {
    await expect(startPool({ url: BROKEN })).rejects.toMatchObject({ code: 'INTERNAL' })
  })

  test('what is under way when it is destroyed is rejected, not failed closed', async () => {
    const { pool } = await startPool({ workers: 1 })
    const running = pool.run([lines('app', '!sleep:2000')], [])
    const queued = pool.run([lines('app', 'b')], [])
    const both = Promise.allSettled([running, queued])
    await sleep(50)
    await pool.destroy()
    for (const end of await both) expect(end).toMatchObject({ status: 'rejected', reason: { code: 'STOPPING' } })
  })
})
