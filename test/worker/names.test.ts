// Whose records are counted: the service, the namespace and the environment that records name, each by itself.
import { describe, expect, test } from 'vitest'
import { LIMITS } from '../../src/core/limits.ts'
import { inspect, policy, rule } from './harness.ts'

const from = policy([rule('emp', { pattern: 'EMP-\\d{6}' }, 'mask')], {
  namespace_from: ['kubernetes.namespace_name', 'ns'],
  environment_from: ['env'],
})

function whose(...records: object[]) {
  const { counts } = inspect(from, 'json', [...records.map((record) => `${JSON.stringify(record)}\n`)])
  return counts.services.map(({ service, namespace, environment, records }) => [
    service,
    namespace,
    environment,
    records,
  ])
}

describe('whose records they are', () => {
  test('one service in two namespaces and environments is counted by each', () => {
    const shop = { service: 'shop', ns: 'eu', env: 'prod' }
    expect(whose(shop, { ...shop, env: 'test' }, shop, { ...shop, ns: 'us' }, { service: 'shop' }, shop)).toEqual([
      ['shop', 'eu', 'prod', 3],
      ['shop', 'eu', 'test', 1],
      ['shop', 'us', 'prod', 1],
      ['shop', undefined, undefined, 1],
    ])
  })

  test('the first place that the policy lists counts, wherever it stands', () => {
    expect(whose({ ns: 'b', kubernetes: { namespace_name: 'a' }, service: 's' })).toEqual([['s', 'a', undefined, 1]])
    expect(whose({ kubernetes: { namespace_name: 'a' }, service: 's', ns: 'b' })).toEqual([['s', 'a', undefined, 1]])
  })

  test('an empty one, a number and an object are no names', () => {
    expect(whose({ service: 's', ns: '', env: 1 }, { service: 's', env: { a: 'b' } })).toEqual([
      ['s', undefined, undefined, 2],
    ])
  })

  test('one that is redacted is not told, and the others are', () => {
    const { counts, text } = inspect(from, 'json', ['{"service":"s","ns":"EMP-123456","env":"prod"}\n'])
    expect(counts.services).toMatchObject([{ service: 's', namespace: '_redacted', environment: 'prod' }])
    expect(counts.findings).toMatchObject([{ service: 's', namespace: '_redacted', environment: 'prod' }])
    expect(JSON.stringify(counts) + text).not.toContain('EMP-123456')
  })

  test('a record that can not be inspected names nobody', () => {
    const deep = `${'{"a":'.repeat(70)}1${'}'.repeat(70)}`
    const { counts } = inspect(from, 'json', [`{"service":"s","ns":"eu","x":${deep}}\n`])
    expect(counts.services.map(({ namespace }) => namespace)).toEqual([undefined])
  })

  test('very many namespaces of one service do not slow a worker down', () => {
    const records = Array.from({ length: 5 * LIMITS.services_max }, (_, at) => ({ service: 's', ns: `ns-${at}` }))
    const begun = process.cpuUsage().user
    expect(whose(...records)).toHaveLength(records.length)
    expect(process.cpuUsage().user - begun).toBeLessThan(10_000_000)
  })

  test('an OTLP resource names them for all of its records', () => {
    const attribute = (key: string, stringValue: string) => ({ key, value: { stringValue } })
    const attributes = [attribute('service.name', 's'), attribute('service.namespace', 'eu')]
    const request = {
      resourceLogs: [
        {
          resource: { attributes: [...attributes, attribute('deployment.environment.name', 'prod')] },
          scopeLogs: [{ logRecords: [{ body: { stringValue: 'a' } }, { body: { stringValue: 'EMP-123456' } }] }],
        },
        { scopeLogs: [{ logRecords: [{ body: { stringValue: 'b' } }] }] },
      ],
    }
    const at = (name: string) => [`@group.resource.attributes.${name}`]
    const otlp = policy(from.rules, {
      service_from: at('service.name'),
      namespace_from: at('service.namespace'),
      environment_from: at('deployment.environment.name'),
    })
    const { counts } = inspect(otlp, 'otlp_json', [JSON.stringify(request)])
    expect(counts.services).toHaveLength(2)
    expect(counts.services).toContainEqual(expect.objectContaining({ service: 's', namespace: 'eu', records: 2 }))
    const unnamed = counts.services.find(({ service }) => service === 'unknown_service')
    expect(Object.keys(unnamed ?? {})).toEqual(['service', 'records', 'affected', 'dropped', 'failures'])
    expect(counts.findings).toMatchObject([{ service: 's', namespace: 'eu', environment: 'prod', matches: 1 }])
  })
})
