import { describe, expect, it } from 'vitest'
import type { StoringSite } from '../../src/core/component.ts'
import { SettingsDocument } from '../../src/settings/document.ts'
import { interpolate } from '../../src/settings/interpolate.ts'
import { BASE, load, policyOf } from './standins.ts'

const POLICY = 'policy: { packs: [] }\n'
const env = {
  PORT: '24224',
  NAME: 'app',
  EMPTY: '',
  KEY: '12345678',
  ON: 'true',
  QUOTE: 'a: {b',
  SECRET: 'hunter2-secret',
}

async function readFile(path: string): Promise<string> {
  if (path.endsWith('/run/key')) return 'key-from-file\n'
  throw Object.assign(new Error('no'), { code: 'ENOENT' })
}

async function value(yaml: string): Promise<unknown> {
  const document = new SettingsDocument(yaml, '/etc/logveil/logveil.yaml')
  await interpolate(document, [], { env, readFile })
  expect(document.complaints).toEqual([])
  return document.plain([])
}

describe('values', () => {
  it.each([
    ['a variable within a text', 'a: 127.0.0.1:${PORT}', { a: '127.0.0.1:24224' }],
    ['a number when nothing else is there', 'a: ${PORT}', { a: 24224 }],
    ['a text in quotes', 'a: "${PORT}"', { a: '24224' }],
    ['true', 'a: ${ON}', { a: true }],
    ['a default for what is not set', 'a: ${NOPE:-5s}', { a: '5s' }],
    ['a default for what is empty', 'a: x${EMPTY:-5s}', { a: 'x5s' }],
    ['an empty variable', 'a: x${EMPTY}', { a: 'x' }],
    ['an empty default', 'a: x${NOPE:-}', { a: 'x' }],
    ['a file without its last line feed', 'a: ${file:/run/key}', { a: 'key-from-file' }],
    ['two at once', 'a: ${NAME}-${NAME}', { a: 'app-app' }],
    ['an escape', 'a: $${NAME} and ${NAME}', { a: '${NAME} and app' }],
    ['a lone dollar', "a: '^x$'", { a: '^x$' }],
    ['in lists and below', 'a: [{ b: "${NAME}" }]', { a: [{ b: 'app' }] }],
    ['not in keys', '${NAME}: 1', { '${NAME}': 1 }],
    ['once, however often it is repeated', 'a: &a ["${NAME}"]\nb: *a', { a: ['app'], b: ['app'] }],
    ['what looks like YAML stays one text', 'a: ${QUOTE}', { a: 'a: {b' }],
  ])('%s', async (_, yaml, expected) => expect(await value(yaml)).toEqual(expected))

  it('a file is found from the folder of the settings', async () => {
    const seen: string[] = []
    const document = new SettingsDocument('a: ${file:keys/one}', '/etc/logveil/logveil.yaml')
    await interpolate(document, [], { env, readFile: async (path) => `${seen.push(path)}` })
    expect(seen).toEqual(['/etc/logveil/keys/one'])
  })

  it('the setting decides between number and text, quotes or not', async () => {
    const text =
      `sources:\n  app:\n    type: forward\n    listen: a:1\n    shared_key: \${KEY}\n` +
      `    connections_max: "\${KEY}"\n`
    const wrong = await load(`${text}sinks: { a: { type: stdout } }\n${POLICY}`, { env })
    expect(wrong.complaints).toEqual([
      'logveil.yaml:6:22: too big: expected number to be <=65536 (Connections at once)',
    ])
    const right = text.replace('"${KEY}"', '"${PORT}"')
    const { plan } = await load(`${right}sinks: { a: { type: stdout } }\n${POLICY}`, { env })
    expect(plan?.sources[0].create({} as StoringSite)).toMatchObject({
      settings: { shared_key: '12345678', connections_max: 24224 },
    })
  })
})

describe('complaints', () => {
  it.each([
    ['not set', '${NOPE}', 'the variable NOPE is not set (set NOPE, or write ${NOPE:-default})'],
    ['not closed', 'a${NOPE', '"${" is not closed (write ${NAME} or ${NAME:-default}, and $${ for a plain ${)'],
    [
      'nested',
      '${A:-${B}}',
      '"${…}" stands within another (write ${NAME} or ${NAME:-default}, and $${ for a plain ${)',
    ],
    ['no name', '${1+1}', '${1+1} is no name of a variable (write ${NAME}, or $${ for a plain ${)'],
    ['a prototype', '${toString}', 'the variable toString is not set (set toString, or write ${toString:-default})'],
    ['no file', '${file:/nope}', 'the file /nope cannot be read (ENOENT) (check that it exists and is readable)'],
  ])('%s', async (_, expression, expected) => {
    const text = `${BASE.replace('out.ndjson', `'${expression}'`)}${POLICY}`
    const { complaints } = await load(text, { env, readFile })
    expect(complaints).toEqual([`logveil.yaml:4:30: ${expected}`])
  })

  it('say nothing more of a value that is missing', async () => {
    const text = 'sources:\n  app: { type: "${A}", listen: a:1 }\nsinks:\n  a: { type: stdout, required: "${B}" }\n'
    expect((await load(text + POLICY)).complaints).toEqual([
      'logveil.yaml:2:16: the variable A is not set (set A, or write ${A:-default})',
      'logveil.yaml:4:32: the variable B is not set (set B, or write ${B:-default})',
    ])
  })

  it('never print a value from elsewhere', async () => {
    const text = `sources:
  app: { type: "\${SECRET}", listen: a:1 }
sinks:
  a: { type: stdout, inputs: ["\${SECRET}"] }
policy:
  packs: ["\${SECRET}"]
  mode: "\${SECRET}"
  exclude: ["\${SECRET}"]
  rules:
    - { id: a, find: { detector: "\${SECRET}" }, action: "\${SECRET}" }
    - { id: b, find: { pattern: "(\${SECRET}" }, action: mask }
    - { id: c, find: { path: ["a \${SECRET}"] }, action: mask, where: { source: ["\${SECRET}"] } }
`
    const { complaints } = await load(text, { env })
    expect(complaints).toHaveLength(10)
    expect(complaints.join('\n')).not.toMatch(/hunter/)
    expect(complaints[0]).toBe('logveil.yaml:2:16: unknown source type "${SECRET}" (source types: forward)')
  })

  it('not even when a component would', async () => {
    const text =
      'rules:\n  - { id: "${SECRET}", find: { path: [a] }, action: { type: mask, char: "${SECRET}" } }\npacks: []\n'
    const { complaints } = await policyOf(text, { env: { SECRET: 'HUNTER-2' } })
    expect(complaints).toHaveLength(2)
    expect(complaints.join('\n')).not.toMatch(/HUNTER/)
  })

  it('a policy file asks only for its own variables', async () => {
    const text = `${BASE.replace('out.ndjson', '"${NOPE}"')}${POLICY}`
    expect((await policyOf(text)).policy?.rules).toEqual([])
  })
})
