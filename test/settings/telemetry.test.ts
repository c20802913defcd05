import { describe, expect, it } from 'vitest'
import { formatComplaint } from '../../src/settings/complaint.ts'
import { loadConfig } from '../../src/settings/index.ts'

async function load(sink: string, more = '') {
  const text = `sources:
  app: { type: forward, listen: 127.0.0.1:24224 }
sinks:
  store: { type: file, path: out.ndjson }
  counts: ${sink}
${more}`
  const loaded = await loadConfig(text, 'l.yaml', { env: {} })
  return loaded.ok ? { plan: loaded.plan, complaints: [] } : { complaints: loaded.complaints.map(formatComplaint) }
}

const CENSUS = '{ type: otlp_census, endpoint: http://127.0.0.1:4317 }'

describe('a sink that takes counts only', () => {
  it('gets them without being told so, and nobody waits for it', async () => {
    const { plan } = await load(CENSUS)
    expect(plan?.sinks[1]).toMatchObject({ inputs: ['census'], required: false })
  })

  it('complains of records at their place', async () => {
    const { complaints } = await load(CENSUS.replace('}', ', inputs: [census, app] }'))
    expect(complaints).toEqual([
      'l.yaml:5:83: a sink of type otlp_census takes counts, and no records ' +
        '(write inputs: [census], [alerts] or both, or leave it out)',
    ])
  })

  it.each([
    ['endpoint: 127.0.0.1:4317', 'write http://host:port or https://host:port'],
    ['endpoint: http://127.0.0.1:4317/v1/logs', 'write http://host:port or https://host:port'],
    ['endpoint: http://h:1, tls: { ca: x.pem }', '`tls` needs an endpoint of https://'],
    ['endpoint: https://h:1, tls: { server_name: x }', 'the name in the endpoint is the one that is checked'],
    ['endpoint: http://h:1, headers: { grpc-timeout: 1S }', 'this header can not be set here'],
    ['endpoint: http://h:1, headers: { a: "b\\nc" }', 'only printable ASCII can be in a header'],
  ])('complains of %s', async (settings, message) => {
    const { complaints } = await load(`{ type: otlp_census, ${settings} }`)
    expect(complaints).toHaveLength(1)
    expect(complaints[0]).toContain(message)
  })
})

describe('telemetry', () => {
  it('is nothing when nobody asks for it, and has defaults when somebody does', async () => {
    expect((await load(CENSUS)).plan?.telemetry).toEqual({})
    const more = 'telemetry: { otlp: { endpoint: "http://h:4317" }, traces: {} }'
    expect((await load(CENSUS, more)).plan?.telemetry).toEqual({
      otlp: { endpoint: 'http://h:4317', protocol: 'grpc', headers: {}, interval_ms: 60_000, timeout_ms: 10_000 },
      traces: { sample_ratio: 1 },
    })
  })

  it.each([
    ['{ traces: {} }', '`traces` needs `otlp`, which says where they go'],
    ['{ otlp: { endpoint: "h:4317" } }', 'no URL like http://host:4317'],
    ['{ otlp: {} }', 'missing setting "endpoint"'],
    ['{ otlp: { endpoint: "http://h:1", interval_ms: 1ms } }', 'not a whole number of milliseconds'],
    ['{ otlp: { endpoint: "http://h:1", headers: { "a b": c } } }', 'this header can not be set here'],
    ['{ otlp: { endpoint: "http://h:1" }, traces: { sample_ratio: 2 } }', 'too big: expected number to be <=1'],
    ['{ otlp: { endpoint: "http://h:1", protocol: udp } }', 'not one of grpc, http'],
  ])('complains of %s', async (settings, message) => {
    const { complaints } = await load(CENSUS, `telemetry: ${settings}`)
    expect(complaints).toHaveLength(1)
    expect(complaints[0]).toContain(message)
  })
})
