// From what kafkajs throws to a KafkaError: the name that Kafka gives it, and whether it may pass.
import { KafkaError } from '../client.ts'

/** Of KafkaJSError and its kin: the protocol's name is in `type`, the first error of several tries in `cause`. */
interface Thrown {
  readonly name?: string
  readonly type?: string
  readonly code?: string | number
  readonly retriable?: boolean
  readonly cause?: unknown
  readonly originalError?: unknown
}

/** After these a producer's sequence numbers or its epoch are worth nothing. */
const FATAL = new Set([
  'OUT_OF_ORDER_SEQUENCE_NUMBER',
  'UNKNOWN_PRODUCER_ID',
  'INVALID_PRODUCER_EPOCH',
  'PRODUCER_FENCED',
  'INVALID_PRODUCER_ID_MAPPING',
  'INVALID_TXN_STATE',
  'TRANSACTION_COORDINATOR_FENCED',
])

/** They say no to this request for good: it, or who sends it, has to change. */
const FINAL = new Set([
  'MESSAGE_TOO_LARGE',
  'RECORD_LIST_TOO_LARGE',
  'INVALID_RECORD',
  'INVALID_TIMESTAMP',
  'INVALID_TOPIC_EXCEPTION',
  'INVALID_REQUIRED_ACKS',
  'UNSUPPORTED_COMPRESSION_TYPE',
  'UNSUPPORTED_FOR_MESSAGE_FORMAT',
])

export function kafkaError(thrown: unknown): KafkaError {
  if (thrown instanceof KafkaError) return thrown
  const code = codeOf(thrown)
  const isFatal = FATAL.has(code)
  return new KafkaError(code, !isFatal && !FINAL.has(code), isFatal, thrown)
}

/** Texts of errors are not used: they may quote what was sent. */
export function codeOf(thrown: unknown): string {
  let deepest = ''
  for (let error = thrown as Thrown | undefined, depth = 0; isThrown(error) && depth < 8; depth++) {
    if (typeof error.type === 'string' && error.type !== '') return error.type
    if (typeof error.code === 'string' && error.code !== '') return error.code
    if (typeof error.name === 'string' && error.name !== 'KafkaJSNumberOfRetriesExceeded') deepest = error.name
    error = (error.cause ?? error.originalError) as Thrown | undefined
  }
  return deepest === '' ? 'UNKNOWN' : deepest
}

/** True for errors by which a consumer leaves the round and joins the group anew. */
export function isRebalance(code: string): boolean {
  return (
    code === 'REBALANCE_IN_PROGRESS' ||
    code === 'ILLEGAL_GENERATION' ||
    code === 'UNKNOWN_MEMBER_ID' ||
    code === 'NOT_COORDINATOR_FOR_GROUP'
  )
}

function isThrown(error: unknown): error is Thrown {
  return typeof error === 'object' && error !== null
}
