// The JSON Schema of the whole file, for editors (`# yaml-language-server: $schema=…`). Made of the same zod schemas
// that parse it; config/schema.json is its copy (tools/schema.mjs writes it).
import { hostname } from 'node:os'
import type { z } from 'zod'
import { PACK_NAMES } from './packs.ts'
import { allowShape, overrideShape, policyShape, ruleShape } from './policy_shape.ts'
import type { Registries } from './registries.ts'
import { type JsonSchema, jsonSchemaOf } from './schema_lookup.ts'
import { rootShape, sinkRouteShape } from './shape.ts'

interface Declared {
  readonly type: string
  readonly summary: string
  readonly settings: z.ZodType
}

export function configSchema(registries: Registries): JsonSchema {
  const root = withWrittenVariables(jsonSchemaOf(rootShape))
  const properties = { ...root.properties }
  properties.sources = named(properties.sources, byType(registries.sources, {}))
  const route = withWrittenVariables(jsonSchemaOf(sinkRouteShape)).properties ?? {}
  properties.sinks = named(properties.sinks, byType(registries.sinks, route))
  properties.policy = policySchema(registries, properties.policy)
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'Settings of logveil',
    ...root,
    properties,
  }
}

/** A mapping from names to components. */
function named(section: JsonSchema | undefined, component: JsonSchema): JsonSchema {
  return { ...section, minProperties: 1, propertyNames: undefined, additionalProperties: component }
}

/** One `if` a type: an editor then speaks of the chosen type only. */
function byType(specs: readonly Declared[], shared: Record<string, JsonSchema>): JsonSchema {
  const type = { description: 'Kind of component.', enum: specs.map((spec) => spec.type) }
  return {
    type: 'object',
    required: ['type'],
    properties: { type },
    allOf: specs.map((spec) => ({
      if: { properties: { type: { const: spec.type } }, required: ['type'] },
      // biome-ignore lint/suspicious/noThenProperty: the keyword of JSON Schema
      then: componentSchema(spec, shared),
    })),
  }
}

function componentSchema(spec: Declared, shared: Record<string, JsonSchema>): JsonSchema {
  const settings = withWrittenVariables(jsonSchemaOf(spec.settings))
  const type = { const: spec.type, description: spec.summary }
  return { description: spec.summary, ...settings, properties: { type, ...shared, ...settings.properties } }
}

function policySchema(registries: Registries, described: JsonSchema | undefined): JsonSchema {
  const policy = withWrittenVariables(jsonSchemaOf(policyShape))
  const action = actionSchema(registries.actions)
  const override = withWrittenVariables(jsonSchemaOf(overrideShape))
  const properties = { ...policy.properties }
  properties.packs = { ...properties.packs, items: { anyOf: [{ enum: [...PACK_NAMES] }, { type: 'string' }] } }
  properties.rules = { ...properties.rules, items: ruleSchema(registries, action) }
  properties.override = {
    ...properties.override,
    propertyNames: undefined,
    additionalProperties: { ...override, properties: { ...override.properties, action } },
  }
  properties.allow = { ...properties.allow, ...jsonSchemaOf(allowShape) }
  return { ...described, ...policy, properties }
}

function ruleSchema(registries: Registries, action: JsonSchema): JsonSchema {
  const rule = withWrittenVariables(jsonSchemaOf(ruleShape))
  const find = rule.properties?.find
  const detector = { ...find?.properties?.detector, enum: registries.detectors.map((known) => known.id) }
  const ways = ['detector', 'pattern', 'field', 'path'].map((way) => ({ required: [way] }))
  const oneWay = { ...find, properties: { ...find?.properties, detector }, oneOf: ways }
  return { ...rule, properties: { ...rule.properties, find: oneWay, action } }
}

function actionSchema(actions: readonly Declared[]): JsonSchema {
  const plain = actions.map((action) => ({ const: action.type, description: action.summary }))
  return { description: 'What is done.', anyOf: [...plain, byType(actions, {})] }
}

/** `${PORT}` is a text until it is replaced: where a number, true or a certain text is wanted, it may stand too. */
function withWrittenVariables(schema: JsonSchema): JsonSchema {
  const { properties, additionalProperties, items, anyOf, ...rest } = schema
  const inner: JsonSchema = { ...rest }
  // A default made of the machine's name would make another file on every machine.
  if (typeof inner.default === 'string' && inner.default.endsWith(`-${hostname()}`)) delete inner.default
  if (properties !== undefined) {
    inner.properties = Object.fromEntries(
      Object.entries(properties).map(([key, value]) => [key, withWrittenVariables(value)]),
    )
  }
  if (additionalProperties !== undefined) {
    const isSchema = typeof additionalProperties === 'object'
    inner.additionalProperties = isSchema ? withWrittenVariables(additionalProperties) : additionalProperties
  }
  if (items !== undefined) {
    inner.items = Array.isArray(items) ? items.map(withWrittenVariables) : withWrittenVariables(items)
  }
  if (anyOf !== undefined) inner.anyOf = anyOf.map(withWrittenVariables)
  if (schema.const !== undefined || !refusesExpressions(schema)) return inner
  const { description, default: standard, ...plain } = inner
  const expression = { type: 'string', pattern: '\\$\\{' }
  return { ...kept('description', description), ...kept('default', standard), anyOf: [plain, expression] }
}

function refusesExpressions({ type, enum: values, pattern, format }: JsonSchema): boolean {
  if (type === 'string') return values !== undefined || pattern !== undefined || format !== undefined
  return type === 'number' || type === 'integer' || type === 'boolean'
}

function kept(key: string, value: unknown): JsonSchema {
  return value === undefined ? {} : { [key]: value }
}
