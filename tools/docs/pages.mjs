// What the generated pages say. It reads the program's registries and tables and writes no file.
import { settingsPage } from './settings.mjs'
import { table } from './table.mjs'

/**
 * @typedef {import('../../src/core/detector.ts').Detector} Detector
 * @typedef {import('../../src/core/policy.ts').Policy} Policy
 * @typedef {import('../../src/settings/schema_lookup.ts').JsonSchema} JsonSchema
 * @typedef {{
 *   readme: string
 *   schema: JsonSchema
 *   errors: Readonly<Record<string, readonly [string, string]>>
 *   detectors: readonly Detector[]
 *   policy: Policy
 * }} Made `policy` is the one that counts when nobody wrote one
 */

/** The text of each page by its path. @param {Made} from @returns {Record<string, string>} */
export function pages({ readme, schema, errors, detectors, policy }) {
  return {
    'README.md': between(readme, 'detectors', detectorTable(detectors, policy)),
    'docs/errors.md': errorsPage(errors),
    'docs/settings.md': settingsPage(schema),
  }
}

/** @param {string} page @param {string} name @param {string} text */
function between(page, name, text) {
  const [open, close] = [`<!-- ${name} -->`, `<!-- /${name} -->`]
  const [before, rest] = page.split(open)
  const after = rest?.split(close)[1]
  if (after === undefined) throw new Error(`the page has no ${open} … ${close}`)
  return `${before}${open}\n${text}${close}${after}`
}

/** @param {readonly Detector[]} detectors @param {Policy} policy */
function detectorTable(detectors, policy) {
  const rows = detectors.map(({ id, summary, category, severity, confidence }) => {
    const rule = policy.rules.find(({ find }) => 'detector' in find && find.detector === id)
    return [`\`${id}\``, summary, category, severity, confidence, rule ? `\`${rule.action.type}\`` : '']
  })
  return table(['detector', 'finds', 'category', 'severity', 'confidence', 'in `default`'], rows)
}

/** @param {Made['errors']} errors */
function errorsPage(errors) {
  const rows = Object.entries(errors).map(([code, [what, remedy]]) => [`\`${code}\``, what, remedy])
  return `# Errors

Written by \`npm run docs\` from \`src/core/errors.ts\`. The code stands in the log, under \`code\`. Messages never hold
bytes of a record.

${table(['code', 'what happened', 'what to do'], rows)}`
}
