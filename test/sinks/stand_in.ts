// A receiver over HTTP that is not ours and whose manners a test decides. An API's own strictness is the test's to add
// (`answer`); troubles come before it. Everything that ever arrived is kept, as it was sent.
import { readFileSync } from 'node:fs'
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import type { TlsOptions } from 'node:tls'
import { gunzipSync } from 'node:zlib'
import { onTestFinished } from 'vitest'

export interface Asked {
  readonly method: string
  readonly path: string
  readonly query: URLSearchParams
  readonly headers: IncomingHttpHeaders
  /** After decompression. */
  readonly body: Buffer
  /** As it came. */
  readonly sent: Buffer
}

export interface Reply {
  readonly status?: number
  readonly headers?: Record<string, string>
  /** An object becomes JSON. */
  readonly body?: unknown
}

/** `take and hang`: the API takes the request, and its answer never comes. `none`: all goes well. */
export type Trouble = Reply | 'none' | 'hang' | 'hang up' | 'take and hang'

export interface StandIn {
  readonly endpoint: string
  readonly port: number
  readonly asked: Asked[]
  /** For the next requests, in order, in place of the API's own answers. */
  readonly troubles: Trouble[]
  /** Everything that arrived, compressed or not. */
  bytes(): Buffer
  close(): Promise<void>
}

export type Answer = (asked: Asked) => Reply | Promise<Reply>

interface Where {
  readonly port?: number
  /** With certificates (test/net/certificates.ts): it speaks TLS, and asks its clients for one. */
  readonly folder?: string
}

/** Listens until the test ends. */
export async function standIn(answer: Answer = () => ({}), where: Where = {}): Promise<StandIn> {
  const asked: Asked[] = []
  const troubles: Trouble[] = []
  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const parts: Buffer[] = []
    for await (const part of request) parts.push(part)
    const sent = Buffer.concat(parts)
    const body = request.headers['content-encoding'] === 'gzip' ? gunzipSync(sent) : sent
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://stand-in')
    const { method = '', headers } = request
    const one = { method, path: pathname, query: searchParams, headers, body, sent }
    asked.push(one)
    const trouble = troubles.shift()
    if (trouble === 'take and hang') await answer(one)
    if (trouble === 'hang' || trouble === 'take and hang') return
    if (trouble === 'hang up') return void request.socket.destroy()
    const reply = trouble === undefined || trouble === 'none' ? await answer(one) : trouble
    const text = typeof reply.body === 'string' ? reply.body : JSON.stringify(reply.body ?? {})
    response.writeHead(reply.status ?? 200, reply.headers).end(text)
  }
  const server = where.folder === undefined ? createServer(serve) : createTlsServer(certificates(where.folder), serve)
  await new Promise<void>((resolve) => server.listen(where.port ?? 0, '127.0.0.1', resolve))
  const close = async (): Promise<void> => {
    server.close()
    server.closeAllConnections()
  }
  onTestFinished(close)
  const bound = (server.address() as AddressInfo).port
  const bytes = (): Buffer => Buffer.concat(asked.flatMap(({ body, sent }) => [body, sent]))
  const scheme = where.folder === undefined ? 'http://127.0.0.1' : 'https://localhost'
  return { endpoint: `${scheme}:${bound}`, port: bound, asked, troubles, bytes, close }
}

function certificates(folder: string): TlsOptions {
  const read = (name: string) => readFileSync(join(folder, name))
  const own = { cert: read('server.pem'), key: read('server.key'), ca: read('ca.pem') }
  return { ...own, requestCert: true, rejectUnauthorized: true }
}

/** The JSON documents of a body with one a line. */
export function documentsIn(body: Buffer): Record<string, unknown>[] {
  const lines = body.toString().split('\n')
  if (lines.pop() !== '') throw new Error('the last line has no end')
  return lines.map((line) => JSON.parse(line))
}
