// What the listeners and calls of one otlp source share.
import type { SourceSite } from '../../core/component.ts'
import type { Bearer } from '../../net/bearer.ts'
import type { ContentCoding } from '../../net/compression.ts'
import type { Intake } from './intake.ts'
import { REFUSALS, type Refusal } from './refusal.ts'
import type { OtlpSettings } from './settings.ts'

export interface House {
  readonly site: SourceSite
  readonly settings: OtlpSettings
  readonly intake: Intake
  readonly bearer: Bearer
  /** No more requests are taken; those that came are answered. */
  stopping: boolean
}

/** One way in, gRPC or HTTP. */
export interface Listener {
  /** Where it listens. Rejects with a LogveilError. */
  start(): Promise<string>
  /** Takes no more connections and requests; resolves when the last answer is out and every connection closed. */
  finish(): Promise<void>
  /** Closes what is still open. */
  drop(): void
}

/** Counted by why, and logged now and then. Never with anything that the client sent. */
export function sayRefused(house: House, why: Refusal, peer: string): void {
  house.site.emit('warn', `refused_${why}`, `A request was refused: ${REFUSALS[why].message}`, { peer })
}

/** Null: none. Undefined: one that we do not know. */
export function compressionOf(coding: string | undefined): ContentCoding | null | undefined {
  const name = coding?.trim().toLowerCase() ?? ''
  if (name === '' || name === 'identity') return null
  if (name === 'gzip' || name === 'x-gzip') return 'gzip'
  // The Collector calls it by its library's name, too.
  if (name === 'deflate' || name === 'zlib') return 'deflate'
  if (name === 'snappy' || name === 'x-snappy-framed') return 'snappy'
  return name === 'zstd' || name === 'lz4' ? name : undefined
}

/** The header when it is one of version 00 (W3C Trace Context, section 3.2). */
export function traceparentOf(header: unknown): string | undefined {
  return typeof header === 'string' && /^00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/.test(header) ? header : undefined
}
