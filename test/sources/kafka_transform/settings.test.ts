// What an operator writes for a transform: no sink, and no topic that is read and written.
import { describe, expect, it } from 'vitest'
import { loadConfig } from '../../../src/settings/index.ts'

describe('settings of kafka_transform', () => {
  it('need no sink, and a sink that stands beside it gets the counts', async () => {
    const alone = await load("to: '{topic}.redacted'")
    expect(alone.plan?.sinks).toEqual([])
    const beside = await load("to: '{topic}.redacted'", 'sinks: { counts: { type: stdout } }')
    expect(beside.plan?.sinks[0].inputs).toEqual(['census'])
  })

  it('let no sink take its records', async () => {
    const { complaints } = await load("to: '{topic}.redacted'", 'sinks: { all: { type: stdout, inputs: [t] } }')
    expect(complaints.join()).toContain('no source is called "t"')
  })

  it.each([
    ["to: '{topic}'", 'in is read and written'],
    ['to: out\n    census_topic: in', 'in is read and written'],
    ['to: out\n    dead_letter: { topic: in }', 'in is read and written'],
    ['to: out\n    dead_letter: { topic: dead, encrypt: { id: k, key: c2hvcnQ= } }', 'it must be 32 bytes in base64'],
    ["to: 'no topic'", 'it is no name of a topic'],
  ])('refuse %j', async (text, complaint) => {
    expect((await load(text)).complaints.join()).toContain(complaint)
  })
})

async function load(more: string, sinks = '') {
  const text = `sources:
  t:
    type: kafka_transform
    brokers: [127.0.0.1:9092]
    group: g
    topics: [in]
    ${more}
${sinks}
policy: { packs: [default] }
`
  const loaded = await loadConfig(text, 'test.yaml')
  return loaded.ok
    ? { plan: loaded.plan, complaints: [] }
    : { plan: undefined, complaints: loaded.complaints.map(({ message, remedy }) => `${message} (${remedy})`) }
}
