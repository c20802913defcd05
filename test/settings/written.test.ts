// What is shown of a file that runs.
import { describe, expect, it } from 'vitest'
import { loadConfig } from '../../src/settings/index.ts'

const env = { KEY: 'a-secret-from-the-environment', HOST: '127.0.0.1' }

const TEXT = `sources:
  token_gate:
    type: forward
    listen: '\${HOST}:0'
    shared_key: '\${KEY}'
    users: [{ username: u, password: literal-1 }]
  over_tls: { type: otlp, http: 127.0.0.1:0, tls: { cert: a.pem, key: b.pem, key_passphrase: literal-2 } }
sinks:
  next: { type: http, endpoint: 'http://127.0.0.1:4317/in?sig=literal-4', headers: { x-any: literal-5 } }
policy:
  packs: [default]
  hmac: { id: k1, key: '\${NOPE:-literal-6-that-is-long}' }
  override: { password_field: { severity: low } }
admin: { listen: 0.0.0.0:0, token: literal-7-and-longer }
`

async function writtenBy(text: string) {
  const loaded = await loadConfig(text, 'c.yaml', { env })
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.complaints))
  return loaded.plan.written
}

describe('the settings as they are shown', () => {
  it('hold no secret, wherever it was written, and all else', async () => {
    const shown = await writtenBy(TEXT)
    expect(JSON.stringify(shown)).not.toMatch(/literal|a-secret/)
    expect(shown?.settings).toMatchObject({
      sources: {
        token_gate: { listen: '${HOST}:0', shared_key: '${KEY}', users: [{ username: 'u', password: '[hidden]' }] },
        over_tls: { tls: { cert: 'a.pem', key: 'b.pem', key_passphrase: '[hidden]' } },
      },
      sinks: { next: { endpoint: 'http://127.0.0.1:4317/in?sig=[hidden]', headers: { 'x-any': '[hidden]' } } },
      policy: { hmac: { id: 'k1', key: '${NOPE:-[hidden]}' }, override: { password_field: { severity: 'low' } } },
      admin: { token: '[hidden]' },
    })
  })

  it('have a hash that changes when they do, and not with a secret', async () => {
    const [one, again, other, secret] = await Promise.all([
      writtenBy(TEXT),
      writtenBy(TEXT),
      writtenBy(TEXT.replace('severity: low', 'severity: high')),
      writtenBy(TEXT.replace('literal-7-and-longer', 'another-token-for-all')),
    ])
    expect(one?.hash).toMatch(/^[0-9a-f]{12}$/)
    expect([again?.hash, secret?.hash]).toEqual([one?.hash, one?.hash])
    expect(other?.hash).not.toBe(one?.hash)
  })
})
