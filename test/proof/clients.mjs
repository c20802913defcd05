// Other people's clients, each with acknowledgements: they send the records of a range and resolve when all of them
// are acknowledged.
import { FluentClient } from '@fluent-org/logger'
import fluent from 'fluent-logger'
import { recordAt } from '../../dist/cli/traffic/records.js'

/** Emits in flight at once, so that a client's own queue stays small. */
const GROUP = 500
/** Both clients take null for "tags are whole"; their types do not know it. */
const NO_PREFIX = /** @type {string} */ (/** @type {unknown} */ (null))

/**
 * @typedef {{ seed: number, share: number }} Options
 * @typedef {{ port: number, from: number, to: number, options: Options, done: (records: number) => void }} Order
 */

/** npm fluent-logger. @param {Order} order */
export async function fluentLogger({ port, from, to, options, done }) {
  const sender = fluent.createFluentSender(NO_PREFIX, {
    host: '127.0.0.1',
    port,
    timeout: 60,
    requireAckResponse: true,
    eventMode: 'PackedForward',
    flushInterval: 50,
  })
  await inGroups(from, to, done, (number) => {
    const { tag, time_ms, body } = recordAt(number, options)
    return new Promise((resolve, reject) => {
      sender.emit(tag, body, new Date(time_ms), (/** @type {unknown} */ error) =>
        error ? reject(error) : resolve(null),
      )
    })
  })
  sender.end(NO_PREFIX, {}, () => {})
}

/** npm @fluent-org/logger. @param {Order} order */
export async function fluentOrgLogger({ port, from, to, options, done }) {
  const client = new FluentClient(NO_PREFIX, {
    eventMode: 'PackedForward',
    socket: { host: '127.0.0.1', port },
    ack: { ackTimeout: 120_000 },
    flushInterval: 50,
  })
  await inGroups(from, to, done, (number) => {
    const { tag, time_ms, body } = recordAt(number, options)
    return client.emit(tag, body, new Date(time_ms))
  })
  await client.shutdown()
}

/**
 * @param {number} from
 * @param {number} to
 * @param {(records: number) => void} done
 * @param {(number: number) => Promise<unknown>} emit
 */
async function inGroups(from, to, done, emit) {
  for (let first = from; first < to; first += GROUP) {
    const last = Math.min(to, first + GROUP)
    await Promise.all(Array.from({ length: last - first }, (_, i) => emit(first + i)))
    done(last - first)
  }
}
