import { describe, expect, test } from 'vitest'
import { systemClock } from '../../src/core/clock.ts'
import { Batcher, type Load } from '../../src/pipeline/batcher.ts'
import { Gate } from '../../src/pipeline/gate.ts'
import { lines, sleep } from './kit.ts'

describe('the gate', () => {
  test('has room until its bytes are taken, and wakes those who wait', async () => {
    const gate = new Gate(10)
    gate.take(12)
    expect(gate.hasRoom()).toBe(false)
    let woken = 0
    for (let n = 0; n < 3; n++) void gate.room().then(() => woken++)
    await sleep(5)
    expect(woken).toBe(0)
    gate.give(5)
    await sleep(5)
    expect(woken).toBe(3)
  })

  test('wakes one at a time: the first may use up the room', async () => {
    const gate = new Gate(10)
    gate.take(10)
    let woken = 0
    const greedy = () => {
      woken++
      gate.take(10)
    }
    for (let n = 0; n < 3; n++) void gate.room().then(greedy)
    gate.give(10)
    await sleep(5)
    expect(woken).toBe(1)
    gate.close()
    await sleep(5)
    expect(woken).toBe(3)
  })
})

function collecting(idle: () => number, bytes_target = 10) {
  const loads: Load[] = []
  const dispatch = (load: Load) => void loads.push(load)
  const batcher = new Batcher({ bytes_target, clock: systemClock, idle, dispatch })
  const add = (origin: string, text: string) => {
    batcher.add({ batch: lines(origin, text), resolve: () => {}, reject: () => {} })
  }
  const shapes = () => loads.map((load) => `${load.origin}:${load.parts.length}`)
  return { batcher, loads, add, shapes }
}

describe('the batcher', () => {
  test('frames of one turn of the loop travel together, and at once when a worker is idle', async () => {
    const { add, shapes } = collecting(() => 1)
    add('a', '1')
    add('a', '2')
    add('b', '3')
    await sleep(1)
    expect(shapes()).toEqual(['a:2', 'b:1'])
  })

  test('while no worker is idle frames find company up to the target, in order over all origins', () => {
    let idle = 0
    const { batcher, add, shapes } = collecting(() => idle)
    for (const text of ['1234', '5678', '9012']) add('a', text)
    add('b', '1')
    add('b', '12345678901234567890')
    add('a', '3')
    expect(batcher.waiting).toBe(4)
    idle = 1
    batcher.pump()
    expect(shapes()).toEqual(['a:2', 'a:2', 'b:1', 'b:1'])
  })

  test('a format of its own is a load of its own, and what follows does not overtake it', () => {
    let idle = 0
    const { batcher, loads, add } = collecting(() => idle)
    add('a', '1')
    batcher.add({ batch: { ...lines('a', '2'), format: 'json' }, resolve: () => {}, reject: () => {} })
    add('a', '3')
    idle = 1
    batcher.pump()
    expect(loads.map((load) => load.format)).toEqual(['text', 'json', 'text'])
  })
})
