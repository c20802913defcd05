// What a real Fluent Bit sent comes out complete and unchanged, however the network cuts it.
import { readdirSync, readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { decode, decodeMulti } from '@msgpack/msgpack'
import { describe, expect, it } from 'vitest'
import type { Batch } from '../../../src/core/batch.ts'
import { systemClock } from '../../../src/core/clock.ts'
import { Leaves } from '../../../src/core/leaves.ts'
import { Paths } from '../../../src/core/paths.ts'
import { Step } from '../../../src/core/wire.ts'
import { AssemblyBudget } from '../../../src/sources/forward/assembly.ts'
import { Intake } from '../../../src/sources/forward/intake.ts'
import { msgpack } from '../../../src/wire/msgpack.ts'
import { eventsOf, type Seen } from './support.ts'

const folder = new URL('../../fixtures/fluent-bit/', import.meta.url)
const captures = readdirSync(folder).filter((name) => name.endsWith('.bin'))

/** Events and chunk tokens by @msgpack/msgpack alone, without a line of ours. */
function expected(bytes: Uint8Array): { events: unknown[]; chunks: unknown[] } {
  const events: unknown[] = []
  const chunks: unknown[] = []
  for (const request of decodeMulti(bytes)) {
    const [tag, body, third, fourth] = request as [string, unknown, unknown, Record<string, unknown> | undefined]
    const isMessage = !Array.isArray(body) && !(body instanceof Uint8Array)
    const option = (isMessage ? fourth : third) as Record<string, unknown> | undefined
    if (isMessage) events.push([tag, [body, third]])
    else
      for (const event of Array.isArray(body) ? body : decodeMulti(new Uint8Array(gunzipSync(body as Uint8Array))))
        events.push([tag, event])
    if (option?.chunk !== undefined) chunks.push(option.chunk)
  }
  return { events, chunks }
}

function takeAll(pieces: Iterable<Uint8Array>): { seen: Seen[]; chunks: unknown[]; frames: Batch[] } {
  const intake = new Intake('test', { frame_bytes_max: 16 << 20 }, new AssemblyBudget(64 << 20), systemClock)
  const result = { seen: [] as Seen[], chunks: [] as unknown[], frames: [] as Batch[] }
  for (const piece of pieces) {
    // The socket's buffers are its own: what was read may be overwritten later.
    const read = Buffer.from(piece)
    intake.push(read)
    for (;;) {
      const taken = intake.take()
      if (taken.kind === 'more') break
      if (taken.kind === 'broken') throw new Error(taken.event)
      if (taken.kind === 'compressed') intake.inflated(gunzipSync(taken.events))
      else {
        for (const ack of taken.acks) result.chunks.push((decode(ack) as { ack: string }).ack)
        if (taken.batch !== null) result.seen.push(...eventsOf(taken.batch))
        if (taken.batch !== null) result.frames.push(taken.batch)
      }
    }
  }
  expect(intake.halfReceived).toBe(false)
  intake.release()
  return result
}

function* cut(bytes: Uint8Array, size: () => number): Iterable<Uint8Array> {
  for (let at = 0; at < bytes.length; ) {
    const end = Math.min(bytes.length, at + size())
    yield bytes.subarray(at, end)
    at = end
  }
}

/** A generator of our own, so that a failure can be repeated. */
function random(seed: number): () => number {
  return () => {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0
    return seed / 2 ** 32
  }
}

describe.each(captures)('%s', (name) => {
  const bytes = new Uint8Array(readFileSync(new URL(name, folder)))
  const want = expected(bytes)

  function check(pieces: Iterable<Uint8Array>): void {
    const got = takeAll(pieces)
    expect(got.seen.length).toBe(want.events.length)
    expect(got.seen.map(({ tag, event }) => [tag, event])).toEqual(want.events)
    expect(got.chunks).toEqual(want.chunks)
  }

  it('comes through in one read', () => check([bytes]))

  it('comes through byte by byte', () => check(cut(bytes, () => 1)))

  it('comes through in random pieces', () => {
    for (const [seed, size_max] of [
      [1, 7],
      [2, 600],
      [3, 5000],
      [4, 60_000],
      [5, 65_536],
    ]) {
      const next = random(seed)
      check(cut(bytes, () => 1 + Math.floor(next() * size_max)))
    }
  })

  it('comes through cut in two anywhere near its start and its end', () => {
    for (let at = 1; at < Math.min(bytes.length, 50); at++) {
      const two = takeAll([bytes.subarray(0, at), bytes.subarray(at)])
      expect(two.seen.length).toBe(want.events.length)
      const late = takeAll([bytes.subarray(0, bytes.length - at), bytes.subarray(bytes.length - at)])
      expect(late.seen.length).toBe(want.events.length)
    }
  })
})

it('the frames are what the walker of the same grammar reads', () => {
  for (const name of captures) {
    const bytes = new Uint8Array(readFileSync(new URL(name, folder)))
    const { frames, seen } = takeAll([bytes])
    const walk = msgpack.walk()
    const steps: number[] = []
    for (const batch of frames) {
      for (const [n, end] of batch.ends.entries()) {
        walk.begin(batch.bytes, n === 0 ? 0 : batch.ends[n - 1], end)
        for (let step = -9; step !== Step.end; ) {
          step = walk.next(new Leaves(), new Paths())
          steps.push(step)
        }
      }
    }
    expect(steps.filter((step) => step < 0)).toEqual([])
    expect(steps.filter((step) => step === Step.record || step === Step.group).length).toBe(seen.length)
  }
})

it('keeps the event bytes of Forward mode as they are', () => {
  const bytes = readFileSync(new URL('default.bin', folder))
  const { frames } = takeAll([bytes])
  const [tag] = decode(bytes) as [string]
  const head = 1 + 1 + tag.length
  const eventsAt = bytes.indexOf(0xdc, head) + 3
  const packed = decode(frames[0].bytes) as [string, Uint8Array]
  expect(Buffer.from(packed[1]).equals(bytes.subarray(eventsAt))).toBe(true)
})
