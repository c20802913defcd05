// How far a batch has come, over all attempts to send it. The batch holds frames of many clients, and shares one fate:
// a frame that the receiver will never take must not keep the others from ever being acknowledged. So a request that
// is refused as bad is sent again frame by frame; when the receiver takes any of the batch, the frames that it refuses
// even alone count as rejected. When it takes none, nothing shows that they are at fault: then the batch is refused.
import type { Batch } from '../../core/batch.ts'
import { type Request, recordsIn, requestsOf } from './requests.ts'

export class Progress {
  /** Of frames that were refused alone. */
  rejected_records = 0
  private readonly bytes_max: number
  /** The frame that the requests begin with, and how many of them are done. */
  private from = 0
  private done = 0
  private alone = false
  private hasTaken = false
  /** Only while an attempt is under way: between attempts the pipeline counts the bytes, and nobody else holds any. */
  private batch: Batch | null = null
  private requests: readonly Request[] = []

  constructor(bytes_max: number) {
    this.bytes_max = bytes_max
  }

  /** True when an attempt from the beginning would repeat something. */
  get begun(): boolean {
    return this.done > 0 || this.alone
  }

  /** Begins an attempt. It is always the same batch. */
  resume(batch: Batch): void {
    this.batch = batch
    this.requests = requestsOf(batch, this.bytes_max, this.from, this.alone)
  }

  pause(): void {
    this.batch = null
    this.requests = []
  }

  next(): Request | undefined {
    return this.requests[this.done]
  }

  taken(): void {
    this.hasTaken = true
    this.done++
  }

  /** Goes on behind the bad request, or with each of its frames. False: the whole batch is to be refused. */
  refused(): boolean {
    const request = this.requests[this.done]
    if (request.frames > 1 && this.batch !== null) {
      this.from = request.first
      this.done = 0
      this.alone = true
      this.resume(this.batch)
      return true
    }
    this.rejected_records += recordsIn(request.bytes)
    this.done++
    return this.hasTaken || this.done < this.requests.length
  }
}
