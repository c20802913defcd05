// Writes the pages that are made from the program itself: docs/settings.md, docs/errors.md and the table of detectors
// in the README. Run it after a build: a test fails when a page is not what this writes.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { pages } from './docs/pages.mjs'

/** @param {string} path */
const built = (path) => import(new URL(`../dist/${path}`, import.meta.url).href)
const { defaultPolicy, jsonSchema, registries } = await built('settings/index.js')
const { ERRORS } = await built('core/errors.js')

const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8')
const made = pages({
  readme,
  schema: jsonSchema(),
  errors: ERRORS,
  detectors: registries.detectors,
  policy: await defaultPolicy(),
})
mkdirSync(new URL('../docs', import.meta.url), { recursive: true })
for (const [path, text] of Object.entries(made)) writeFileSync(new URL(`../${path}`, import.meta.url), text)
