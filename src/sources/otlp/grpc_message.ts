// Takes the one message of a unary call out of the data of its stream (gRPC over HTTP/2, "Length-Prefixed-Message").
//
//   Message ::= u8(compressed: 0 or 1) u32be(length) content
import type { Body } from '../../net/intake/budget.ts'
import type { Refusal } from './refusal.ts'

const HEAD_BYTES = 5

export class GrpcMessage {
  isCompressed = false
  readonly body: Body
  private readonly bytes_max: number
  private head: Buffer = Buffer.alloc(0)
  private length = -1

  constructor(body: Body, bytes_max: number) {
    this.body = body
    this.bytes_max = bytes_max
  }

  /** Null while all is well. */
  push(chunk: Uint8Array): Refusal | null {
    if (this.length < 0) {
      const missing = HEAD_BYTES - this.head.length
      this.head = Buffer.concat([this.head, chunk.subarray(0, missing)])
      if (this.head.length < HEAD_BYTES) return null
      if (this.head[0] > 1) return 'malformed'
      this.isCompressed = this.head[0] === 1
      this.length = this.head.readUInt32BE(1)
      if (this.length > this.bytes_max) return 'too_large'
      chunk = chunk.subarray(missing)
    }
    if (this.body.size + chunk.length > this.length) return 'many_messages'
    if (chunk.length === 0) return null
    return this.body.push(chunk) ? null : 'full'
  }

  /** Null when the message is whole. */
  end(): Refusal | null {
    if (this.length < 0) return this.head.length === 0 ? 'many_messages' : 'truncated'
    return this.body.size === this.length ? null : 'truncated'
  }
}
