// What a failed gRPC call means for a sink: the error that the pipeline's lane retries by, or not. Of the receiver's
// answer only the code and the delay are read, for its words may repeat what we sent.
import { SinkError } from '../core/errors.ts'
import { decodeStatus, mayRepeat, Rpc, rpcName } from './rpc_status.ts'

/** The part of @grpc/grpc-js's ServiceError that is looked at. */
export interface RpcFailure {
  readonly code: number
  readonly metadata?: { get(key: string): readonly unknown[] }
}

export function sinkErrorOf({ code, metadata }: RpcFailure): SinkError {
  if (code === Rpc.deadline_exceeded) return new SinkError('SINK_TIMEOUT', 'no answer within timeout_ms', true)
  const [details] = metadata?.get('grpc-status-details-bin') ?? []
  const { retry_after_ms } = Buffer.isBuffer(details) ? decodeStatus(details) : {}
  // The library says the same for "nobody is there" as a receiver for "not now"; only the latter says when.
  if (code === Rpc.unavailable && retry_after_ms === undefined) {
    return new SinkError('SINK_UNREACHABLE', rpcName(code), true)
  }
  const retryable = mayRepeat(code, retry_after_ms)
  return new SinkError('SINK_REFUSED', rpcName(code), retryable, undefined, retry_after_ms)
}
