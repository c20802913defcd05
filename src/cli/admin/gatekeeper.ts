// Who may ask the admin port for what. A browser is no friend here: a page of another site must neither read an answer
// (by a name that it made point to this host) nor have anything changed.
import type { IncomingMessage } from 'node:http'
import { isLoopback, isLoopbackHost } from '../../net/address.ts'
import { Bearer } from '../../net/bearer.ts'

export interface Refusal {
  readonly status: 401 | 403
  readonly error: string
}

export class Gatekeeper {
  readonly #bearer: Bearer
  readonly #isLoopback: boolean

  /** `listen`: where the port listens; without a token that is a loopback address. */
  constructor(listen: string, token: string | undefined) {
    this.#bearer = new Bearer(token === undefined ? [] : [token])
    this.#isLoopback = isLoopback(listen)
  }

  /** Null: it may ask. Whoever is not known is still told whether the process is alive and ready, and no more. */
  refusal(request: IncomingMessage): Refusal | null {
    const { host, origin, authorization } = request.headers
    // Only browsers send an Origin, and this port has no pages for them.
    if (origin !== undefined) return { status: 403, error: 'requests of web pages are not answered' }
    if (this.#isLoopback && !isLoopbackHost(nameOf(host))) {
      return { status: 403, error: 'the Host of the request is no name of this host: ask localhost or 127.0.0.1' }
    }
    return this.#bearer.admits(authorization) ? null : { status: 401, error: 'a bearer token is needed' }
  }
}

/** `[::1]:9464` and `localhost:9464` without port and brackets; '' when there is none. */
function nameOf(host = ''): string {
  const [, name = ''] = /^\[?([^\]]*?)\]?(?::\d+)?$/.exec(host) ?? []
  return name.toLowerCase()
}
