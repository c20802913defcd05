// Writes config/schema.json, which editors use, from the program's own schemas. Run it after a build: a test fails
// when the file is not what this writes.
import { writeFileSync } from 'node:fs'

const { jsonSchema } = await import(new URL('../dist/settings/index.js', import.meta.url).href)
const file = new URL('../config/schema.json', import.meta.url)
writeFileSync(file, `${JSON.stringify(jsonSchema(), null, 2)}\n`)
