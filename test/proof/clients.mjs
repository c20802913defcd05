// Other people's clients: which of them are here, and how one is run as a process of its own and fed with records no
// faster than it takes them.
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setImmediate as turn } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

const SHARE = 0.2
const PIECE_CHARS = 32 * 1024
const PYTHON = '/usr/bin/python3'
const GO = 'go'
const GO_CLIENT = 'github.com/fluent/fluent-logger-golang/fluent'
const GO_ENV = { GO111MODULE: 'off', GOPATH: '/usr/share/gocode', GOFLAGS: '' }

/**
 * @typedef {import('node:stream').Readable} Readable
 * @typedef {import('node:stream').Writable} Writable
 * @typedef {import('../../dist/cli/traffic/records.js').TrafficRecord} TrafficRecord
 *
 * @typedef {{
 *   name: string,
 *   share: number,
 *   movesKeys: boolean,
 *   acknowledged: boolean,
 *   command: readonly string[],
 * }} Client `command` wants the port as its last argument
 */

const here = (/** @type {string} */ name) => fileURLToPath(new URL(name, import.meta.url))

/**
 * Those that are installed; the others are said aloud. Throws where proofs must be complete (CI).
 * @param {string} folder for what has to be built @param {(text: string) => void} say @returns {Client[]}
 */
export function installedClients(folder, say) {
  const common = { share: SHARE, movesKeys: false, acknowledged: true }
  /** @type {Client[]} */
  const clients = [
    { ...common, name: 'npm fluent-logger', command: [process.execPath, here('fluent_logger.mjs')] },
    { ...common, name: 'npm @fluent-org/logger', command: [process.execPath, here('fluent_org.mjs')] },
  ]
  const python = "Debian's python3-fluent-logger"
  if (available(PYTHON, ['-c', 'import fluent.sender'], {}, python, say)) {
    clients.push({ ...common, name: python, acknowledged: false, command: [PYTHON, here('python_sender.py')] })
  }
  const docker = "Docker's fluent-logger-golang"
  if (available(GO, ['list', GO_CLIENT], GO_ENV, docker, say)) {
    clients.push({ ...common, name: docker, movesKeys: true, command: [buildGo(folder)] })
  }
  return clients
}

/**
 * @param {string} file @param {string[]} args @param {Record<string, string>} env
 * @param {string} name @param {(text: string) => void} say
 */
function available(file, args, env, name, say) {
  try {
    execFileSync(file, args, { stdio: 'pipe', env: { ...process.env, ...env } })
    return true
  } catch {
    if (process.env.CI === 'true') throw new Error(`${name} is not installed, and CI runs no incomplete proofs`)
    say(`ABSENT: ${name} is not installed; the bulk sender sends its share`)
    return false
  }
}

/** @param {string} folder */
function buildGo(folder) {
  const binary = join(folder, 'docker_sender')
  const env = { ...process.env, ...GO_ENV, GOCACHE: join(tmpdir(), 'logveil-go-cache') }
  execFileSync(GO, ['build', '-o', binary, here('docker_sender.go')], {
    stdio: ['ignore', 'inherit', 'inherit'],
    env,
  })
  return binary
}

/**
 * Resolves when the client says that all of them are delivered; throws when it fails or says otherwise.
 * @param {Client} client
 * @param {number} port
 * @param {Iterable<TrafficRecord>} records
 * @param {(records: number) => void} done
 */
export async function runClient(client, port, records, done) {
  const [file, ...args] = client.command
  const child = spawn(file, [...args, String(port)], { stdio: ['pipe', 'pipe', 'inherit'] })
  const kill = () => void child.kill('SIGKILL')
  process.once('exit', kill)
  const exited = once(child, 'close')
  let delivered = 0
  createInterface({ input: child.stdout }).on('line', (line) => {
    delivered += Number(line)
    done(Number(line))
  })
  const fed = await feed(child, records)
  const [code] = await exited
  process.off('exit', kill)
  if (code !== 0) throw new Error(`${client.name} ended with exit code ${code}`)
  if (delivered !== fed) throw new Error(`${client.name} delivered ${delivered} of ${fed} records`)
}

/**
 * @param {import('node:child_process').ChildProcessByStdio<Writable, Readable, null>} child
 * @param {Iterable<TrafficRecord>} records
 */
async function feed({ stdin }, records) {
  // A client that has ended says why with its exit code.
  stdin.on('error', () => {})
  const closed = once(stdin, 'close')
  let piece = ''
  let fed = 0
  for (const { tag, time_ms, body } of records) {
    piece += `${JSON.stringify([tag, time_ms, body])}\n`
    fed++
    if (piece.length < PIECE_CHARS) continue
    if (stdin.write(piece)) await turn()
    else await Promise.race([once(stdin, 'drain'), closed])
    piece = ''
    if (stdin.destroyed) return fed
  }
  stdin.end(piece)
  return fed
}
