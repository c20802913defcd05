// google.rpc.Status, the way in which an OTLP peer says no, and RetryInfo in it: when to come again. Written with texts
// of our own; of a peer's status only the code and the delay are read, for its message may repeat what we sent.
//
//   Status ::= code=1 varint, message=2 string, details=3 Any*       Any ::= type_url=1 string, value=2 bytes
//   RetryInfo ::= retry_delay=1 Duration                             Duration ::= seconds=1 varint, nanos=2 varint
import { bytesField, Fields, varintField, Wire } from './protobuf.ts'

/** The canonical codes (google/rpc/code.proto). */
export const Rpc = {
  ok: 0,
  cancelled: 1,
  unknown: 2,
  invalid_argument: 3,
  deadline_exceeded: 4,
  not_found: 5,
  already_exists: 6,
  permission_denied: 7,
  resource_exhausted: 8,
  failed_precondition: 9,
  aborted: 10,
  out_of_range: 11,
  unimplemented: 12,
  internal: 13,
  unavailable: 14,
  data_loss: 15,
  unauthenticated: 16,
} as const

const REPEATABLE: readonly number[] = [
  Rpc.cancelled,
  Rpc.deadline_exceeded,
  Rpc.aborted,
  Rpc.out_of_range,
  Rpc.unavailable,
  Rpc.data_loss,
]

/** Whether an OTLP client may send it again (OTLP specification, "Failures" of OTLP/gRPC). */
export function mayRepeat(code: number, retry_after_ms: number | undefined): boolean {
  return REPEATABLE.includes(code) || (code === Rpc.resource_exhausted && retry_after_ms !== undefined)
}

/** `UNAVAILABLE` for 14. */
export function rpcName(code: number): string {
  const found = Object.entries(Rpc).find(([, known]) => known === code)
  return found === undefined ? `code ${code}` : found[0].toUpperCase()
}

export interface RpcStatus {
  readonly code: number
  readonly message: string
  /** Present: the sender may come again, after this time. */
  readonly retry_after_ms?: number
}

const RETRY_INFO = 'type.googleapis.com/google.rpc.RetryInfo'

export function encodeStatus({ code, message, retry_after_ms }: RpcStatus): Uint8Array {
  const details = retry_after_ms === undefined ? new Uint8Array(0) : bytesField(3, retryInfo(retry_after_ms))
  return Buffer.concat([varintField(1, code), bytesField(2, Buffer.from(message)), details])
}

/** The same in the JSON mapping of protobuf. */
export function statusJson({ code, message, retry_after_ms }: RpcStatus): string {
  if (retry_after_ms === undefined) return JSON.stringify({ code, message })
  return JSON.stringify({ code, message, details: [{ '@type': RETRY_INFO, retryDelay: `${retry_after_ms / 1000}s` }] })
}

/** Code and delay of a status that a peer sent. Whatever can not be read is left out. */
export function decodeStatus(bytes: Uint8Array): { code: number; retry_after_ms?: number } {
  let code = 0
  let retry_after_ms: number | undefined
  const fields = new Fields(bytes)
  while (fields.next()) {
    if (fields.number === 1 && fields.wire === Wire.varint) code = fields.asNumber()
    if (fields.number === 3 && fields.wire === Wire.bytes)
      retry_after_ms = retryDelay(fields.content()) ?? retry_after_ms
  }
  return retry_after_ms === undefined ? { code } : { code, retry_after_ms }
}

function retryInfo(delay_ms: number): Uint8Array {
  const seconds = Math.floor(delay_ms / 1000)
  const nanos = Math.round((delay_ms - seconds * 1000) * 1e6)
  const duration = Buffer.concat([varintField(1, seconds), varintField(2, nanos)])
  // A duration of 0 is an empty message, and its field is written all the same: it says "at once".
  const info = Buffer.concat([Buffer.of(0x0a, duration.length), duration])
  return Buffer.concat([bytesField(1, Buffer.from(RETRY_INFO)), bytesField(2, info)])
}

function retryDelay(any: Uint8Array): number | undefined {
  let isRetryInfo = false
  let delay_ms: number | undefined
  const fields = new Fields(any)
  while (fields.next()) {
    if (fields.wire !== Wire.bytes) continue
    if (fields.number === 1)
      isRetryInfo = Buffer.from(fields.content()).toString('latin1').endsWith('google.rpc.RetryInfo')
    if (fields.number === 2) delay_ms = durationIn(fields.content())
  }
  return isRetryInfo ? (delay_ms ?? 0) : undefined
}

function durationIn(info: Uint8Array): number | undefined {
  const outer = new Fields(info)
  let delay_ms: number | undefined
  while (outer.next()) {
    if (outer.number !== 1 || outer.wire !== Wire.bytes) continue
    const inner = new Fields(outer.content())
    delay_ms = 0
    while (inner.next()) {
      if (inner.wire !== Wire.varint) continue
      // A negative one looks like a number over 2^63.
      if (inner.number === 1 && inner.asNumber() < 2 ** 53) delay_ms += inner.asNumber() * 1000
      if (inner.number === 2) delay_ms += inner.asNumber() / 1e6
    }
  }
  return delay_ms
}
