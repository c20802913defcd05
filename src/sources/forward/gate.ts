// The server's side of the handshake of one connection: says HELO, judges the PING, answers PONG. Owns no socket:
// it returns what to write. Never says which half of the credentials was wrong, and never returns a secret.
import {
  encodeHelo,
  encodePong,
  HANDSHAKE_BYTES_MAX,
  type Helo,
  keyDigest,
  newHelo,
  type Ping,
  passwordDigest,
  readPing,
  sameDigest,
} from '../../net/handshake.ts'
import { SHORT, skipValue } from '../../net/msgpack.ts'

export interface Credentials {
  readonly sharedKey: string
  /** Empty: the shared key is enough. */
  readonly users: ReadonlyMap<string, string>
  /** Name in our PONG. Clients refuse a server that has their own name. */
  readonly serverName: string
}

export type Judged =
  | { kind: 'more' }
  /** `answer` is to be written, then what follows the PING (`rest`) is data. */
  | { kind: 'passed'; answer: Uint8Array; rest: Uint8Array }
  /** `answer` is to be written if it is not null, then the connection is to be closed. */
  | { kind: 'refused'; answer: Uint8Array | null; reason: string }

export class Gate {
  private readonly helo: Helo
  private readonly credentials: Credentials
  private received: Uint8Array = new Uint8Array(0)

  constructor(credentials: Credentials) {
    this.credentials = credentials
    this.helo = newHelo(credentials.users.size > 0, true)
  }

  greeting(): Uint8Array {
    return encodeHelo(this.helo)
  }

  judge(chunk: Uint8Array): Judged {
    this.received = this.received.length === 0 ? chunk : Buffer.concat([this.received, chunk])
    const { received } = this
    // A client without a key does not wait for HELO: its first bytes are a request.
    if (received.length > 0 && received[0] !== 0x96) return { kind: 'refused', answer: null, reason: 'no PING' }
    const end = skipValue(received, 0, Math.min(received.length, HANDSHAKE_BYTES_MAX))
    if (end === SHORT && received.length < HANDSHAKE_BYTES_MAX) return { kind: 'more' }
    const ping = end < 0 ? null : readPing(received.subarray(0, end))
    if (ping === null) return { kind: 'refused', answer: null, reason: 'no PING' }
    return this.answer(ping, received.subarray(end))
  }

  private answer(ping: Ping, rest: Uint8Array): Judged {
    const { sharedKey, serverName } = this.credentials
    const reason = this.reasonToRefuse(ping)
    if (reason !== null) {
      return { kind: 'refused', answer: encodePong({ accepted: false, reason, hostname: '', digest: '' }), reason }
    }
    const digest = keyDigest(ping.salt, Buffer.from(serverName), this.helo.nonce, sharedKey)
    return { kind: 'passed', answer: encodePong({ accepted: true, reason: '', hostname: serverName, digest }), rest }
  }

  /** Everything is computed, whatever fails first, so that the time taken says nothing. */
  private reasonToRefuse(ping: Ping): string | null {
    const { sharedKey, users, serverName } = this.credentials
    const keyFits = sameDigest(ping.digest, keyDigest(ping.salt, ping.hostname, this.helo.nonce, sharedKey))
    const password = users.get(Buffer.from(ping.username).toString('utf8'))
    const expected = passwordDigest(this.helo.auth, ping.username, password ?? '')
    const userFits = sameDigest(ping.passwordDigest, expected) && password !== undefined
    if (!keyFits) return 'shared_key mismatch'
    if (users.size > 0 && !userFits) return 'username/password mismatch'
    return Buffer.from(ping.hostname).toString('utf8') === serverName ? 'same hostname between input and output' : null
  }
}
