// Owns the admin port: health, readiness, metrics and the census as JSON. It only ever reads, and it answers nobody
// with a byte of a record.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { LogveilError } from '../core/errors.ts'
import { addressOf, formatBound, parseAddress } from '../net/address.ts'
import type { Running } from '../pipeline/lifecycle.ts'

export interface Admin {
  /** Where it listens, after port 0 became a real one. */
  readonly address: string
  close(): Promise<void>
}

type Answer = { status: number; type: string; body: string }
type Page = (running: Running) => Answer | Promise<Answer>

const TEXT = 'text/plain; charset=utf-8'
const PAGES = new Map<string, Page>([
  ['/health', () => ({ status: 200, type: TEXT, body: 'ok\n' })],
  ['/ready', ready],
  ['/metrics', metrics],
  ['/census', census],
])

/** `listen` is `host:port`; a port alone listens on the loopback address. */
export async function startAdmin(listen: string, running: Running): Promise<Admin> {
  const text = /^:?\d+$/.test(listen) ? `127.0.0.1:${listen.replace(':', '')}` : listen
  if (parseAddress(text) === null) throw new LogveilError('LISTEN_FAILED', `admin: ${listen} is no address`)
  const server = createServer((request, response) => void answer(request, response, running))
  server.headersTimeout = 5_000
  server.requestTimeout = 10_000
  const address = addressOf(text)
  await listening(server, address.kind === 'unix' ? { path: address.path } : address, text)
  return { address: formatBound(server.address()), close: () => closed(server) }
}

async function answer(request: IncomingMessage, response: ServerResponse, running: Running): Promise<void> {
  const page = PAGES.get((request.url ?? '').split('?')[0])
  let reply: Answer
  if (!page) reply = { status: 404, type: TEXT, body: 'There is: /health /ready /metrics /census\n' }
  else if (request.method !== 'GET' && request.method !== 'HEAD') {
    response.setHeader('allow', 'GET, HEAD')
    reply = { status: 405, type: TEXT, body: 'GET only\n' }
  } else {
    reply = await read(page, running).catch(() => ({ status: 500, type: TEXT, body: 'a defect\n' }))
  }
  response.writeHead(reply.status, {
    'content-type': reply.type,
    'content-length': Buffer.byteLength(reply.body),
    'cache-control': 'no-store',
  })
  response.end(request.method === 'HEAD' ? undefined : reply.body)
}

// An async function, so that a page that throws is answered like one that rejects.
async function read(page: Page, running: Running): Promise<Answer> {
  return page(running)
}

function ready(running: Running): Answer {
  const health = running.health()
  return json(health.ready ? 200 : 503, health)
}

async function metrics(running: Running): Promise<Answer> {
  return { status: 200, type: 'text/plain; version=0.0.4; charset=utf-8', body: `${await running.metrics()}\n` }
}

function census(running: Running): Answer {
  return json(200, { totals: running.census.totals(), windows: running.census.windows() })
}

function json(status: number, value: unknown): Answer {
  return { status, type: 'application/json', body: `${JSON.stringify(value)}\n` }
}

function listening(server: Server, where: object, text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const failed = (error: Error) => reject(new LogveilError('LISTEN_FAILED', `admin on ${text}`, error))
    server.once('error', failed)
    server.listen(where, () => {
      server.off('error', failed)
      resolve()
    })
  })
}

function closed(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve())
    server.closeIdleConnections()
    // Whoever is still reading an answer gets a moment for it.
    setTimeout(() => server.closeAllConnections(), 500).unref()
  })
}
