// The thread in which fluent-logger runs: it can freeze its event loop for good (a server that half closes while it
// sends), and here it freezes nobody else. It reports what was acknowledged and what failed; it repairs nothing, for
// whoever hears of a failure ends the thread and begins another one.
import { parentPort, workerData } from 'node:worker_threads'
import fluentLogger from 'fluent-logger'
import type { ClientEvent, ClientSetup, Order, Report } from './messages.ts'

/** The class is typed as if it were one of its instances. */
const EventTime = fluentLogger.EventTime as unknown as new (epoch_s: number, nano: number) => fluentLogger.Timestamp

const { tag, to, tls, security, ack_timeout_ms } = workerData as ClientSetup

interface Writer {
  write(bytes: Uint8Array, written: () => void): boolean
}

/** What it does not declare. */
interface Inner extends NodeJS.EventEmitter {
  _socket: Writer | null
  _doConnect(connected: () => void): void
}

const silent = { info: () => {}, error: () => {} }
const client = fluentLogger.createFluentSender<object>(tag, {
  ...to,
  eventMode: 'PackedForward',
  flushInterval: 10,
  requireAckResponse: true,
  ackResponseTimeout: ack_timeout_ms,
  internalLogger: silent,
  // It would wait for ten minutes, with what it had taken from its queue lost.
  ...{ enableReconnect: false },
  ...(tls === null ? {} : { tls: true, tlsOptions: tls }),
  ...(security === null ? {} : { security }),
})
const inner = client as unknown as Inner
inner.on('error', (error: Error) => report({ id: null, failure: codeOf(error) }))
const dial = inner._doConnect
inner._doConnect = (connected) => {
  dial.call(inner, connected)
  if (inner._socket !== null) callBackFirst(inner._socket)
}

/**
 * The client begins to listen for an ack when its write is called back. An ack can be there before that, above all over
 * TLS, and would never be heard. So the write is called back at once; when it fails, the socket's error says so.
 */
function callBackFirst(socket: Writer): void {
  const { write } = socket
  socket.write = (bytes, written) => {
    process.nextTick(written)
    return write.call(socket, bytes, () => {})
  }
}

parentPort?.on('message', ({ id, events }: Order) => {
  let missing = events.length
  for (const event of events) {
    emit(event, (error) => {
      // A late ack calls back for a second time, and the sink has long given the order up.
      missing--
      if (error) report({ id, failure: codeOf(error) })
      else if (missing === 0) report({ id, failure: null })
    })
  }
})

function emit({ kind, time_ms, record }: ClientEvent, done: fluentLogger.Callback): void {
  const time = new EventTime(Math.floor(time_ms / 1000), (time_ms % 1000) * 1_000_000)
  client.emit(kind, record, time, done)
}

function report(what: Report): void {
  parentPort?.postMessage(what)
}

function codeOf(error: Error): string {
  return (error as NodeJS.ErrnoException).code ?? error.name
}
