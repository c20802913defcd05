import { describe, expect, it } from 'vitest'
import { BASE, load } from './standins.ts'

const POLICY = 'policy:\n  packs: []\n'

/** Each row: what is wrong, the file, and every complaint about it. */
const WRONG: [string, string, string[]][] = [
  ['an empty file', '', ['1:1: the file is empty (see config/examples for what it may hold)']],
  ['a text', 'hello', ['1:1: the file is no mapping (see config/examples for what it may hold)']],
  [
    'a YAML slip, once a line',
    'sources: [a,\nsinks: {\n',
    [
      '2:1: Flow sequence in block collection must be sufficiently indented and end with a ] ' +
        '(mend the YAML here: see indentation, quotes and brackets)',
      '3:1: Flow map in block collection must be sufficiently indented and end with a } ' +
        '(mend the YAML here: see indentation, quotes and brackets)',
    ],
  ],
  ['a key twice', `${BASE}sinks: {}\n`, ['5:1: Map keys must be unique (remove one of the two)']],
  ['a tab', 'sources:\n\tapp: {}\n', ['2:1: Tabs are not allowed as indentation (indent with spaces)']],
  [
    'an expression without quotes in { }',
    'sources:\n  app: { type: forward, listen: ${X} }\n',
    ['2:34: Unexpected flow-map-start at node end (within { } and [ ] put quotes around it: "${NAME}")'],
  ],
  [
    'a tag',
    'sources: !secret 1\n',
    ['1:10: Unresolved tag: !secret (tags are not used here: remove it, or put quotes around the value)'],
  ],
  [
    'an alias of nothing',
    `${BASE}${POLICY}  exclude: *all\n`,
    [
      '7:12: this alias names no anchor above it (write `&name` at the value that is meant)',
      '7:12: expected a list, found nothing (Ids of rules of the packs that are left out)',
    ],
  ],
  [
    'an alias within itself',
    `${BASE}policy: &p\n  packs: []\n  override: { jwt: *p }\n`,
    [
      '7:15: no rule of the packs is called "jwt" (there are no rules)',
      '7:20: this alias stands within its own anchor (write the value out)',
    ],
  ],
  [
    'a key that is no name',
    `${BASE}${POLICY}  override: { __proto__: {} }\n`,
    ['7:15: "__proto__" is not a usable name (choose another name)'],
  ],
  [
    'nothing but a policy',
    POLICY,
    [
      '1:1: missing setting "sources" (add it: Where logs come from, by name)',
      '1:1: missing setting "sinks" (add it: Where logs and counts go, by name)',
    ],
  ],
  [
    'no source and no sink',
    `sources: {}\nsinks: {}\n${POLICY}`,
    ['1:1: there are no sources (add one: name: { type: … })', '2:1: there are no sinks (add one: name: { type: … })'],
  ],
  [
    'sources and sinks of a wrong kind',
    `sources: []\nsinks:\n${POLICY}`,
    [
      '1:10: expected a mapping, found a list (Where logs come from, by name)',
      '2:7: expected a mapping, found nothing (Where logs and counts go, by name)',
    ],
  ],
  ['an unknown section', `${BASE}${POLICY}polices: {}\n`, ['7:1: unknown setting "polices" (did you mean "policy"?)']],
  [
    'an unknown setting of a source',
    `sources:\n  app: { type: forward, lisen: 127.0.0.1:1 }\nsinks: { a: { type: stdout } }\n${POLICY}`,
    [
      '2:3: missing setting "listen" (add it: Address to listen on, host:port)',
      '2:25: unknown setting "lisen" (did you mean "listen"?)',
    ],
  ],
  [
    'an unknown setting of a sink, nothing like it known',
    `${BASE}  more: { type: stdout, colour: red }\n${POLICY}`,
    ['5:25: unknown setting "colour" (settings here: type, inputs, required)'],
  ],
  [
    'unknown settings deep down',
    'sources:\n  app:\n    type: forward\n    listen: a:1\n    tls: { cert: a, kye: b }\n    peers:\n' +
      `      - host: a\n        wieght: 2\n      - weight: 2\n      - host: a/b\n` +
      `sinks: { a: { type: stdout } }\n${POLICY}`,
    [
      '5:5: missing setting "key" (add it: PEM file)',
      '5:21: unknown setting "kye" (did you mean "key"?)',
      '8:9: unknown setting "wieght" (did you mean "weight"?)',
      '9:9: missing setting "host" (add it: Name)',
      '10:9: no host (write a name)',
    ],
  ],
  [
    'an unknown type',
    `sources:\n  app: { type: foward, listen: a:1 }\nsinks:\n  a: { type: kafka }\n${POLICY}`,
    [
      '2:16: unknown source type "foward" (did you mean "forward"?)',
      '4:14: unknown sink type "kafka" (sink types: file, stdout)',
    ],
  ],
  [
    'no type, and no mapping',
    `sources:\n  app: { listen: a:1 }\nsinks:\n  a: stdout\n${POLICY}`,
    [
      '2:3: missing setting "type" (source types: forward)',
      '4:6: a sink is a mapping (write it like name: { type: … })',
    ],
  ],
  [
    'values of a wrong kind',
    `sources:\n  app: { type: forward, listen: 1, connections_max: many }\nsinks:\n` +
      `  a: { type: stdout, required: yes }\n${POLICY}`,
    [
      '2:33: expected a text, found a number (Address to listen on, host:port)',
      '2:53: expected a number, found a text (Connections at once)',
      '4:32: expected true or false, found a text (Whether a source waits for this sink before it acknowledges; ' +
        'default true, false for counts and alerts alone)',
    ],
  ],
  [
    'a number out of range',
    `sources:\n  app: { type: forward, listen: a:1, connections_max: 0 }\nsinks: { a: { type: stdout } }\n${POLICY}`,
    ['2:55: too small: expected number to be >=1 (Connections at once)'],
  ],
  [
    'only the chosen branch of a union',
    `${BASE}  more: { type: file, path: a, rotate: { by: size, seconds: 3 } }\n${POLICY}`,
    [
      '5:32: missing setting "bytes" (add it: Bytes of a file)',
      '5:52: unknown setting "seconds" (settings here: by, bytes)',
    ],
  ],
  [
    'inputs that name nothing',
    `${BASE}  more: { type: stdout, inputs: [ap, censos, app, app] }\n${POLICY}`,
    [
      '5:34: no source is called "ap" (did you mean "app"?)',
      '5:38: no source is called "censos" (did you mean "census"?)',
      '5:51: "app" is here twice (remove one)',
    ],
  ],
  [
    'no inputs',
    `${BASE}  more: { type: stdout, inputs: [] }\n${POLICY}`,
    [
      '5:33: a sink with no inputs gets nothing ' +
        '(Names of sources, census, alerts, quarantine; absent: every source (of otlp_census and fluent: census))',
    ],
  ],
  [
    'names that are none',
    `sources:\n  census: { type: forward, listen: a:1 }\n  a b: { type: forward, listen: a:1 }\n` +
      `sinks: { a: { type: stdout } }\n${POLICY}`,
    [
      '2:3: "census" is the name of the counts (choose another name for the source)',
      '3:3: "a b" is no usable name (use letters, digits, _ . and - (at most 64))',
    ],
  ],
  [
    'pipeline, census, admin and log',
    `${BASE}${POLICY}pipeline: { workers: 0, deadline_ms: soon, in_flight_bytes_max: 1KB }\n` +
      `census:\n  window_ms: 5y\nadmin: true\nlog: { level: loud }\n`,
    [
      '7:22: too small: expected number to be >=1 (Number of worker threads, 1 to 256; auto: one less than the cores)',
      '7:38: not a whole number of milliseconds from 100 to 86400000, or a text with a unit (ms|s|m|h|d) ' +
        '(Time for a batch in a worker, per MiB begun; later the worker is ended and the batch retried once)',
      '7:65: not a whole number of bytes from 1048576 to 1099511627776, or a text with a unit ' +
        '(B|kB|MB|GB|KiB|MiB|GiB) ' +
        '(Bytes in flight in the whole pipeline; at the limit sources stop reading)',
      '9:14: not a whole number of milliseconds from 100 to 86400000, or a text with a unit (ms|s|m|h|d) ' +
        '(Length of a window: counts are written when it closes)',
      '10:8: true or false is not expected here (Where /health, /ready, /metrics, /config and the like are served; ' +
        'false switches it off)',
      '11:15: not one of debug, info, warn, error (debug, info, warn or error)',
    ],
  ],
  [
    'an admin address',
    `${BASE}${POLICY}admin: { listen: nowhere }\n`,
    ['7:18: no address to listen on (host:port; port 0 picks a free one)'],
  ],
  [
    'an admin port for everybody',
    `${BASE}${POLICY}admin: { listen: 0.0.0.0:9464 }\n`,
    [
      '7:18: others than this host can connect there, and no token is asked of them ' +
        '(add token: ${LOGVEIL_ADMIN_TOKEN}, or listen on 127.0.0.1)',
    ],
  ],
]

describe('complaints', () => {
  it.each(WRONG)('%s', async (_, text, expected) => {
    const { complaints } = await load(text)
    expect(complaints).toEqual(expected.map((line) => `logveil.yaml:${line}`))
  })

  it('a file of aliases of aliases ends soon', async () => {
    const lines = ['a: &a [x,x,x,x,x,x,x,x,x,x]']
    for (let level = 1; level < 9; level++) {
      const above = String.fromCharCode(96 + level)
      const name = String.fromCharCode(97 + level)
      lines.push(`${name}: &${name} [${Array(10).fill(`*${above}`).join(',')}]`)
    }
    const { complaints } = await load(lines.join('\n'))
    expect(complaints?.some((line) => line.includes('more than 50000 values'))).toBe(true)
  })
})

describe('what is only odd is a warning', () => {
  it('a source that no sink takes, and a policy of nothing', async () => {
    const text = `${BASE.replace('path: out.ndjson', 'path: a, inputs: [census]')}${POLICY}`
    const { warnings } = await load(text)
    expect(warnings).toEqual([
      'logveil.yaml:2:3: no sink takes "app" (add it to the inputs of a sink)',
      'logveil.yaml:5:1: the policy has no rules: nothing is redacted (packs: [default])',
    ])
  })
})

describe('defaults', () => {
  it('a sink takes every source and is required; one of counts is not', async () => {
    const { plan } = await load(`${BASE}  counts: { type: stdout, inputs: [census] }\n${POLICY}`)
    expect(plan?.sinks.map(({ name, inputs, required }) => ({ name, inputs, required }))).toEqual([
      { name: 'store', inputs: ['app'], required: true },
      { name: 'counts', inputs: ['census'], required: false },
    ])
  })

  it('a section of nothing is as good as absent', async () => {
    const { plan } = await load(`${BASE}${POLICY}pipeline:\ncensus:\nadmin:\nlog:\n`)
    expect(plan?.log.level).toBe('info')
    expect(plan?.pipeline.workers).toBeGreaterThan(0)
  })

  it('the admin server listens on loopback unless it is switched off', async () => {
    expect((await load(BASE + POLICY)).plan?.admin).toEqual({ listen: '127.0.0.1:9464' })
    expect((await load(`${BASE}${POLICY}admin: false\n`)).plan?.admin).toBeNull()
    expect((await load(`${BASE}${POLICY}admin: { listen: '[::1]:0' }\n`)).plan?.admin).toEqual({ listen: '[::1]:0' })
  })

  it('durations and sizes have units', async () => {
    const text =
      `pipeline: { deadline_ms: 5s, shutdown_ms: 1.5m, in_flight_bytes_max: 64MiB, workers: 3 }\n` +
      `census: { window_ms: 250 }\n`
    const { plan } = await load(BASE + POLICY + text)
    expect(plan?.pipeline).toEqual({
      workers: 3,
      deadline_ms: 5000,
      hold_ms: 1000,
      shutdown_ms: 90_000,
      in_flight_bytes_max: 67_108_864,
      worker_heap_mib_max: 512,
    })
    expect(plan?.census.window_ms).toBe(250)
    expect(plan?.census.services_max).toBe(1000)
  })
})
