// An otlp source on free ports with a pipeline that only collects, and clients of it that are not ours.
import { Client, credentials, type Metadata, Metadata as Sent, type ServiceError } from '@grpc/grpc-js'
import { onTestFinished } from 'vitest'
import type { Batch } from '../../../src/core/batch.ts'
import type { Source, SourceSite } from '../../../src/core/component.ts'
import { decodeStatus } from '../../../src/net/rpc_status.ts'
import { otlp } from '../../../src/sources/otlp.ts'

export const EXPORT = '/opentelemetry.proto.collector.logs.v1.LogsService/Export'

/** Takes what is delivered; a test says with what answer, and when there is room. */
export class Pipeline implements SourceSite {
  readonly name = 'otel'
  readonly batches: Batch[] = []
  readonly said: { level: string; name: string; facts: Record<string, unknown> }[] = []
  isRoomy = true
  answer: (batch: Batch) => Promise<void> = async () => {}
  private waiting: (() => void)[] = []

  readonly deliver = (batch: Batch): Promise<void> => {
    this.batches.push(batch)
    return this.answer(batch)
  }

  readonly emit: SourceSite['emit'] = (level, name, _message, facts) => {
    this.said.push({ level, name, facts: { ...facts } })
  }

  hasRoom(): boolean {
    return this.isRoomy
  }

  room(): Promise<void> {
    return this.isRoomy ? Promise.resolve() : new Promise((resolve) => this.waiting.push(resolve))
  }

  makeRoom(isRoomy: boolean): void {
    this.isRoomy = isRoomy
    if (isRoomy) for (const go of this.waiting.splice(0)) go()
  }

  /** Why requests were refused, in order. */
  get refusals(): unknown[] {
    return this.said.filter(({ name }) => name.startsWith('refused_')).map(({ name }) => name.slice('refused_'.length))
  }
}

export interface Running {
  readonly source: Source
  readonly site: Pipeline
  /** `127.0.0.1:port`; empty when it does not listen there. */
  readonly grpc: string
  readonly http: string
}

export async function startOtlp(settings: Record<string, unknown> = {}): Promise<Running> {
  const site = new Pipeline()
  const parsed = otlp.settings.parse({ grpc: '127.0.0.1:0', http: '127.0.0.1:0', ...settings })
  const source = otlp.create(parsed, site)
  onTestFinished(() => source.stop(AbortSignal.timeout(500)))
  await source.start()
  const [first, second = ''] = source.addresses
  return parsed.grpc === undefined
    ? { source, site, grpc: '', http: first }
    : { source, site, grpc: first, http: second }
}

export interface Answered {
  readonly code: number
  readonly details: string
  readonly message: Buffer | undefined
  readonly retry_after_ms: number | undefined
}

export interface CallOptions {
  readonly path?: string
  readonly headers?: Record<string, string>
  readonly timeout_ms?: number
}

/** A client of @grpc/grpc-js that sends bytes as they are. */
export function grpcClient(
  address: string,
  options: Record<string, unknown> = {},
  secure = credentials.createInsecure(),
) {
  const client = new Client(address, secure, options)
  onTestFinished(() => client.close())
  return client
}

export function call(client: Client, message: Uint8Array, options: CallOptions = {}): Promise<Answered> {
  const metadata = new Sent()
  for (const [name, value] of Object.entries(options.headers ?? {})) metadata.set(name, value)
  const same = (bytes: Buffer) => bytes
  const deadline = { deadline: Date.now() + (options.timeout_ms ?? 20_000) }
  return new Promise((resolve) => {
    const done = (error: ServiceError | null, reply?: Buffer): void => {
      const retry_after_ms = retryAfter(error?.metadata)
      resolve({ code: error?.code ?? 0, details: error?.details ?? '', message: reply, retry_after_ms })
    }
    client.makeUnaryRequest(options.path ?? EXPORT, same, same, Buffer.from(message), metadata, deadline, done)
  })
}

function retryAfter(metadata: Metadata | undefined): number | undefined {
  const [details] = metadata?.get('grpc-status-details-bin') ?? []
  return Buffer.isBuffer(details) ? decodeStatus(details).retry_after_ms : undefined
}

/** A zstd frame of raw blocks; one of a byte repeated when `repeat` is given: a few bytes for a block of 128 KiB. */
export function zstd(bytes: Uint8Array, repeat = 0): Buffer {
  const size_max = 128 * 1024
  const blocks: Buffer[] = []
  const total = repeat > 0 ? repeat : bytes.length
  for (let at = 0; at < total || at === 0; at += size_max) {
    const size = Math.min(size_max, total - at)
    const last = at + size >= total ? 1 : 0
    const head = Buffer.alloc(3)
    head.writeUIntLE(size * 8 + (repeat > 0 ? 2 : 0) + last, 0, 3)
    blocks.push(head, repeat > 0 ? Buffer.from(bytes.subarray(0, 1)) : Buffer.from(bytes.subarray(at, at + size)))
  }
  // Window of 8 MiB, no content size, no checksum (RFC 8878, 3.1.1.1).
  return Buffer.concat([Buffer.from('28b52ffd0068', 'hex'), ...blocks])
}

export async function until(holds: () => boolean, what = 'it', wait_ms = 10_000): Promise<void> {
  const end = performance.now() + wait_ms
  while (!holds()) {
    if (performance.now() > end) throw new Error(`waited too long for ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}
