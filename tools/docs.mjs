// Writes the pages that are made from the program itself: docs/settings.md, docs/errors.md, docs/metrics.md and the
// table of detectors in the README. Run it after a build: a test fails when a page is not what this writes.
import { mkdirSync, writeFileSync } from 'node:fs'
import { pages } from './docs/pages.mjs'

/** @param {string} path */
const built = (path) => import(new URL(`../dist/${path}`, import.meta.url).href)
const { defaultPolicy, jsonSchema, registries } = await built('settings/index.js')
const { ERRORS } = await built('core/errors.js')
const { METRICS } = await built('pipeline/metric_table.js')

const made = pages({
  schema: jsonSchema(),
  errors: ERRORS,
  metrics: METRICS,
  detectors: registries.detectors,
  policy: await defaultPolicy(),
  rows: await built('settings/rows.js'),
  formats: await built('sinks/formats/index.js'),
})
mkdirSync(new URL('../docs', import.meta.url), { recursive: true })
for (const [path, text] of Object.entries(made)) writeFileSync(new URL(`../${path}`, import.meta.url), text)
