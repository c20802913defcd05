// Sends records with npm fluent-logger, with acknowledgements. argv[2]: the port.
// What it changes: integers beyond 32 bits travel as floats (msgpack-lite), with the same value.
import fluent from 'fluent-logger'
import { sendFromStdin } from './from_stdin.mjs'

/** It waits for each acknowledgement before it sends the next chunk, so a busy service has several. */
const MODES = /** @type {const} */ (['PackedForward', 'CompressedPackedForward', 'PackedForward', 'PackedForward'])
const WINDOW = 8_000
/** Null means "tags are whole"; its types do not know it. */
const NO_PREFIX = /** @type {string} */ (/** @type {unknown} */ (null))

const senders = MODES.map((eventMode) =>
  fluent.createFluentSender(NO_PREFIX, {
    host: '127.0.0.1',
    port: Number(process.argv[2]),
    requireAckResponse: true,
    ackResponseTimeout: 300_000,
    eventMode,
    flushInterval: 20,
  }),
)
await sendFromStdin(WINDOW, (tag, time_ms, body, serial) => {
  const sender = senders[serial % senders.length]
  return new Promise((resolve, reject) => {
    sender.emit(tag, body, new Date(time_ms), (/** @type {unknown} */ error) => (error ? reject(error) : resolve(null)))
  })
})
// Its timers for acknowledgements that came would keep the process for minutes.
process.exit(0)
