// The written form of the whole file but for its components and its policy, which have readers of their own.
import { z } from 'zod'
import { LIMITS } from '../core/limits.ts'
import { exporterTls } from '../net/exporter.ts'
import { headersSetting } from '../net/headers.ts'
import { serverTls } from '../net/tls.ts'
import { alertsShape, auditShape } from './alerts.ts'
import { durationMs, sizeBytes } from './units.ts'

const WORKER_HEAP_MIB = 512
const CENSUS_WINDOW_MS = 60_000
const TELEMETRY_INTERVAL_MS = 60_000
const TELEMETRY_TIMEOUT_MS = 10_000
const ADMIN_LISTEN = '127.0.0.1:9464'
const TOKEN_CHARS_MIN = 16
const MIB = 1024 * 1024
const DAY_MS = 86_400_000

const listen = z.string().refine(isAddress, 'no address to listen on').describe('host:port; port 0 picks a free one.')

function isAddress(value: string): boolean {
  const match = /^(?:\[[\da-fA-F:.]+\]|[^\s:[\]/]+):(\d{1,5})$/.exec(value)
  return match !== null && Number(match[1]) <= 65_535
}

const pipelineShape = z.strictObject({
  workers: z
    .union([z.literal('auto'), z.int().min(1).max(256)])
    .describe('Number of worker threads, 1 to 256; auto: one less than the cores.')
    .default('auto'),
  in_flight_bytes_max: sizeBytes({ min: MIB, max: 1024 ** 4 })
    .describe('Bytes in flight in the whole pipeline; at the limit sources stop reading.')
    .prefault(LIMITS.in_flight_bytes_max),
  deadline_ms: durationMs({ min: 100, max: DAY_MS })
    .describe('Time for a batch in a worker, per MiB begun; later the worker is ended and the batch retried once.')
    .prefault(LIMITS.batch_deadline_ms),
  hold_ms: durationMs({ min: 0, max: 60_000 })
    .describe('For how long a batch may wait for the next one when a line goes on there; later its end is masked.')
    .prefault(LIMITS.hold_ms),
  shutdown_ms: durationMs({ min: 0, max: DAY_MS })
    .describe('Time from SIGTERM to the end; what is not delivered by then stays unacknowledged.')
    .prefault(LIMITS.shutdown_ms),
  worker_heap_mib_max: z
    .int()
    .min(32)
    .max(65_536)
    .describe('MiB of heap of one worker; a worker that needs more is lost, and its batch retried once.')
    .default(WORKER_HEAP_MIB),
})

const censusShape = z.strictObject({
  window_ms: durationMs({ min: 100, max: DAY_MS })
    .describe('Length of a window: counts are written when it closes.')
    .prefault(CENSUS_WINDOW_MS),
  services_max: z
    .int()
    .min(1)
    .max(1_000_000)
    .describe('Distinct services in a window; more are counted under _other.')
    .default(LIMITS.services_max),
  instance: z
    .string()
    .min(1)
    .max(128)
    .describe('Name of this process in census records; absent: the host name.')
    .optional(),
  state_dir: z
    .string()
    .min(1)
    .describe(
      'Folder, of this process alone, for counts that no sink has yet; absent: they are lost when it is killed.',
    )
    .optional(),
})

const telemetryShape = z
  .strictObject({
    otlp: z
      .strictObject({
        endpoint: z
          .string()
          .refine(isWebAddress, 'no URL like http://host:4317')
          .describe('URL of the receiver, such as http://127.0.0.1:4317; https:// for TLS.'),
        protocol: z
          .enum(['grpc', 'http'])
          .describe('grpc, or http: protobuf to /v1/metrics and /v1/traces below the endpoint.')
          .default('grpc'),
        headers: headersSetting,
        tls: exporterTls,
        interval_ms: durationMs({ min: 1000, max: DAY_MS })
          .describe('Time between two exports of the metrics.')
          .prefault(TELEMETRY_INTERVAL_MS),
        timeout_ms: durationMs({ min: 100, max: DAY_MS })
          .describe('Time for one export; later it is given up, and the next one says more.')
          .prefault(TELEMETRY_TIMEOUT_MS),
      })
      .refine((given) => given.tls === undefined || given.endpoint.startsWith('https:'), {
        error: '`tls` needs an endpoint of https://',
        path: ['tls'],
      })
      .describe('Sends the metrics of /metrics by OTLP, too.')
      .optional(),
    traces: z
      .strictObject({
        sample_ratio: z
          .number()
          .min(0)
          .max(1)
          .describe('Share of the batches that get a span; a request that brings a trace context decides by itself.')
          .default(1),
      })
      .describe('Sends a span for each batch to the endpoint of otlp.')
      .optional(),
  })
  .refine((given) => given.traces === undefined || given.otlp !== undefined, {
    error: '`traces` needs `otlp`, which says where they go',
    path: ['traces'],
  })

function isWebAddress(value: string): boolean {
  return /^https?:\/\/[^\s/]+(\/\S*)?$/.test(value) && URL.canParse(value)
}

const adminShape = z
  .union([
    z.literal(false),
    z.strictObject({
      listen: listen.default(ADMIN_LISTEN),
      token: z
        .string()
        .min(TOKEN_CHARS_MIN, `at least ${TOKEN_CHARS_MIN} characters`)
        .regex(/^[\w.~+/=-]+$/, 'a bearer token has letters, digits and . _ ~ + / = - only')
        .describe('Bearer token that callers must have; needed where others than this host can connect.')
        .optional(),
      tls: serverTls.describe('Speaks HTTPS.').optional(),
    }),
  ])
  .describe('Where /health, /ready, /metrics, /config and the like are served; false switches it off.')

export const rootShape = z.strictObject({
  sources: z.record(z.string(), z.unknown()).describe('Where logs come from, by name.'),
  sinks: z.record(z.string(), z.unknown()).optional().describe('Where logs and counts go, by name.'),
  policy: z.unknown().describe('What is sensitive, and what is done about it.').optional(),
  pipeline: pipelineShape.describe('Workers and limits.').prefault({}),
  census: censusShape.describe('Counts per service, closed in windows.').prefault({}),
  alerts: alertsShape.describe('Rules on counts; alerts go to sinks with the input alerts.').prefault({}),
  audit: auditShape.describe('A chained log of who changed what; absent: none.').optional(),
  admin: adminShape.default({ listen: ADMIN_LISTEN }),
  telemetry: telemetryShape.describe('Where the metrics and traces of logveil itself go, by OTLP.').prefault({}),
  reload: z
    .strictObject({
      watch: z
        .boolean()
        .describe('Reloads when this file changes, or a file that it names (packs, certificates, secrets).')
        .default(false),
    })
    .describe('When the settings are read again, besides at SIGHUP and POST /reload.')
    .prefault({}),
  log: z
    .strictObject({
      level: z.enum(['debug', 'info', 'warn', 'error']).describe('debug, info, warn or error.').default('info'),
    })
    .describe("The program's own log, on stderr.")
    .prefault({}),
})

/** What every sink has besides its own settings. */
export const sinkRouteShape = z.strictObject({
  inputs: z
    .array(z.string().min(1))
    .min(1, 'a sink with no inputs gets nothing')
    .describe('Names of sources, census, alerts, quarantine; absent: every source (of otlp_census and fluent: census).')
    .optional(),
  required: z
    .boolean()
    .describe(
      'Whether a source waits for this sink before it acknowledges; default true, false for counts and alerts alone.',
    )
    .optional(),
})
