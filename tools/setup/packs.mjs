// Owns dist/packs: what the YAML of config/packs says, as JSON, which a start reads a hundred times faster. It names
// the text that it was made of (src/settings/known_packs.ts), so that it is not used when it is out of date.
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))))
const source = join(root, 'config/packs')
const output = join(root, 'dist/packs')
/** Makes plain data of YAML. */
const reader = join(root, 'dist/settings/document.js')

/** Writes what is missing or out of date. Packs that complain are left out: a start reads, and complains, itself. */
export async function buildPacks() {
  mkdirSync(output, { recursive: true })
  const names = readdirSync(source).map((file) => basename(file, '.yaml'))
  for (const file of readdirSync(output)) if (!names.includes(basename(file, '.json'))) rmSync(join(output, file))
  for (const name of names) {
    const text = readFileSync(join(source, `${name}.yaml`), 'utf8')
    const file = join(output, `${name}.json`)
    const sha256 = createHash('sha256').update(text).digest('hex')
    if (isFresh(file, sha256)) continue
    // Imported here: only after an install or a change are the packages needed, and there.
    const { SettingsDocument } = await import(pathToFileURL(reader).href)
    const document = new SettingsDocument(text, name)
    const value = document.plain([])
    if (document.usable) writeFileSync(file, JSON.stringify({ sha256, value }))
    else rmSync(file, { force: true })
  }
}

/** @param {string} file @param {string} sha256 @returns {boolean} */
function isFresh(file, sha256) {
  if (!existsSync(file) || statSync(file).mtimeMs < statSync(reader).mtimeMs) return false
  return readFileSync(file, 'utf8').startsWith(`{"sha256":"${sha256}"`)
}
