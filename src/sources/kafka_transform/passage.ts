// The way of records through redaction: chunk by chunk, in order. While one chunk is on its way to the broker the next
// one is with a worker.
import type { Redacted } from '../../core/component.ts'
import { release } from '../../core/release.ts'
import type { Fetched } from '../../net/kafka/client.ts'
import { chunksOf } from './chunks.ts'
import type { House } from './house.ts'
import { countsOf, type Place, type Written, writtenFor } from './outputs.ts'

export interface Passage {
  /** What the last chunk leaves open. */
  readonly open: unknown
  /** The caller says of each what became of it. */
  readonly redacted: readonly Redacted[]
}

/** What was fetched, from an offset on. */
export interface Portion {
  readonly fetched: Fetched
  readonly from: bigint
}

/**
 * Rejects when a `send` does and when the signal of what was fetched aborts; nothing is on its way any more then, and
 * nothing is counted.
 */
export async function pass(
  house: House,
  place: Place,
  { fetched, from }: Portion,
  before: unknown,
  send: (written: Written) => Promise<void>,
): Promise<Passage> {
  const { site } = house
  const options = { origin: site.name, format: house.formatOf(place.topic) }
  const redacted: Redacted[] = []
  let open = before
  let sent = Promise.resolve()
  try {
    const chunks = chunksOf(fetched, from, options)
    for (let at = chunks.next(); at.done !== true; ) {
      const chunk = at.value
      const batch = await site.redact(chunk.batch, open)
      release(chunk.batch.bytes)
      redacted.push(batch)
      open = batch.open
      await sent
      fetched.signal.throwIfAborted()
      at = chunks.next()
      const census = at.done ? countsOf(house, place, redacted, [from, fetched.next]) : []
      const written = writtenFor(house, place, batch, chunk, census)
      sent = send(written).then(() => {
        release(batch.batch.bytes)
        for (const { bytes } of written.runs) release(bytes)
      })
      sent.catch(() => {})
    }
    await sent
    return { open, redacted }
  } catch (error) {
    await sent.catch(() => {})
    for (const one of redacted) one.givenUp()
    throw error
  }
}

/** Room in the pipeline, or a rejection when `signal` aborts. */
export async function roomFor({ site }: House, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted()
  if (site.hasRoom()) return
  let stop = () => {}
  const aborted = new Promise<void>((resolve) => {
    stop = resolve
    signal.addEventListener('abort', stop, { once: true })
  })
  await Promise.race([site.room(), aborted])
  signal.removeEventListener('abort', stop)
  signal.throwIfAborted()
}
