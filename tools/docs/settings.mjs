// The page of all settings, out of the JSON Schema that editors get.
import { table } from './table.mjs'

/**
 * @typedef {import('../../src/settings/schema_lookup.ts').JsonSchema} JsonSchema
 * @typedef {typeof import('../../src/settings/rows.ts')} Rows
 */

const INTRO = `# Settings

Written by \`npm run docs\` from the schemas that check what you write; \`logveil check FILE\` prints every complaint
with its place and a remedy, and \`logveil list\` shows the same as this page. Unknown settings are errors.

Any value may be, or contain, \`\${NAME}\`, \`\${NAME:-default}\` or \`\${file:/path}\`: it is filled in from the
environment or from a file. Where a number of milliseconds or bytes may be a text, it takes a unit: \`30s\`, \`5m\`,
\`64MiB\`.
`

const ACTIONS = `
## Actions

An \`action\` is a name, or a mapping with \`type\` and settings: \`{ type: mask, keep_last: 4 }\`.
`

/** @param {JsonSchema} schema @param {Rows} rows */
export function settingsPage(schema, rows) {
  const { sources, sinks, policy, ...others } = schema.properties ?? {}
  const rule = rows.single(policy.properties?.rules.items)
  /** @param {JsonSchema | undefined} one */
  const kindsOf = (one) => kinds(one, rows)
  const sections = [
    section('sources', sources, rows),
    ...kindsOf(rows.single(sources.additionalProperties)),
    section('sinks', sinks, rows),
    ...kindsOf(rows.single(sinks.additionalProperties)),
    section('policy', policy, rows),
    ACTIONS,
    ...kindsOf(rule.properties?.action.anyOf?.at(-1)),
    ...Object.entries(others).map(([name, one]) => section(name, one, rows)),
  ]
  return INTRO + sections.join('')
}

/** @param {string} name @param {JsonSchema} schema @param {Rows} rows */
function section(name, schema, { settingRows, sentence }) {
  const settings = settingRows(schema)
  return `\n## ${name}\n\n${sentence(schema.description)}\n${settings.length > 0 ? `\n${settingsTable(settings)}` : ''}`
}

/** One heading for each `type`. @param {JsonSchema | undefined} schema @param {Rows} rows */
function kinds(schema, { settingRows, sentence }) {
  return (schema?.allOf ?? []).map((branch) => {
    const { description, properties: { type, ...properties } = {}, ...rest } = /** @type {JsonSchema} */ (branch.then)
    const settings = settingRows({ ...rest, properties })
    const shown = settings.length > 0 ? settingsTable(settings) : 'It has no settings.\n'
    return `\n### \`${type.const}\`\n\n${sentence(description ?? type.description)}\n\n${shown}`
  })
}

/** @param {ReturnType<Rows['settingRows']>} settings */
function settingsTable(settings) {
  const cells = settings.map(({ name, type, standard, required, description }) => {
    const given = standard === undefined ? '' : `\`${standard}\``
    return [`\`${name}\``, type.replace('a name', '[a name](detectors.md)'), required ? 'required' : given, description]
  })
  return table(['setting', 'type', 'default', 'what it is'], cells)
}
