// Knows whether an Authorization header lets its client in: by a token, under whichever name its protocol gives it, or
// by user and password. It takes the same time whether they fit or not.
import { createHash, timingSafeEqual } from 'node:crypto'

/** `unreadable`: of no scheme that we know, or cut short. */
export type Verdict = 'admitted' | 'absent' | 'unreadable' | 'wrong'

export interface User {
  readonly username: string
  readonly password: string
}

/** Splunk's clients and Elasticsearch's have names of their own for a bearer token. */
const TOKEN = /^(?:bearer|splunk|apikey) +(\S+) *$/i
const BASIC = /^basic +([a-z0-9+/_-]+=*) *$/i

export class Credentials {
  private readonly tokens: readonly Buffer[]
  private readonly users: readonly Buffer[]

  /** Neither tokens nor users: everybody may come in. */
  constructor(tokens: readonly string[], users: readonly User[]) {
    this.tokens = tokens.map(digest)
    this.users = users.map(({ username, password }) => digest(`${username}:${password}`))
  }

  judge(authorization: string | undefined): Verdict {
    if (this.tokens.length === 0 && this.users.length === 0) return 'admitted'
    if (authorization === undefined) return 'absent'
    const token = TOKEN.exec(authorization)
    if (token !== null) return isOneOf(token[1], this.tokens) ? 'admitted' : 'wrong'
    const basic = BASIC.exec(authorization)
    if (basic === null) return 'unreadable'
    const pair = Buffer.from(basic[1], 'base64').toString('utf8')
    // Splunk's clients may give their token as the password of any user.
    const password = pair.slice(pair.indexOf(':') + 1)
    const isUser = isOneOf(pair, this.users)
    return isOneOf(password, this.tokens) || isUser ? 'admitted' : 'wrong'
  }
}

function isOneOf(offered: string, digests: readonly Buffer[]): boolean {
  // Digests have one length, whatever was given.
  const given = digest(offered)
  let fits = false
  for (const expected of digests) fits = timingSafeEqual(given, expected) || fits
  return fits
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}
