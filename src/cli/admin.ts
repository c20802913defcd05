// Owns the admin port: it takes requests, asks the gatekeeper, and has a page answer (admin/pages.ts says which there
// are). What is wrong with a request is said in JSON.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { createServer as createTlsServer, type Server as TlsServer } from 'node:https'
import { LogveilError } from '../core/errors.ts'
import { LIMITS } from '../core/limits.ts'
import type { AdminPlan } from '../core/plan.ts'
import { addressOf, formatBound, parseAddress } from '../net/address.ts'
import { loadServerTls } from '../net/tls.ts'
import { Gatekeeper } from './admin/gatekeeper.ts'
import { type Answer, type Behind, json, OPEN_PATHS, PAGES, type Stream } from './admin/pages.ts'

export interface Admin {
  /** Where it listens, after port 0 became a real one. */
  readonly address: string
  /** Reads the files of its `tls` again. */
  renew(): Promise<void>
  /** Lets go of its address; requests that came are answered. */
  release(): Promise<void>
  close(): Promise<void>
}

/** `listen` is `host:port`; a port alone listens on the loopback address. */
export async function startAdmin({ listen, token, tls }: AdminPlan, behind: Behind): Promise<Admin> {
  const text = /^:?\d+$/.test(listen) ? `127.0.0.1:${listen.replace(':', '')}` : listen
  if (parseAddress(text) === null) throw new LogveilError('LISTEN_FAILED', `admin: ${listen} is no address`)
  const gatekeeper = new Gatekeeper(text, token)
  let isLeaving = false
  const onRequest = (request: IncomingMessage, response: ServerResponse) => {
    // Nobody goes on, on a connection of before, under rules that hold no more.
    response.once('finish', () => isLeaving && request.socket.destroySoon())
    void answer(request, response, gatekeeper, behind)
  }
  const server = tls ? createTlsServer(await loadServerTls(tls), onRequest) : createServer(onRequest)
  server.headersTimeout = 5_000
  server.requestTimeout = 10_000
  const address = addressOf(text)
  await listening(server, address.kind === 'unix' ? { path: address.path } : address, text)
  const renew = async () => {
    if (tls) (server as TlsServer).setSecureContext(await loadServerTls(tls))
  }
  const bound = formatBound(server.address())
  const release = () => {
    isLeaving = true
    return released(server)
  }
  const close = () => {
    isLeaving = true
    return closed(server)
  }
  return { address: bound, renew, release, close }
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  gatekeeper: Gatekeeper,
  behind: Behind,
): Promise<void> {
  const [path, query = ''] = (request.url ?? '').split('?')
  const page = Object.hasOwn(PAGES, path) ? PAGES[path] : undefined
  const refusal = gatekeeper.refusal(request)
  const method = request.method === 'HEAD' ? 'GET' : (request.method ?? '')
  const read = page && Object.hasOwn(page, method) ? page[method as keyof typeof page] : undefined
  let reply: Answer | Stream
  if (refusal !== null && !(refusal.status === 401 && OPEN_PATHS.has(path))) {
    if (refusal.status === 401) response.setHeader('www-authenticate', 'Bearer')
    reply = json(refusal.status, { error: refusal.error })
  } else if (!page) reply = json(404, { error: 'no such page', pages: Object.keys(PAGES) })
  else if (!read) {
    const allowed = Object.keys(page).flatMap((known) => (known === 'GET' ? ['GET', 'HEAD'] : [known]))
    response.setHeader('allow', allowed.join(', '))
    reply = json(405, { error: 'no such method', allowed })
  } else {
    try {
      const body = await bodyOf(request)
      const question = { search: new URLSearchParams(query), body, isKnown: refusal === null }
      reply = await read(behind, question)
    } catch (error) {
      reply = error instanceof TooLong ? json(413, { error: 'too long' }) : json(500, { error: 'a defect' })
    }
  }
  if (!('open' in reply)) respond(request, response, reply)
  else stream(request, response, reply)
}

function respond(request: IncomingMessage, response: ServerResponse, { status, type, body }: Answer): void {
  response.writeHead(status, {
    'content-type': type,
    'content-length': Buffer.byteLength(body),
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
  })
  response.end(request.method === 'HEAD' ? undefined : body)
}

/** Memory is bounded: lines that a slow reader has no room for are left out, and it is told how many. */
function stream(request: IncomingMessage, response: ServerResponse, { type, open }: Stream): void {
  let missed = 0
  const send = (line: string) => {
    if (response.writableLength > LIMITS.tap_waiting_bytes_max) missed++
    else {
      if (missed > 0) response.write(`${JSON.stringify({ missed })}\n`)
      missed = 0
      response.write(line)
    }
  }
  const end = open(send)
  response.once('close', end)
  response.writeHead(200, { 'content-type': type, 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' })
  response.flushHeaders()
  if (request.method === 'HEAD' || response.destroyed) {
    end()
    response.end()
  }
}

class TooLong extends Error {}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length
    if (bytes > LIMITS.admin_body_bytes_max) throw new TooLong()
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

function listening(server: Server | TlsServer, where: object, text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const failed = (error: Error) => reject(new LogveilError('LISTEN_FAILED', `admin on ${text}`, error))
    server.once('error', failed)
    server.listen(where, () => {
      server.off('error', failed)
      resolve()
    })
  })
}

/** The address is free as soon as the handle is closed; `close` calls back much later. */
async function released(server: Server | TlsServer): Promise<void> {
  server.close(() => {})
  await new Promise((resolve) => setImmediate(resolve))
}

function closed(server: Server | TlsServer): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve())
    server.closeIdleConnections()
    // Whoever is still reading an answer gets a moment for it.
    setTimeout(() => server.closeAllConnections(), 500).unref()
  })
}
