// The batches of an origin are inspected as if they were one, whatever workers do meanwhile.
import { setImmediate as turn } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import type { Batch } from '../../src/core/batch.ts'
import { Continuity } from '../../src/pipeline/continuity.ts'
import type { Around, Carry, OpenBlock, WorkerResult } from '../../src/worker/types.ts'
import { HandClock, lines, textOf } from './kit.ts'

interface Task {
  text: string
  around: Around
  resolve(carry?: Carry): void
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

/** Workers that answer when the test says so. */
function handPool() {
  const tasks: Task[] = []
  const run = (batches: readonly Batch[], _also: unknown, around: Around) =>
    new Promise<WorkerResult>((resolve, reject) => {
      const { bytes, ends } = batches[0]
      const result = { same: { bytes, ends }, also: {}, counts: { findings: [], services: [] }, worked_ms: 1 }
      tasks.push({ text: textOf(batches[0]).trim(), around, resolve: (carry) => resolve({ ...result, carry }), reject })
    })
  const clock = new HandClock(0)
  const continuity = new Continuity({ pool: { run: run as never }, clock })
  const told: string[] = []
  const take = (origin: string, text: string) => {
    continuity.run([lines(origin, text)], [], {
      done: ({ worked_ms }) => told.push(`${text}:${worked_ms}`),
      failed: ({ message }) => told.push(`${text}:${message}`),
    })
  }
  return { tasks, clock, told, take }
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
    tasks[0].resolve({ blocks: [BLOCK] })
    await turn()
    expect(told).toEqual(['a1:1'])
    expect(tasks[2]).toMatchObject({ text: 'a2', around: { carry: { blocks: [BLOCK] } } })
    tasks[2].resolve()
    await turn()
    expect(told).toEqual(['a1:1', 'a2:2'])
  })

  test('what is left open and not touched costs nothing more', async () => {
    const { tasks, told, take } = handPool()
    take('a', 'a1')
    tasks[0].resolve({ blocks: [BLOCK] })
    await turn()
    for (const text of ['a2', 'a3']) take('a', text)
    for (const task of tasks.slice(1)) {
      expect(task.around.carry).toEqual({ blocks: [BLOCK] })
      task.resolve({ blocks: [{ ...BLOCK }] })
    }
    await turn()
    expect(told).toEqual(['a1:1', 'a2:1', 'a3:1'])
  })

  test('what nobody goes on with is over after a while', async () => {
    const { tasks, clock, take } = handPool()
    take('a', 'a1')
    tasks[0].resolve({ blocks: [BLOCK] })
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
    tasks[0].resolve({ blocks: [BLOCK] })
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
