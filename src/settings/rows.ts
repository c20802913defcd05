// The settings of a schema as rows for people: what `logveil list` prints and docs/settings.md is made of.
import type { JsonSchema } from './schema_lookup.ts'

export interface SettingRow {
  /** `tls.cert`, `users[].password`, `fields.NAME`. */
  readonly name: string
  readonly type: string
  /** JSON; undefined when there is none. */
  readonly standard: string | undefined
  readonly required: boolean
  /** A sentence. */
  readonly description: string
}

/** Names of detectors and the like: too many to be listed in a table of types. */
const VALUES_MAX = 10

/** A row for each setting, with those inside it below it. */
export function settingRows(schema: JsonSchema): SettingRow[] {
  return [schema, ...(schema.anyOf ?? [])].flatMap((one) => rowsWithin(one, ''))
}

function rowsWithin(schema: JsonSchema, prefix: string): SettingRow[] {
  const required = (schema.required ?? []) as string[]
  return Object.entries(schema.properties ?? {}).flatMap(([key, value]) => {
    const row = {
      name: prefix + key,
      type: typeOf(value),
      standard: value.default === undefined ? undefined : JSON.stringify(value.default),
      required: required.includes(key),
      description: sentence(value.description),
    }
    // Actions have a chapter of their own.
    return [row, ...(key === 'action' ? [] : insideOf(value, prefix + key))]
  })
}

function insideOf(schema: JsonSchema, path: string): SettingRow[] {
  const named = typeof schema.additionalProperties === 'object' ? schema.additionalProperties : undefined
  return [
    ...rowsWithin(schema, `${path}.`),
    ...(schema.items ? rowsWithin(single(schema.items), `${path}[].`) : []),
    ...(named ? rowsWithin(named, `${path}.NAME.`) : []),
    ...(schema.anyOf ?? []).flatMap((branch) => rowsWithin(branch, `${path}.`)),
  ]
}

function typeOf(schema: JsonSchema): string {
  const { type, const: constant, enum: values, anyOf } = schema
  if (constant !== undefined) return `\`${constant}\``
  if (Array.isArray(values) && values.length > VALUES_MAX) return 'a name'
  if (Array.isArray(values)) return values.map((value) => `\`${value}\``).join(', ')
  if (anyOf) return [...new Set(anyOf.filter((one) => !isExpression(one)).map(typeOf))].join(' or ')
  if (type === 'array') return `list of ${typeOf(single(schema.items)).replace('mapping', 'mappings')}`
  if (type === 'object') return 'mapping'
  return [type ?? 'any'].flat().join(' or ').replace('string', 'text').replace('boolean', 'true or false')
}

/** `${NAME}` may stand anywhere. */
function isExpression({ type, pattern }: JsonSchema): boolean {
  return type === 'string' && pattern === '\\$\\{'
}

export function single(schema: JsonSchema | readonly JsonSchema[] | boolean | undefined): JsonSchema {
  const one = Array.isArray(schema) ? schema[0] : schema
  return typeof one === 'object' && one !== null ? one : {}
}

/** With its full stop. */
export function sentence(text = ''): string {
  return text === '' || text.endsWith('.') ? text : `${text}.`
}
