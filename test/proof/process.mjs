// A real `logveil run` whose worker threads can be killed from outside (kill_worker.mjs); its log is kept in full.
import { spawn } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

const MAIN = fileURLToPath(new URL('../../dist/bundle/logveil.js', import.meta.url))
const PRELOAD = new URL('./kill_worker.mjs', import.meta.url).href

const POLL_MS = 100
/** No record for so long is not slowness. */
const STALL_MS = 60_000

/** @param {string} folder @param {number} receiverPort */
export async function startLogveil(folder, receiverPort) {
  /** @type {string[]} */
  const log = []
  const logveil = await launchLogveil(
    folder,
    `sources:
  app: { type: forward, listen: 127.0.0.1:0 }
sinks:
  next: { type: forward, server: 127.0.0.1:${receiverPort} }
  store: { type: file, path: '${join(folder, 'logs.ndjson')}', rotate_bytes: 33554432 }
  counts: { type: file, inputs: [census], path: '${join(folder, 'census.ndjson')}' }
policy:
  packs: [default]
pipeline: { workers: 2 }
census: { window_ms: 2s }
admin: { listen: 127.0.0.1:0 }
`,
    log,
  )
  const { ready } = logveil
  return {
    log,
    port: Number(ready.sources.app[0].split(':').at(-1)),
    settled: (/** @type {number} */ records) => settled(ready.admin, records),
    killWorker: logveil.killWorker,
    stop: () => logveil.stop('SIGTERM'),
  }
}

/**
 * Resolves when it listens. Each line that it logs goes to `log`.
 * @param {string} folder @param {string} config @param {string[]} log
 */
export async function launchLogveil(folder, config, log) {
  const file = join(folder, 'logveil.yaml')
  writeFileSync(file, config)
  const args = ['--import', PRELOAD, MAIN, 'run', '-c', file]
  const child = spawn(process.execPath, args, { cwd: folder, stdio: ['ignore', 'ignore', 'pipe', 'ipc'] })
  /** @type {{ sources: Record<string, string[]>, admin: string }} */
  const ready = await new Promise((resolve, reject) => {
    child.once('exit', () => reject(new Error(`logveil did not start:\n${log.join('\n')}`)))
    createInterface({ input: /** @type {import('node:stream').Readable} */ (child.stderr) }).on('line', (line) => {
      log.push(line)
      if (line.includes('"event":"ready"')) resolve(JSON.parse(line))
    })
  })
  return {
    ready,
    killWorker: () => child.send('kill a worker'),
    signal: (/** @type {NodeJS.Signals} */ name) => child.kill(name),
    /** @param {NodeJS.Signals} signal @returns {Promise<number | null>} the exit code */
    stop: (signal) =>
      new Promise((resolve) => {
        child.once('exit', (code) => resolve(code))
        child.kill(signal)
      }),
  }
}

/**
 * Resolves when so many records have been through and none is under way, or when nothing has moved for long: nobody
 * else can say when those are in that came without acknowledgements. What is missing then is found missing later.
 * @param {string} admin @param {number} records
 */
async function settled(admin, records) {
  let last = -1
  let moved_ms = performance.now()
  while (performance.now() - moved_ms < STALL_MS) {
    const metrics = await (await fetch(`http://${admin}/metrics`)).text()
    const seen = Number(/^logveil_records_total\{source="app"\} (\d+)/m.exec(metrics)?.[1] ?? 0)
    const inFlight = Number(/^logveil_in_flight_bytes (\d+)/m.exec(metrics)?.[1] ?? 0)
    if (seen >= records && inFlight === 0) return
    if (seen !== last) moved_ms = performance.now()
    last = seen
    await sleep(POLL_MS)
  }
}
