// What surrounds logveil in the proof of its counts: a SIEM that refuses, fails and forgets to answer, and the
// settings.
import { createServer } from 'node:http'
import { join } from 'node:path'

/** Of the requests: answered with an error and not kept; kept, and then the connection is cut. */
const FAILS = 0.2
const SILENT = 0.2

/**
 * Takes events over HTTP, as JSON lines, and keeps every byte that came.
 */
export class Siem {
  port = 0
  /** Every request, also those that were not kept. @type {Buffer[]} */
  bodies = []
  /** Events by id; `differing` counts those that came again as something else. @type {Map<string, any>} */
  events = new Map()
  differing = 0
  repeats = 0
  /** From now on it works. */
  isWell = false
  #idOf
  #random
  /** @type {import('node:http').Server | null} */
  #server = null

  /** @param {() => number} random @param {(event: any) => string} idOf */
  constructor(random, idOf) {
    this.#random = random
    this.#idOf = idOf
  }

  /** On the port of the last time, or a free one. @returns {Promise<void>} */
  async open() {
    const server = createServer((request, response) => {
      /** @type {Buffer[]} */
      const parts = []
      request.on('error', () => {})
      request.on('data', (part) => parts.push(part))
      request.on('end', () => this.#answer(Buffer.concat(parts), response))
    })
    this.#server = server
    await new Promise((resolve) => server.listen(this.port, '127.0.0.1', () => resolve(undefined)))
    this.port = /** @type {import('node:net').AddressInfo} */ (server.address()).port
  }

  async close() {
    const server = this.#server
    this.#server = null
    server?.closeAllConnections()
    await new Promise((resolve) => (server ? server.close(resolve) : resolve(undefined)))
  }

  /** @param {Buffer} body @param {import('node:http').ServerResponse} response */
  #answer(body, response) {
    this.bodies.push(body)
    const dice = this.isWell ? 1 : this.#random()
    if (dice < FAILS) {
      response.writeHead(dice < FAILS / 4 ? 400 : 503).end()
      return
    }
    for (const line of body.toString().split('\n').filter(Boolean)) this.#keep(line)
    if (dice < FAILS + SILENT) response.destroy()
    else response.writeHead(200).end()
  }

  /** @param {string} line */
  #keep(line) {
    const event = JSON.parse(line)
    const id = this.#idOf(event)
    const known = this.events.get(id)
    if (known) this.repeats++
    if (known && JSON.stringify(known) !== line) this.differing++
    this.events.set(id, event)
  }
}

/**
 * @param {string} folder
 * @param {{ source: number, receiver: number, json: number, ocsf: number }} ports
 */
export function settings(folder, { source, receiver, json, ocsf }) {
  const sink = `type: http, inputs: [census], timeout_ms: 5000`
  return `sources:
  app: { type: forward, listen: 127.0.0.1:${source} }
sinks:
  next: { type: forward, server: 127.0.0.1:${receiver} }
  siem: { ${sink}, endpoint: 'http://127.0.0.1:${json}/' }
  lake: { ${sink}, endpoint: 'http://127.0.0.1:${ocsf}/', format: ocsf }
policy:
  packs: [default]
pipeline: { workers: 2, shutdown_ms: 60s }
census: { window_ms: 300ms, state_dir: '${join(folder, 'census')}' }
admin: { listen: 127.0.0.1:0 }
`
}
