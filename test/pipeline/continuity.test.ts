// The batches of an origin are inspected as if they were one, whatever workers do meanwhile.
import { setImmediate as turn } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import type { Batch } from '../../src/core/batch.ts'
import { Continuity } from '../../src/pipeline/continuity.ts'
import type { Surroundings } from '../../src/pipeline/pool.ts'
import type { Carry, OpenBlock, OpenLine, WorkerResult } from '../../src/worker/types.ts'
import { eventually, HandClock, lines, sleep, textOf } from './kit.ts'

interface Task {
  text: string
  around: Surroundings
  /** Answers; `waits` is what a worker says that has to know more. */
  resolve(carry?: Carry, waits?: boolean): void
  reject(error: Error): void
}

const BLOCK: OpenBlock = {
  stream: 's',
  rule: 0,
  confidence: 2,
  words: 0,
  isMidLine: false,
  lines: 0,
  weak: 0,
  strange: 0,
  touched_ms: 0,
}

const LINE: OpenLine = { stream: 's', path: '', id: '', tail: Uint8Array.of(1), isMasked: false, touched_ms: 0 }

const OPEN: Carry = { blocks: [BLOCK], lines: [LINE] }

/** Workers that answer when the test says so. */
function handPool() {
  const tasks: Task[] = []
  const run = (batches: readonly Batch[], _also: unknown, around: Surroundings) =>
    new Promise<WorkerResult>((resolve, reject) => {
      const { bytes, ends } = batches[0]
      const result = { same: { bytes, ends }, also: {}, counts: { findings: [], services: [] }, worked_ms: 1 }
      const answer = (carry?: Carry, waits = false) => resolve({ ...result, carry, waits })
      tasks.push({ text: textOf(batches[0]).trim(), around, resolve: answer, reject })
    })
  const clock = new HandClock(0)
  const continuity = new Continuity({ pool: { run: run as never }, clock, hold_ms: 100 })
  const told: string[] = []
  const take = (origin: string, text: string) => {
    continuity.run([lines(origin, text)], [], {
      done: ({ worked_ms }) => told.push(`${text}:${worked_ms}`),
      failed: ({ message }) => told.push(`${text}:${message}`),
    })
  }
  const nextOf = (task: Task) => task.around.next?.map((batch) => textOf(batch).trim())
  return { tasks, clock, told, take, continuity, nextOf }
}

describe('batches of one origin', () => {
  test('leave in the order in which they came, each origin for itself', async () => {
    const { tasks, told, take } = handPool()
    for (const [origin, text] of ['a1', 'a2', 'b1'].map((text) => [text[0], text])) take(origin, text)
    tasks[1].resolve()
    tasks[2].resolve()
    await turn()
    expect(told).toEqual(['b1:1'])
    tasks[0].reject(new Error('lost'))
    await turn()
    expect(told).toEqual(['b1:1', 'a1:lost', 'a2:1'])
  })

  test('are inspected once while nothing is open', async () => {
    const { tasks, told, take } = handPool()
    for (const text of ['a1', 'a2', 'a3']) take('a', text)
    for (const task of [...tasks]) task.resolve()
    await turn()
    expect(told).toEqual(['a1:1', 'a2:1', 'a3:1'])
    expect(tasks).toHaveLength(3)
  })

  test('one is inspected again when the batch before it left something open', async () => {
    const { tasks, told, take } = handPool()
    take('a', 'a1')
    take('a', 'a2')
    tasks[1].resolve()
    tasks[0].resolve(OPEN)
    await turn()
    expect(told).toEqual(['a1:1'])
    expect(tasks[2]).toMatchObject({ text: 'a2', around: { carry: OPEN } })
    tasks[2].resolve()
    await turn()
    expect(told).toEqual(['a1:1', 'a2:2'])
  })

  test('what is left open and not touched costs nothing more', async () => {
    const { tasks, told, take } = handPool()
    take('a', 'a1')
    tasks[0].resolve(OPEN)
    await turn()
    for (const text of ['a2', 'a3']) take('a', text)
    for (const task of tasks.slice(1)) {
      expect(task.around.carry).toEqual(OPEN)
      task.resolve({ blocks: [{ ...BLOCK }], lines: [{ ...LINE, tail: Uint8Array.of(1) }] })
    }
    await turn()
    expect(told).toEqual(['a1:1', 'a2:1', 'a3:1'])
  })

  test('what nobody goes on with is over after a while', async () => {
    const { tasks, clock, take } = handPool()
    take('a', 'a1')
    tasks[0].resolve(OPEN)
    await turn()
    clock.pass(10_000)
    take('a', 'a2')
    expect(tasks[1].around.carry).toBeDefined()
    clock.pass(1)
    take('a', 'a3')
    expect(tasks[2].around.carry).toBeUndefined()
  })

  test('one that was lost for good does not keep the others', async () => {
    const { tasks, told, take } = handPool()
    for (const text of ['a1', 'a2', 'a3']) take('a', text)
    tasks[0].resolve(OPEN)
    tasks[1].resolve()
    tasks[2].resolve()
    await turn()
    tasks[3].reject(new Error('closed'))
    await turn()
    tasks[4].resolve()
    await turn()
    expect(told).toEqual(['a1:1', 'a2:closed', 'a3:2'])
  })
})

describe('a batch with a line that goes on', () => {
  test('waits for the next batch, and is inspected again with it in sight', async () => {
    const { tasks, told, take, nextOf } = handPool()
    take('a', 'a1')
    tasks[0].resolve(undefined, true)
    await sleep(20)
    expect(tasks).toHaveLength(1)
    take('b', 'b1')
    take('a', 'a2')
    await eventually(() => tasks.length === 3)
    expect(nextOf(tasks[2])).toEqual(['a2'])
    expect(tasks[2].around.isFinal).toBe(false)
    tasks[2].resolve(OPEN)
    // What is open has just changed, so the next one was not inspected on a guess.
    await eventually(() => tasks.length === 4)
    expect(told).toEqual(['a1:2'])
    expect(tasks[3]).toMatchObject({ text: 'a2', around: { carry: OPEN } })
    tasks[3].resolve()
    await eventually(() => told.length === 2)
    expect(told[1]).toBe('a2:1')
  })

  test('looks at once at batches that are there, and at more of them when they do not suffice', async () => {
    const { tasks, take, nextOf } = handPool()
    for (const text of ['a1', 'a2']) take('a', text)
    tasks[0].resolve(undefined, true)
    await eventually(() => tasks.length === 3)
    expect(nextOf(tasks[2])).toEqual(['a2'])
    tasks[2].resolve(undefined, true)
    await sleep(20)
    expect(tasks).toHaveLength(3)
    take('a', 'a3')
    await eventually(() => tasks.length === 4)
    expect(nextOf(tasks[3])).toEqual(['a2', 'a3'])
  })

  test('does not look again at every batch that comes', async () => {
    const { tasks, clock, take, nextOf } = handPool()
    for (const text of ['a1', 'a2', 'a3', 'a4']) take('a', text)
    tasks[0].resolve(undefined, true)
    await eventually(() => tasks.length === 5)
    tasks[4].resolve(undefined, true)
    for (const text of ['a5', 'a6']) take('a', text)
    await sleep(20)
    expect(tasks).toHaveLength(5)
    clock.pass(50)
    await eventually(() => tasks.length === 6)
    expect(nextOf(tasks[5])).toEqual(['a2', 'a3', 'a4', 'a5', 'a6'])
  })

  test('is held for no longer than it may be', async () => {
    const { tasks, clock, told, take } = handPool()
    take('a', 'a1')
    tasks[0].resolve(undefined, true)
    await sleep(20)
    clock.pass(100)
    await eventually(() => tasks.length === 2)
    expect(tasks[1].around.isFinal).toBe(true)
    tasks[1].resolve()
    await eventually(() => told.length === 1)
  })

  test('is let go at the end', async () => {
    const { tasks, take, continuity } = handPool()
    take('a', 'a1')
    tasks[0].resolve(undefined, true)
    await sleep(20)
    continuity.release()
    await eventually(() => tasks.length === 2)
    expect(tasks[1].around.isFinal).toBe(true)
  })
})
