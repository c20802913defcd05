import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { loadConfig } from '../../src/settings/index.ts'

const FOLDER = new URL('../../config/examples/', import.meta.url)

const env = {
  LOGVEIL_HMAC_KEY: 'made-up-for-the-tests-only',
  FORWARD_SHARED_KEY: 'made-up-for-the-tests-only',
  UPSTREAM_SHARED_KEY: 'made-up-for-the-tests-only',
  HTTP_TOKEN: 'made-up-for-the-tests-only',
  OTLP_TOKEN: 'made-up-for-the-tests-only',
  ELASTIC_API_KEY: 'made-up-for-the-tests-only',
  SPLUNK_TOKEN: 'made-up-for-the-tests-only',
}

describe('config/examples', () => {
  it.each(readdirSync(FOLDER))('%s loads without a word', async (file) => {
    const text = readFileSync(new URL(file, FOLDER), 'utf8')
    expect(text).toMatch(/^# yaml-language-server: \$schema=\.\.\/schema\.json\n# [A-Z]/)
    const loaded = await loadConfig(text, `config/examples/${file}`, { env })
    expect(loaded).toMatchObject({ ok: true, warnings: [] })
  })

  it('the shape of the first issue loads', async () => {
    const text = `sources:
  app: { type: forward, listen: 127.0.0.1:24224 }
sinks:
  store: { type: file, path: ./out/logs.ndjson }
  counts: { type: file, inputs: [census], path: ./out/census.ndjson }
policy:
  packs: [default]
`
    const loaded = await loadConfig(text, 'logveil.yaml', { env: {} })
    expect(loaded).toMatchObject({ ok: true, warnings: [], plan: { sources: [{ name: 'app', type: 'forward' }] } })
  })
})
