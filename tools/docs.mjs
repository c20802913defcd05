// Writes the pages that are made from the program itself (docs/pages.mjs says which), the man page too. Run it after a
// build: a test fails when a page is not what this writes.
import { mkdirSync, writeFileSync } from 'node:fs'
import { pages } from './docs/pages.mjs'

/** @param {string} path */
const built = (path) => import(new URL(`../dist/${path}`, import.meta.url).href)
const { defaultPolicy, jsonSchema, registries } = await built('settings/index.js')
const { ERRORS } = await built('core/errors.js')
const { allCommands } = await built('cli/program.js')
const { exitCodesHelp } = await built('cli/exits.js')
const { METRICS } = await built('pipeline/metric_table.js')

const made = pages({
  schema: jsonSchema(),
  errors: ERRORS,
  metrics: METRICS,
  detectors: registries.detectors,
  policy: await defaultPolicy(),
  rows: await built('settings/rows.js'),
  formats: await built('sinks/formats/index.js'),
  commands: await allCommands(),
  exitCodes: exitCodesHelp(),
})
mkdirSync(new URL('../man', import.meta.url), { recursive: true })
for (const [path, text] of Object.entries(made)) writeFileSync(new URL(`../${path}`, import.meta.url), text)
