// How far a batch has come with a receiver, over all attempts to send it: which of its records are there, and how many
// go into the next request. A retry sends only what is not there yet, in the same requests as before.
//
// A request that is refused as bad or too large is sent again in halves, until the bad record is alone. It is rejected,
// and counted, when the receiver took any other of the batch, or says that this one record is too large: then nothing
// but the record is at fault. When it takes none, nothing shows that: then the batch is refused, and its source has it.
import type { SinkError } from '../core/errors.ts'
import type { Unacceptable } from './http_verdict.ts'

/** Records that a receiver refuses alone, one after the other, before it has taken any. More: the batch is refused. */
const REFUSED_ALONE_MAX = 8

export interface ParcelLimits {
  /** Of a request before compression. One larger record goes alone. */
  readonly bytes_max: number
  /** What stands around each record in a request, at most. */
  readonly around_bytes: number
  readonly records_max: number
}

/** A record as its sink wants it; `bytes` is what goes out. */
export interface Outgoing {
  readonly bytes: Uint8Array
}

/** The records of one request. */
export interface Parcel<R extends Outgoing> {
  readonly records: readonly R[]
  /** The place of each in its batch: with the batch's id it names the record, the same in each attempt. */
  readonly places: readonly number[]
}

/** What a receiver did not take of a parcel of which it took the rest: indexes into the parcel. */
export interface Remains {
  /** Bad for ever. */
  readonly rejected: readonly number[]
  /** To be sent again. */
  readonly again: readonly number[]
  /** Why these may be taken only later; absent: at once. */
  readonly why?: SinkError
}

export class Parcels {
  /** When the first attempt began: what says no time of its own is given this one, in each attempt. */
  readonly begun_ms: number
  rejected_records = 0
  /** Places that are not there yet, ascending; null before the first attempt. */
  private left: number[] | null = null
  private records_max: number
  private hasTaken = false
  private refusedAlone = 0
  private readonly limits: ParcelLimits

  constructor(limits: ParcelLimits, begun_ms: number) {
    this.limits = limits
    this.begun_ms = begun_ms
    this.records_max = limits.records_max
  }

  /** The next parcel of the batch; undefined when there is none left. */
  next<R extends Outgoing>(records: readonly R[]): Parcel<R> | undefined {
    this.left ??= records.map((_, place) => place)
    if (this.left.length === 0) return undefined
    let count = 0
    let bytes = 0
    while (count < this.left.length && count < this.records_max) {
      bytes += records[this.left[count]].bytes.length + this.limits.around_bytes
      if (count > 0 && bytes > this.limits.bytes_max) break
      count++
    }
    const places = this.left.slice(0, count)
    return { records: places.map((place) => records[place]), places }
  }

  /** The receiver has taken the parcel but for what remains. */
  taken(parcel: Parcel<Outgoing>, { rejected, again }: Remains): void {
    const kept = again.map((at) => parcel.places[at])
    this.left = [...kept, ...(this.left ?? []).slice(parcel.places.length)]
    this.rejected_records += rejected.length
    this.hasTaken = true
    this.records_max = Math.min(this.limits.records_max, this.records_max * 2)
  }

  /** Goes on with half of the parcel, or behind its only record. False: the whole batch is to be refused. */
  refused(parcel: Parcel<Outgoing>, { verdict }: Unacceptable): boolean {
    if (parcel.places.length > 1) {
      this.records_max = Math.ceil(parcel.places.length / 2)
      return true
    }
    this.left = (this.left ?? []).slice(1)
    this.rejected_records++
    this.records_max = Math.min(this.limits.records_max, this.records_max * 2)
    if (verdict === 'too_large') this.hasTaken = true
    if (this.hasTaken) return true
    this.refusedAlone++
    return this.left.length > 0 && this.refusedAlone < REFUSED_ALONE_MAX
  }
}
