// The places of the OTLP proof: a Collector in front with a lane for each protocol and compression, logveil, and a
// Collector behind it that writes files. Each can be ended and started again where it was.
import { join } from 'node:path'
import { startOtelcol } from '../interop/collector/start.mjs'
import { freePort } from '../interop/free_port.mjs'
import { launchLogveil } from './process.mjs'

/** What the exporters of a Collector can do. */
const COMPRESSIONS = {
  grpc: ['none', 'gzip', 'zstd', 'snappy'],
  proto: ['none', 'gzip', 'zstd', 'snappy', 'x-snappy-framed', 'deflate', 'zlib', 'lz4'],
  json: ['none', 'gzip', 'zstd', 'snappy', 'lz4'],
}
/** Both sources take all protocols; one is sent on by gRPC with gzip, the other one by HTTP without. */
const SOURCES = ['left', 'right']
export const OUTPUTS = ['grpc.json', 'http.json']
/** A receiver that is away is asked again soon, for as long as it takes. */
const RETRY = { enabled: true, initial_interval: '100ms', max_interval: '1s', max_elapsed_time: '0s' }
const QUEUE = { enabled: true, num_consumers: 2, queue_size: 1000, block_on_overflow: true }
const HOLD_MS_MAX = 10_000
const QUIET = { metrics: { level: 'none' } }

/**
 * @typedef {{ name: string, protocol: 'grpc' | 'proto' | 'json', compression: string, port: number, to: number }} Lane
 */

export class Site {
  /** Every line that logveil has logged. @type {string[]} */
  log = []
  /** Kills of logveil while it had something in its hands. */
  kills = 0
  restarts = 0
  /** @type {Lane[]} */
  lanes = []
  #folder
  #otelcol
  #ports = { next_grpc: 0, next_http: 0, admin: 0 }
  /** @type {{ grpc: number, http: number }[]} */
  #sources = []
  /** @type {Awaited<ReturnType<typeof launchLogveil>> | undefined} */
  #logveil
  /** @type {Awaited<ReturnType<typeof startOtelcol>> | undefined} */
  #front
  /** @type {Awaited<ReturnType<typeof startOtelcol>> | undefined} */
  #behind

  /** @param {string} folder @param {string} otelcol */
  constructor(folder, otelcol) {
    this.#folder = folder
    this.#otelcol = otelcol
  }

  async start() {
    this.#ports = { next_grpc: await freePort(), next_http: await freePort(), admin: await freePort() }
    for (const _ of SOURCES) this.#sources.push({ grpc: await freePort(), http: await freePort() })
    for (const [protocol, compressions] of Object.entries(COMPRESSIONS)) {
      for (const compression of compressions) {
        const { grpc, http } = this.#sources[this.lanes.length % SOURCES.length]
        const to = protocol === 'grpc' ? grpc : http
        const name = `${protocol}_${compression}`
        this.lanes.push({ name, protocol: /** @type {any} */ (protocol), compression, port: await freePort(), to })
      }
    }
    await this.#openBehind()
    await this.#openLogveil()
    this.#front = await startOtelcol(this.#otelcol, frontConfig(this.lanes), this.#folder, 'front')
  }

  /** As if its host had lost power, and came back. The Collector behind is held until it has its hands full. */
  async killLogveil() {
    this.#behind?.pause()
    const end = performance.now() + HOLD_MS_MAX
    let inFlight = 0
    while (inFlight === 0 && performance.now() < end) inFlight = await this.#inFlightBytes()
    await this.#logveil?.stop('SIGKILL')
    this.#behind?.goOn()
    if (inFlight > 0) this.kills++
    await this.#openLogveil()
  }

  /** It writes what it has; who sends to it meanwhile finds nobody. */
  async restartBehind() {
    this.restarts++
    await this.#behind?.stop('SIGTERM')
    await this.#openBehind()
  }

  /** From front to back, so that each can pass on what it has. @returns {Promise<number | null>} logveil's exit code */
  async stop() {
    await this.#front?.stop('SIGTERM')
    const code = (await this.#logveil?.stop('SIGTERM')) ?? null
    await this.#behind?.stop('SIGTERM')
    return code
  }

  /**
   * Requests that the front has thrown away, as it says itself. One that it still repeats at the end has arrived, with
   * an answer that got lost with a kill; were it not so, its records would be missing.
   */
  dropped() {
    const lines = (this.#front?.log() ?? '').split('\n')
    return lines.filter((line) => /Dropping data/.test(line) && !line.includes('interrupted due to shutdown'))
  }

  /** Times that the front had to send a request again. */
  retried() {
    return (this.#front?.log() ?? '').split('Exporting failed. Will retry').length - 1
  }

  async #inFlightBytes() {
    const metrics = await (await fetch(`http://127.0.0.1:${this.#ports.admin}/metrics`)).text()
    return Number(/^logveil_in_flight_bytes (\d+)/m.exec(metrics)?.[1] ?? 0)
  }

  async #openLogveil() {
    const { next_grpc, next_http, admin } = this.#ports
    const sources = SOURCES.map((name, i) => {
      const { grpc, http } = this.#sources[i]
      return `  ${name}: { type: otlp, grpc: 127.0.0.1:${grpc}, http: 127.0.0.1:${http} }\n`
    })
    this.#logveil = await launchLogveil(
      this.#folder,
      `sources:
${sources.join('')}sinks:
  grpc: { type: otlp, inputs: [left], endpoint: 'http://127.0.0.1:${next_grpc}' }
  http: { type: otlp, inputs: [right], endpoint: 'http://127.0.0.1:${next_http}', protocol: http, compression: none }
  counts: { type: file, inputs: [census], path: '${join(this.#folder, 'census.ndjson')}' }
policy:
  packs: [default]
pipeline: { workers: 2 }
census: { window_ms: 2s }
admin: { listen: 127.0.0.1:${admin} }
`,
      this.log,
    )
  }

  async #openBehind() {
    const { next_grpc, next_http } = this.#ports
    this.#behind = await startOtelcol(this.#otelcol, behindConfig(next_grpc, next_http), this.#folder, 'behind')
  }
}

/** @param {readonly Lane[]} lanes */
function frontConfig(lanes) {
  /** @type {Record<string, unknown>} */
  const receivers = {}
  /** @type {Record<string, unknown>} */
  const exporters = {}
  /** @type {Record<string, unknown>} */
  const pipelines = {}
  for (const { name, protocol, compression, port, to } of lanes) {
    const common = { compression, retry_on_failure: RETRY, sending_queue: QUEUE, timeout: '20s' }
    const kind = protocol === 'grpc' ? 'otlp' : 'otlphttp'
    receivers[`otlp/${name}`] = { protocols: { http: { endpoint: `127.0.0.1:${port}` } } }
    exporters[`${kind}/${name}`] =
      protocol === 'grpc'
        ? { endpoint: `127.0.0.1:${to}`, tls: { insecure: true }, ...common }
        : { endpoint: `http://127.0.0.1:${to}`, encoding: protocol, ...common }
    pipelines[`logs/${name}`] = { receivers: [`otlp/${name}`], exporters: [`${kind}/${name}`] }
  }
  return { receivers, exporters, service: { telemetry: QUIET, pipelines } }
}

/** @param {number} grpc @param {number} http */
function behindConfig(grpc, http) {
  const file = (/** @type {string} */ name) => ({
    path: `\${env:FOLDER}/${name}`,
    append: true,
    flush_interval: '100ms',
  })
  return {
    receivers: {
      'otlp/grpc': { protocols: { grpc: { endpoint: `127.0.0.1:${grpc}`, max_recv_msg_size_mib: 16 } } },
      'otlp/http': { protocols: { http: { endpoint: `127.0.0.1:${http}` } } },
    },
    exporters: { 'file/grpc': file(OUTPUTS[0]), 'file/http': file(OUTPUTS[1]) },
    service: {
      telemetry: QUIET,
      pipelines: {
        'logs/grpc': { receivers: ['otlp/grpc'], exporters: ['file/grpc'] },
        'logs/http': { receivers: ['otlp/http'], exporters: ['file/http'] },
      },
    },
  }
}
