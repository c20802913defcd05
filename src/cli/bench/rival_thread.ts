// One rival in a thread of its own, as a worker of the pipeline is: neither its heap nor what the compiler has learned
// is shared with the others. Told how long to work, it answers how fast it was.
import { parentPort, workerData } from 'node:worker_threads'
import RE2 from 're2'
import type { Batch } from '../../core/batch.ts'
import type { Policy } from '../../core/policy.ts'
import { Inspector } from '../../worker/inspector.ts'
import { usualOtlp } from './usual_otlp.ts'
import { usualForward, usualJson, usualText } from './usual_way.ts'

export const ROLES = ['logveil', 'usual way', 'bare scan'] as const

export interface RivalSetup {
  readonly role: (typeof ROLES)[number]
  readonly batches: readonly Batch[]
  readonly policy: Policy
}

const USUAL: Readonly<Record<string, (bytes: Uint8Array, ends: Uint32Array) => Uint8Array>> = {
  json: usualJson,
  msgpack: usualForward,
  text: usualText,
  otlp: usualOtlp,
}

function workOf({ role, policy }: RivalSetup): (batch: Batch) => void {
  if (role === 'usual way') return ({ format, bytes, ends }) => void USUAL[format](bytes, ends)
  if (role === 'logveil') {
    const inspector = new Inspector(policy)
    return ({ format, bytes, ends, origin }) => void inspector.inspect(format, bytes, ends, origin)
  }
  const pattern = new RE2('[0-9]{3}-[0-9]{2}-[0-9]{4}', 'g')
  return ({ bytes }) => {
    const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
    pattern.lastIndex = 0
    while (pattern.exec(buffer) !== null);
  }
}

/** MB per second of processor time, over at least `least_ms`: that of helper threads (GC, compiler) counts too. */
function speedOf(work: (batch: Batch) => void, batches: readonly Batch[], least_ms: number): number {
  const began = process.cpuUsage()
  let bytes = 0
  let took_ms = 0
  // Several batches, so that caches and branch predictors do not learn one by heart.
  for (let i = 0; took_ms < least_ms; i++) {
    const batch = batches[i % batches.length]
    work(batch)
    bytes += batch.bytes.length
    const { user, system } = process.cpuUsage(began)
    took_ms = (user + system) / 1000
  }
  return bytes / 1e6 / (took_ms / 1000)
}

if (parentPort !== null) {
  const port = parentPort
  const setup: RivalSetup = workerData
  const work = workOf(setup)
  port.on('message', (least_ms: number) => port.postMessage(speedOf(work, setup.batches, least_ms)))
}
