// The same in OTLP, whose requests hold the records of many streams under their resources.
import { describe, expect, test } from 'vitest'
import { policy, rule } from '../harness.ts'
import { run, splits } from './run.ts'

const RULES = policy([
  rule('key', { detector: 'pem_private_key' }, 'replace'),
  rule('card', { detector: 'payment_card' }, { type: 'mask', keep_last: 4 }),
])
const BODY = ['MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7VJTUt9Us8cKj', 'MzEfYyjiWA4R4/M2bS1GB4t7NXp98C3S==']
const KEY = ['-----BEGIN PRIVATE KEY-----', ...BODY, '-----END PRIVATE KEY-----']

interface Line {
  pod: string
  text: string
  attributes?: Record<string, string>
}

const keyed = (values: Record<string, string>) =>
  Object.entries(values).map(([key, stringValue]) => ({ key, value: { stringValue } }))

/** A request with one resource a line. */
function request(lines: readonly Line[]): string {
  const resourceLogs = lines.map(({ pod, text, attributes = {} }) => ({
    resource: { attributes: keyed({ 'k8s.pod.name': pod }) },
    scopeLogs: [{ logRecords: [{ body: { stringValue: text }, attributes: keyed(attributes) }] }],
  }))
  return JSON.stringify({ resourceLogs })
}

function textsOf(out: string): string[] {
  return [...out.matchAll(/"body":\{"stringValue":"([^"]*)"\}/g)].map(([, text]) => text)
}

describe('OTLP', () => {
  test('a private key logged line by line is redacted, each resource for itself', () => {
    const lines = KEY.flatMap((text) => [
      { pod: 'a', text },
      { pod: 'b', text: 'aGVsbG8gd29ybGQgaGVsbG8gd29ybGQ' },
    ])
    const frames = lines.map((line) => request([line]))
    const whole = run(RULES, 'otlp_json', frames)
    expect(textsOf(whole.text)).toEqual(lines.map(({ pod, text }) => (pod === 'a' ? '[REDACTED:key]' : text)))
    for (const sizes of splits(frames.length)) expect(run(RULES, 'otlp_json', frames, sizes).text).toBe(whole.text)
    const one = run(RULES, 'otlp_json', [request(lines)])
    expect(textsOf(one.text)).toEqual(textsOf(whole.text))
  })

  test('pieces that a parser flagged in attributes are put together', () => {
    const stream = { 'log.iostream': 'stdout' }
    const frames = [
      request([{ pod: 'a', text: 'pay 4111 1111', attributes: { ...stream, logtag: 'P' } }]),
      request([{ pod: 'a', text: ' 1111 1111 now', attributes: { ...stream, logtag: 'F' } }]),
    ]
    for (const sizes of [[2], [1, 1]]) {
      expect(textsOf(run(RULES, 'otlp_json', frames, sizes).text)).toEqual(['pay *********', '******1111 now'])
    }
  })
})
