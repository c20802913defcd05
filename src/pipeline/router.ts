// Owns who gets what: which sinks want the batches of which source, and in which format. It never waits for one sink
// before it gives a batch to the next.
import type { Batch, Format } from '../core/batch.ts'
import { QUARANTINE } from '../core/plan.ts'
import type { WorkerResult } from '../worker/types.ts'
import type { Lane } from './lane.ts'

/** Lanes that have been given a batch, by an earlier router perhaps; those that are given it now are added. */
export interface Asked {
  readonly asked: Map<Lane, Promise<boolean>>
  /** The same for what was put aside of it. */
  readonly askedAside: Map<Lane, Promise<boolean>>
}

const NONE = { bytes: new Uint8Array(0), ends: new Uint32Array(0) }

/** What becomes of one batch. */
export interface Fate {
  /** Resolves when every required sink has it; rejects as soon as one will not. */
  readonly delivered: Promise<void>
  /** Resolves when no sink holds its bytes any more. */
  readonly released: Promise<void>
}

export interface Route {
  readonly inputs: readonly string[]
  readonly lane: Lane
}

export class Router {
  readonly #lanes = new Map<string, Lane[]>()
  readonly #also = new Map<string, readonly Format[]>()

  constructor(routes: readonly Route[]) {
    for (const { inputs, lane } of routes) {
      for (const origin of inputs) this.#lanes.set(origin, [...this.lanes(origin), lane])
    }
  }

  lanes(origin: string): readonly Lane[] {
    return this.#lanes.get(origin) ?? []
  }

  /** The formats that sinks need besides the batch's own. */
  also(origin: string, format: Format): readonly Format[] {
    const key = `${format} ${origin}`
    let also = this.#also.get(key)
    if (!also) {
      const wanted = new Set(this.lanes(origin).map((lane) => lane.formatFor(format)))
      wanted.delete(format)
      also = [...wanted]
      this.#also.set(key, also)
    }
    return also
  }

  /** Begins to send a redacted batch to each of its sinks, and what rules on counts have put aside of it. */
  send(origin: string, format: Format, result: WorkerResult, id: string, { asked, askedAside }: Asked): Fate {
    const fate = sendToEach(this.lanes(origin), asked, (lane) => sendTo(lane, origin, format, result, id))
    const { bytes, ends } = result.quarantined ?? NONE
    if (bytes.length === 0) return fate
    const aside = sendToEach(this.lanes(QUARANTINE), askedAside, (lane) => {
      return lane.send({ format, bytes, ends, origin }, `${id}-aside`, lane.required, ends.length)
    })
    const delivered = Promise.all([fate.delivered, aside.delivered]).then(() => {})
    return { delivered, released: Promise.all([fate.released, aside.released]).then(() => {}) }
  }
}

function sendToEach(
  lanes: readonly Lane[],
  asked: Map<Lane, Promise<boolean>>,
  send: (lane: Lane) => Promise<boolean>,
): Fate {
  const required: Promise<boolean>[] = []
  const every: Promise<boolean>[] = []
  for (const lane of lanes) {
    const sent = asked.get(lane) ?? send(lane)
    asked.set(lane, sent)
    every.push(sent)
    if (lane.required) required.push(sent)
  }
  const delivered = Promise.all(required).then(() => {})
  return { delivered, released: Promise.allSettled(every).then(() => {}) }
}

function sendTo(lane: Lane, origin: string, format: Format, result: WorkerResult, id: string): Promise<boolean> {
  const wanted = lane.formatFor(format)
  // The worker did not know of a sink that came meanwhile: its lane brings the batch into the format that it wants.
  const other = wanted === format ? undefined : result.also[wanted]
  const { bytes, ends } = other ?? result.same
  // Every record of it was dropped: the sink has all that there is.
  if (bytes.length === 0) return Promise.resolve(true)
  const batch: Batch = { format: other ? wanted : format, bytes, ends, origin }
  return lane.send(batch, id, lane.required, recordsIn(result))
}

/** A frame may hold many records, so who counted them is asked. */
function recordsIn({ counts }: WorkerResult): number {
  let records = 0
  for (const row of counts.services) records += row.records - row.dropped
  return records
}
