// What an operator may write about every sink over HTTP.
import { z } from 'zod'
import { headersSetting } from './headers.ts'
import { clientTls } from './tls.ts'

const URL_WANTED = 'write http://host:port or https://host:port'

/** An http or https URL without user and fragment. */
function isEndpoint(text: string): boolean {
  if (!/^https?:\/\//.test(text) || !URL.canParse(text)) return false
  const { hostname, username, password, hash } = new URL(text)
  return hostname !== '' && username === '' && password === '' && hash === ''
}

export const endpointSetting = z.string().refine(isEndpoint, { error: URL_WANTED })

/** The endpoint of an API whose paths are known: a path before them may follow (`https://host/behind/a/proxy`). */
export const baseSetting = endpointSetting
  .refine((text) => !isEndpoint(text) || new URL(text).search === '', { error: 'no query can stand here' })
  .describe('http://host:port or https://host:port, and a path when the API stands below one')

export const tlsSetting = clientTls
  .optional()
  .describe('TLS for an endpoint of https://; absent: the roots of Node.js are trusted')

interface Defaults {
  readonly compression: 'none' | 'gzip'
  readonly request_bytes_max: number
}

/** The members that go into each such sink's object of settings. */
export function httpShape({ compression, request_bytes_max }: Defaults) {
  return {
    compression: z.enum(['none', 'gzip']).default(compression).describe('Compresses each request'),
    headers: headersSetting,
    tls: tlsSetting,
    request_bytes_max: z
      .int()
      .min(1024)
      .default(request_bytes_max)
      .describe('Bytes of a request before compression. One larger record goes alone'),
    connections: z.int().min(1).max(64).default(4).describe('Connections open at once; with 1 the order is kept'),
    timeout_ms: z
      .int()
      .min(1)
      .max(2 ** 31 - 1)
      .default(30_000)
      .describe('Time for an answer; later the request is sent again'),
  }
}

/** For `refine`: TLS was written where it is not spoken. */
export const tlsNeedsHttps = {
  check: (given: { endpoint: string; tls?: unknown }) => given.tls === undefined || given.endpoint.startsWith('https:'),
  complaint: { error: '`tls` needs an endpoint of https://', path: ['tls'] },
}

/** Path of the API below its base: `https://host/base` and `/loki` make `/base/loki`. */
export function pathBelow(base: string, path: string): string {
  return `${new URL(base).pathname.replace(/\/+$/, '')}${path}`
}
