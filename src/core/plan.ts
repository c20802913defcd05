// A pipeline ready to run: what settings make of the operator's file. No I/O has happened yet.
import type { AlertsPlan } from './alert_rules.ts'
import type { Sink, SinkSpec, Site, Source, SourceSpec, StoringSite } from './component.ts'
import type { Policy } from './policy.ts'

/** The origin of census batches, and the name that `inputs` uses for them. */
export const CENSUS = 'census'
/** The same for alerts: what rules on counts say when they fire. */
export const ALERTS = 'alerts'
/** The same for records that a rule on counts has put in quarantine. */
export const QUARANTINE = 'quarantine'

export interface PlannedSource {
  readonly name: string
  readonly type: string
  /** Equal for two that are alike in everything that they were made of. Absent: each is like itself alone. */
  readonly identity?: unknown
  /** No sink takes its records. */
  readonly stores?: boolean
  /** `spec.create` with its settings bound. */
  create(site: StoringSite): Source
}

export interface PlannedSink {
  readonly name: string
  readonly type: string
  /** As that of a source. */
  readonly identity?: unknown
  /** Names of sources, `census`, `alerts` and `quarantine`. */
  readonly inputs: readonly string[]
  /** A source's batch is delivered when every required sink has it. A sink that is not may drop when it is down. */
  readonly required: boolean
  create(site: Site): Sink
}

/** Where what logveil says of itself goes, besides its log and /metrics. */
export interface TelemetryPlan {
  readonly otlp?: {
    /** A URL; its scheme says whether TLS is spoken. */
    readonly endpoint: string
    readonly protocol: 'grpc' | 'http'
    readonly headers: Readonly<Record<string, string>>
    /** As net/tls reads it. */
    readonly tls?: {
      readonly ca?: string
      readonly cert?: string
      readonly key?: string
      readonly key_passphrase?: string
      readonly verify: boolean
      readonly min_version: 'TLSv1.2' | 'TLSv1.3'
    }
    readonly interval_ms: number
    readonly timeout_ms: number
  }
  /** Only together with `otlp`. */
  readonly traces?: { readonly sample_ratio: number }
}

export interface Plan {
  readonly sources: readonly PlannedSource[]
  readonly sinks: readonly PlannedSink[]
  readonly policy: Policy
  readonly pipeline: {
    readonly workers: number
    readonly in_flight_bytes_max: number
    readonly deadline_ms: number
    readonly hold_ms: number
    readonly shutdown_ms: number
    /** Memory of one worker's heap; a worker that needs more is lost, and its batch retried. */
    readonly worker_heap_mib_max: number
  }
  readonly census: {
    readonly window_ms: number
    readonly services_max: number
    /** Name of this process in census records. */
    readonly instance: string
    /** Where counts are kept that no sink has yet. Absent: they are lost when the process is killed. */
    readonly state_dir?: string
  }
  /** Rules on counts. Absent: there are none. */
  readonly alerts?: AlertsPlan
  /** Where it is kept who changed what. Absent: nowhere. */
  readonly audit?: { readonly path: string; readonly key?: string }
  /** Null: there is no admin server. */
  readonly admin: AdminPlan | null
  readonly telemetry?: TelemetryPlan
  /** Absent: at SIGHUP and when asked only. */
  readonly reload?: { readonly watch: boolean }
  readonly log: { readonly level: 'debug' | 'info' | 'warn' | 'error' }
  /** What it was made of. */
  readonly written?: Written
}

export interface AdminPlan {
  /** `host:port` */
  readonly listen: string
  readonly token?: string
  /** As net/tls reads it. */
  readonly tls?: {
    readonly cert: string
    readonly key: string
    readonly key_passphrase?: string
    readonly ca?: string
    readonly verify_client: boolean
    readonly min_version: 'TLSv1.2' | 'TLSv1.3'
  }
}

/** The operator's file, fit to be shown: with secrets hidden. */
export interface Written {
  readonly settings: unknown
  /** Short hash over them and the policy. */
  readonly hash: string
  /** Paths of the file and of those that it names. */
  readonly files: readonly string[]
}

/** Binds a spec and its parsed settings. */
export function planSource<S>(name: string, spec: SourceSpec<S>, settings: S): PlannedSource {
  const { type, stores } = spec
  return { name, type, stores, identity: settings, create: (site) => spec.create(settings, site) }
}

export function planSink<S>(
  name: string,
  spec: SinkSpec<S>,
  settings: S,
  route: { inputs: readonly string[]; required: boolean },
): PlannedSink {
  return { name, type: spec.type, identity: settings, ...route, create: (site) => spec.create(settings, site) }
}
