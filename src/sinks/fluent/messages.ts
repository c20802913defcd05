// What the sink and the thread of its client say to each other.
import type { ConnectionOptions } from 'node:tls'

/** Given once, as the thread's `workerData`. */
export interface ClientSetup {
  readonly tag: string
  readonly to: { readonly host: string; readonly port: number } | { readonly path: string }
  readonly tls: ConnectionOptions | null
  readonly security: {
    readonly clientHostname: string
    readonly sharedKey: string
    readonly username?: string
    readonly password?: string
  } | null
  readonly ack_timeout_ms: number
}

export interface ClientEvent {
  /** Comes behind the tag. */
  readonly kind: string
  /** Milliseconds since 1970, UTC. */
  readonly time_ms: number
  readonly record: object
}

/** Events that are acknowledged together. */
export interface Order {
  readonly id: number
  readonly events: readonly ClientEvent[]
}

/** `id` is null when the client failed as a whole. `failure` is a code, never words that the server chose. */
export interface Report {
  readonly id: number | null
  readonly failure: string | null
}
