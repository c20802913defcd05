// Signs requests by the Standard Webhooks specification (1.0.0), for which receivers have libraries:
//
//   webhook-signature: v1,base64(HMAC-SHA256(secret, id "." seconds "." body))
import { createHmac } from 'node:crypto'

const PREFIX = 'whsec_'

/** A secret in the form of the specification is base64 behind its prefix; any other is taken as it is. */
export function signingKey(secret: string): Buffer {
  return secret.startsWith(PREFIX) ? Buffer.from(secret.slice(PREFIX.length), 'base64') : Buffer.from(secret)
}

/** The headers for one attempt; `id` is that of the message, the same in each attempt. */
export function signedHeaders(key: Buffer, id: string, now_ms: number, body: Uint8Array): Record<string, string> {
  const seconds = String(Math.floor(now_ms / 1000))
  const signature = createHmac('sha256', key).update(`${id}.${seconds}.`).update(body).digest('base64')
  return { 'webhook-id': id, 'webhook-timestamp': seconds, 'webhook-signature': `v1,${signature}` }
}
