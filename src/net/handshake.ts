// The forward handshake, both roles: builds and reads HELO, PING and PONG, and compares their digests.
// Never touches a socket, and never puts a key or a password in a result.
//
//   S->C  ["HELO", {"nonce": bin16, "auth": bin16 or "", "keepalive": bool}]
//   C->S  ["PING", client_hostname, salt, hex(salt + client_hostname + nonce + shared_key),
//          username | "", hex(auth + username + password) | ""]
//   S->C  ["PONG", accepted, reason, server_hostname | "", hex(salt + server_hostname + nonce + shared_key) | ""]
//
// hex is SHA-512 in lower case over the raw bytes in that order. Source: Fluent Forward Protocol Specification v1,
// section "Handshake messages"; salts may be bytes that are no UTF-8 (Fluent Bit sends 16 random ones as str).
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import { binValue, headBytes, isArray, isMap, members, rawText, skipValue, strValue } from './msgpack.ts'

/** A handshake message is far smaller; a peer that sends more than this before the end of one is refused. */
export const HANDSHAKE_BYTES_MAX = 8192

export interface Helo {
  readonly nonce: Uint8Array
  /** Empty when the server wants no user. */
  readonly auth: Uint8Array
  readonly keepalive: boolean
}

export interface Ping {
  readonly hostname: Uint8Array
  readonly salt: Uint8Array
  readonly digest: Uint8Array
  readonly username: Uint8Array
  readonly passwordDigest: Uint8Array
}

export interface Pong {
  readonly accepted: boolean
  readonly reason: Uint8Array
  readonly hostname: Uint8Array
  readonly digest: Uint8Array
}

/** A fresh HELO: 16 random bytes each, sent as bin, because JavaScript clients decode str as UTF-8 and break it. */
export function newHelo(wantsUser: boolean, keepalive: boolean): Helo {
  return { nonce: randomBytes(16), auth: wantsUser ? randomBytes(16) : new Uint8Array(0), keepalive }
}

export function encodeHelo(helo: Helo): Buffer {
  const auth = helo.auth.length === 0 ? strValue('') : binValue(helo.auth)
  const keepalive = Buffer.of(helo.keepalive ? 0xc3 : 0xc2)
  const options = [strValue('nonce'), binValue(helo.nonce), strValue('auth'), auth, strValue('keepalive'), keepalive]
  return Buffer.concat([Buffer.of(0x92), strValue('HELO'), Buffer.of(0x83), ...options])
}

/** Digest of the shared key as the side called `hostname` proves it. */
export function keyDigest(salt: Uint8Array, hostname: Uint8Array, nonce: Uint8Array, sharedKey: string): string {
  return createHash('sha512').update(salt).update(hostname).update(nonce).update(sharedKey).digest('hex')
}

export function passwordDigest(auth: Uint8Array, username: Uint8Array, password: string): string {
  return createHash('sha512').update(auth).update(username).update(password).digest('hex')
}

/** Compares digests in constant time; their lengths are public. */
export function sameDigest(given: Uint8Array, expected: string): boolean {
  const bytes = Buffer.from(expected)
  return given.length === bytes.length && timingSafeEqual(given, bytes)
}

/** The client's PING for a HELO. A salt per connection is made by the caller, who needs it again for the PONG. */
export function encodePing(
  helo: Helo,
  own: { hostname: string; sharedKey: string; username?: string; password?: string },
  salt: Uint8Array,
): Buffer {
  const hostname = Buffer.from(own.hostname)
  const username = helo.auth.length > 0 ? (own.username ?? '') : ''
  const proof = helo.auth.length > 0 ? passwordDigest(helo.auth, Buffer.from(username), own.password ?? '') : ''
  const values = ['PING', hostname, salt, keyDigest(salt, hostname, helo.nonce, own.sharedKey), username, proof]
  return Buffer.concat([Buffer.of(0x96), ...values.map(strValue)])
}

/** The server's answer: `digest` is empty when it refuses. The reason is read by people: it must hold no secret. */
export function encodePong(pong: { accepted: boolean; reason: string; hostname: string; digest: string }): Buffer {
  const accepted = Buffer.of(pong.accepted ? 0xc3 : 0xc2)
  const rest = [pong.reason, pong.hostname, pong.digest].map(strValue)
  return Buffer.concat([Buffer.of(0x95), strValue('PONG'), accepted, ...rest])
}

/** A whole handshake message, or null when it is none. `bytes` holds exactly one value. */
export function readHelo(bytes: Uint8Array): Helo | null {
  const at = elements(bytes, 'HELO', 2)
  if (at === null || !isMap(bytes[at[1]])) return null
  let nonce: Uint8Array | null = null
  let auth: Uint8Array | null = null
  let keepalive = true
  let next = at[1] + headBytes(bytes[at[1]])
  for (let pair = members(bytes, at[1]) / 2; pair > 0; pair--) {
    const key = rawText(bytes, next)
    const value = skipValue(bytes, next, bytes.length)
    next = skipValue(bytes, value, bytes.length)
    const name = key === null ? '' : Buffer.from(key).toString('latin1')
    if (name === 'nonce') nonce = rawText(bytes, value)
    if (name === 'auth') auth = rawText(bytes, value)
    if (name === 'keepalive') keepalive = bytes[value] !== 0xc2
  }
  return nonce === null ? null : { nonce, auth: auth ?? new Uint8Array(0), keepalive }
}

export function readPing(bytes: Uint8Array): Ping | null {
  const at = elements(bytes, 'PING', 6)
  if (at === null) return null
  const texts = at.slice(1).map((start) => rawText(bytes, start))
  const [hostname, salt, digest, username, proof] = texts
  if (!hostname || !salt || !digest || !username || !proof) return null
  return { hostname, salt, digest, username, passwordDigest: proof }
}

export function readPong(bytes: Uint8Array): Pong | null {
  const at = elements(bytes, 'PONG', 5)
  if (at === null) return null
  const [reason, hostname, digest] = at.slice(2).map((start) => rawText(bytes, start))
  if (!reason || !hostname || !digest) return null
  return { accepted: bytes[at[1]] === 0xc3, reason, hostname, digest }
}

/** Where the elements of the message `name` begin, or null when it is another message or has another length. */
function elements(bytes: Uint8Array, name: string, count: number): number[] | null {
  if (bytes.length === 0 || !isArray(bytes[0]) || skipValue(bytes, 0, bytes.length) !== bytes.length) return null
  if (members(bytes, 0) !== count) return null
  const starts: number[] = []
  let at = headBytes(bytes[0])
  for (let index = 0; index < count; index++) {
    starts.push(at)
    at = skipValue(bytes, at, bytes.length)
  }
  const first = rawText(bytes, starts[0])
  return first !== null && Buffer.from(first).equals(Buffer.from(name)) ? starts : null
}
