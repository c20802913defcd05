// The page of all settings, out of the JSON Schema that editors get.
import { table } from './table.mjs'

/** @typedef {import('../../src/settings/schema_lookup.ts').JsonSchema} JsonSchema */

const INTRO = `# Settings

Written by \`npm run docs\` from the schemas that check what you write; \`logveil check FILE\` prints every complaint
with its place and a remedy. Unknown settings are errors.

Any value may be, or contain, \`\${NAME}\`, \`\${NAME:-default}\` or \`\${file:/path}\`: it is filled in from the
environment or from a file. Where a number of milliseconds or bytes may be a text, it takes a unit: \`30s\`, \`5m\`,
\`64MiB\`.
`

const ACTIONS = `
## Actions

An \`action\` is a name, or a mapping with \`type\` and settings: \`{ type: mask, keep_last: 4 }\`.
`

/** More than this, detectors, are a table elsewhere. */
const VALUES_MAX = 10

/** @param {JsonSchema} schema */
export function settingsPage(schema) {
  const { sources, sinks, policy, pipeline, census, admin, log } = schema.properties ?? {}
  const rule = single(policy.properties?.rules.items)
  const sections = [
    section('sources', sources),
    ...kinds(single(sources.additionalProperties)),
    section('sinks', sinks),
    ...kinds(single(sinks.additionalProperties)),
    section('policy', policy),
    ACTIONS,
    ...kinds(rule.properties?.action.anyOf?.at(-1)),
    ...Object.entries({ pipeline, census, admin, log }).map(([name, one]) => section(name, one)),
  ]
  return INTRO + sections.join('')
}

/** @param {string} name @param {JsonSchema} schema */
function section(name, schema) {
  const rows = [schema, ...(schema.anyOf ?? [])].flatMap((one) => settingsOf(one, ''))
  return `\n## ${name}\n\n${sentence(schema.description)}\n${rows.length > 0 ? `\n${settingsTable(rows)}` : ''}`
}

/** One heading for each `type`. @param {JsonSchema | undefined} schema */
function kinds(schema) {
  return (schema?.allOf ?? []).map((branch) => {
    const { description, properties: { type, ...properties } = {}, ...rest } = /** @type {JsonSchema} */ (branch.then)
    const rows = settingsOf({ ...rest, properties }, '')
    const settings = rows.length > 0 ? settingsTable(rows) : 'It has no settings.\n'
    return `\n### \`${type.const}\`\n\n${sentence(description ?? type.description)}\n\n${settings}`
  })
}

/** @param {string[][]} rows */
function settingsTable(rows) {
  return table(['setting', 'type', 'default', 'what it is'], rows)
}

/**
 * A row for each setting, with those inside it below it.
 * @param {JsonSchema} schema @param {string} prefix @returns {string[][]}
 */
function settingsOf(schema, prefix) {
  const required = /** @type {string[]} */ (schema.required ?? [])
  return Object.entries(schema.properties ?? {}).flatMap(([key, value]) => {
    const standard = value.default === undefined ? '' : `\`${JSON.stringify(value.default)}\``
    const row = [`\`${prefix}${key}\``, typeOf(value), required.includes(key) ? 'required' : standard]
    // Actions have a chapter of their own.
    const inner = key === 'action' ? [] : insideOf(value, `${prefix}${key}`)
    return [[...row, sentence(value.description)], ...inner]
  })
}

/** @param {JsonSchema} schema @param {string} path @returns {string[][]} */
function insideOf(schema, path) {
  const named = typeof schema.additionalProperties === 'object' ? schema.additionalProperties : undefined
  return [
    ...settingsOf(schema, `${path}.`),
    ...(schema.items ? settingsOf(single(schema.items), `${path}[].`) : []),
    ...(named ? settingsOf(named, `${path}.NAME.`) : []),
    ...(schema.anyOf ?? []).flatMap((branch) => settingsOf(branch, `${path}.`)),
  ]
}

/** @param {JsonSchema} schema @returns {string} */
function typeOf(schema) {
  const { type, const: constant, enum: values, anyOf } = schema
  if (constant !== undefined) return `\`${constant}\``
  if (Array.isArray(values) && values.length > VALUES_MAX) return '[a name](../README.md#what-it-finds)'
  if (Array.isArray(values)) return values.map((value) => `\`${value}\``).join(', ')
  if (anyOf) return [...new Set(anyOf.filter((one) => !isExpression(one)).map(typeOf))].join(' or ')
  if (type === 'array') return `list of ${typeOf(single(schema.items)).replace('mapping', 'mappings')}`
  if (type === 'object') return 'mapping'
  return [type ?? 'any'].flat().join(' or ').replace('string', 'text').replace('boolean', 'true or false')
}

/** \`\${NAME}\` may stand anywhere. @param {JsonSchema} schema */
function isExpression({ type, pattern }) {
  return type === 'string' && pattern === '\\$\\{'
}

/** @param {unknown} schema */
function single(schema) {
  const one = Array.isArray(schema) ? schema[0] : schema
  return /** @type {JsonSchema} */ (typeof one === 'object' && one !== null ? one : {})
}

/** With its full stop. @param {string} [text] */
function sentence(text = '') {
  return text === '' || text.endsWith('.') ? text : `${text}.`
}
