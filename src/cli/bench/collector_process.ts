// A real OpenTelemetry Collector that does logveil's job with its `redaction` processor, in a process of its own. Who
// wants it measured says where it is; the checkout builds one (test/interop/collector/build.mjs).
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Usage, usageOf } from './process_usage.ts'
import { keyPattern, TRACE_NAMES, valuePatterns } from './usual_way.ts'

const START_MS_MAX = 30_000
const READY = 'Everything is ready'

export class CollectorProcess {
  private readonly child: ChildProcess
  private readonly folder: string

  private constructor(child: ChildProcess, folder: string) {
    this.child = child
    this.folder = folder
  }

  /** `config` as the Collector reads it. */
  static async start(otelcol: string, config: object): Promise<CollectorProcess> {
    const folder = mkdtempSync(join(tmpdir(), 'logveil-bench-'))
    const file = join(folder, 'collector.json')
    writeFileSync(file, JSON.stringify(config))
    const child = spawn(otelcol, ['--config', file], { stdio: ['ignore', 'ignore', 'pipe'] })
    const collector = new CollectorProcess(child, folder)
    try {
      await ready(child)
    } catch (error) {
      await collector.stop()
      throw error
    }
    return collector
  }

  usage(): Usage {
    return usageOf(this.child.pid)
  }

  async stop(): Promise<void> {
    if (this.child.exitCode === null && this.child.signalCode === null) {
      const ended = new Promise((resolve) => this.child.once('exit', resolve))
      this.child.kill('SIGKILL')
      await ended
    }
    rmSync(this.folder, { recursive: true, force: true })
  }
}

/** Settings of its `redaction` processor: the rules of the usual way. */
export function redactionRules() {
  return {
    allow_all_keys: true,
    blocked_values: valuePatterns(),
    blocked_key_patterns: [keyPattern()],
    ignored_keys: [...TRACE_NAMES],
    redact_all_types: true,
    summary: 'silent',
  }
}

/**
 * From a port of its own to that of a receiver, over OTLP/gRPC. Without a queue, so that it answers as logveil does:
 * when the receiver has the request. Nothing is compressed.
 */
export async function collectorOverOtlp(otelcol: string, receiver: number) {
  const port = await freePort()
  return { port, collector: await CollectorProcess.start(otelcol, otlpToOtlp(port, receiver)) }
}

function otlpToOtlp(port: number, receiver: number) {
  const exporter = {
    endpoint: `127.0.0.1:${receiver}`,
    tls: { insecure: true },
    compression: 'none',
    sending_queue: { enabled: false },
  }
  const grpc = { endpoint: `127.0.0.1:${port}`, max_recv_msg_size_mib: 64 }
  return {
    receivers: { otlp: { protocols: { grpc } } },
    processors: { redaction: redactionRules() },
    exporters: { otlp: exporter },
    service: {
      telemetry: { metrics: { level: 'none' } },
      pipelines: { logs: { receivers: ['otlp'], processors: ['redaction'], exporters: ['otlp'] } },
    },
  }
}

function ready(child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    let log = ''
    const failed = () => reject(new Error(`the Collector did not start: ${log.slice(-1000)}`))
    const timer = setTimeout(failed, START_MS_MAX)
    child.once('exit', failed)
    child.once('error', failed)
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      log = (log + text).slice(-100_000)
      if (!log.includes(READY)) return
      clearTimeout(timer)
      resolve()
    })
  })
}

/** Free a moment ago: the Collector can not be asked which port it got. */
function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0))
    })
  })
}
