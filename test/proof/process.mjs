// A real `logveil run` whose worker threads can be killed from outside (kill_worker.mjs); its log is kept in full.
import { spawn } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

const MAIN = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url))
const PRELOAD = new URL('./kill_worker.mjs', import.meta.url).href

/** @param {string} folder @param {number} receiverPort */
export async function startLogveil(folder, receiverPort) {
  const file = join(folder, 'logveil.yaml')
  writeFileSync(
    file,
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
  )
  const args = ['--import', PRELOAD, MAIN, 'run', '-c', file]
  const child = spawn(process.execPath, args, { cwd: folder, stdio: ['ignore', 'ignore', 'pipe', 'ipc'] })
  /** @type {string[]} */
  const log = []
  /** @type {{ sources: Record<string, string[]> }} */
  const ready = await new Promise((resolve, reject) => {
    child.once('exit', () => reject(new Error(`logveil did not start:\n${log.join('\n')}`)))
    createInterface({ input: /** @type {import('node:stream').Readable} */ (child.stderr) }).on('line', (line) => {
      log.push(line)
      if (line.includes('"event":"ready"')) resolve(JSON.parse(line))
    })
  })
  return {
    log,
    port: Number(ready.sources.app[0].split(':').at(-1)),
    killWorker: () => child.send('kill a worker'),
    /** @returns {Promise<number | null>} the exit code */
    stop: () =>
      new Promise((resolve) => {
        child.once('exit', (code) => resolve(code))
        child.kill('SIGTERM')
      }),
  }
}
