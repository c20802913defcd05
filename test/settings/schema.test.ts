import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { jsonSchema, registries } from '../../src/settings/index.ts'
import { configSchema } from '../../src/settings/schema.ts'
import { type JsonSchema, jsonSchemaOf } from '../../src/settings/schema_lookup.ts'
import { registries as standIns } from './standins.ts'

describe('config/schema.json', () => {
  it('is what the schemas say (else: npm run build && node tools/schema.mjs)', () => {
    const committed = readFileSync(new URL('../../config/schema.json', import.meta.url), 'utf8')
    expect(JSON.parse(committed)).toEqual(JSON.parse(JSON.stringify(jsonSchema())))
  })

  it('has every component, action, detector and pack by name', () => {
    const text = JSON.stringify(jsonSchema())
    const { sources, sinks, actions, detectors } = registries
    for (const { type } of [...sources, ...sinks, ...actions]) expect(text).toContain(`"const":"${type}"`)
    for (const { id } of detectors) expect(text).toContain(`"${id}"`)
    expect(text).toContain('"default"')
  })

  it('takes an expression where a number is wanted, and knows what every sink has', () => {
    const schema = configSchema(standIns)
    const source = branch(schema, 'sources', 'forward')
    expect(source.properties?.connections_max.anyOf).toEqual([
      { type: 'integer', minimum: 1, maximum: 65_536 },
      { type: 'string', pattern: '\\$\\{' },
    ])
    expect(Object.keys(branch(schema, 'sinks', 'file').properties ?? {})).toEqual([
      'type',
      'inputs',
      'required',
      'path',
      'rotate',
    ])
  })
})

describe('every component', () => {
  const { sources, sinks, actions } = registries

  it.each([...sources, ...sinks, ...actions])(
    '$type refuses unknown settings and describes those that it has',
    (spec) => {
      const schema = jsonSchemaOf(spec.settings)
      expect(schema.additionalProperties).toBe(false)
      expect(undescribed(schema, spec.type)).toEqual([])
    },
  )
})

function branch(schema: JsonSchema, section: string, type: string): JsonSchema {
  const component = schema.properties?.[section].additionalProperties as JsonSchema
  const found = component.allOf?.find((one) => JSON.stringify(one.if).includes(`"const":"${type}"`))
  return found?.then as JsonSchema
}

function undescribed(schema: JsonSchema, path: string): string[] {
  return Object.entries(schema.properties ?? {}).flatMap(([key, value]) => {
    const place = `${path}.${key}`
    const missing = value.description === undefined && value.const === undefined ? [place] : []
    return [...missing, ...undescribed(value, place)]
  })
}
