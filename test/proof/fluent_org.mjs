// Sends records with npm @fluent-org/logger, with acknowledgements. argv[2]: the port.
import { FluentClient } from '@fluent-org/logger'
import { sendFromStdin } from './from_stdin.mjs'

const MODES = /** @type {const} */ (['PackedForward', 'CompressedPackedForward', 'Forward'])
const WINDOW = 6_000
/** By default it half-closes after three silent seconds, and then never hears an acknowledgement that took longer. */
const SILENT_MS = 600_000
/** Null means "tags are whole"; its types do not know it. */
const NO_PREFIX = /** @type {string} */ (/** @type {unknown} */ (null))

const clients = MODES.map(
  (eventMode) =>
    new FluentClient(NO_PREFIX, {
      eventMode,
      milliseconds: true,
      socket: { host: '127.0.0.1', port: Number(process.argv[2]), timeout: SILENT_MS },
      ack: { ackTimeout: 300_000 },
      flushInterval: 50,
    }),
)
await sendFromStdin(WINDOW, (tag, time_ms, body, serial) =>
  clients[serial % clients.length].emit(tag, body, new Date(time_ms)),
)
await Promise.all(clients.map((client) => client.shutdown()))
