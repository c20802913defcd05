// What the build has read in the packs that ship, so that a start need not parse their YAML. It is used only for the
// very text that it was made of: a pack that was changed since, and a checkout that was not built, are read as YAML.
import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'

/** The same from src/settings and from dist/settings. */
const FOLDER = new URL('../../dist/packs/', import.meta.url)

interface Known {
  readonly sha256: string
  /** The plain data of the text. */
  readonly value: unknown
}

/** The plain data of the text of the pack `name`, or undefined when it is not known. */
export async function knownPack(name: string, text: string): Promise<{ value: unknown } | undefined> {
  let known: Known
  try {
    known = JSON.parse(await readFile(fileURLToPath(new URL(`${name}.json`, FOLDER)), 'utf8'))
  } catch {
    return undefined
  }
  const sha256 = createHash('sha256').update(text).digest('hex')
  return known.sha256 === sha256 ? { value: known.value } : undefined
}
