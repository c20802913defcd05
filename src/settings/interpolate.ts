// `${NAME}`, `${NAME:-default}` and `${file:/path}` in the values of a file. Works on parsed scalars, never on the raw
// text, so a value can not add settings and every position stays. `$${` stands for a plain `${`.
import { dirname, resolve } from 'node:path'
import { isMap, isScalar, isSeq, type Scalar } from 'yaml'
import type { Path } from './complaint.ts'
import type { SettingsDocument } from './document.ts'

export interface Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>
  readFile(path: string): Promise<string>
}

const EXPRESSION = /\$\$\{|\$\{([^}]*)\}|\$\{/g
const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/

/** Replaces every expression below `path`. What can not be replaced is a complaint of the document. */
export async function interpolate(document: SettingsDocument, path: Path, around: Surroundings): Promise<void> {
  for (const [place, scalar] of scalarsBelow(document, path)) {
    const written = scalar.value
    if (typeof written !== 'string' || !written.includes('${')) continue
    const text = await replaced(document, place, written, around)
    if (text === undefined) {
      document.unreplaced.add(scalar)
      continue
    }
    if (text.elsewhere) document.interpolated.set(scalar, { text: text.value, written })
    scalar.value = scalar.type === 'PLAIN' && text.elsewhere ? retyped(text.value) : text.value
  }
}

function scalarsBelow(document: SettingsDocument, path: Path): [Path, Scalar][] {
  const found: [Path, Scalar][] = []
  const collect = (node: unknown, place: Path): void => {
    if (isScalar(node)) found.push([place, node])
    if (isSeq(node)) for (const [at, item] of node.items.entries()) collect(item, [...place, at])
    if (isMap(node)) {
      for (const pair of node.items) collect(pair.value, [...place, isScalar(pair.key) ? String(pair.key.value) : ''])
    }
  }
  collect(document.find(path)?.value, path)
  return found
}

async function replaced(document: SettingsDocument, path: Path, written: string, around: Surroundings) {
  let value = ''
  let at = 0
  let elsewhere = false
  let failed = false
  for (const match of written.matchAll(EXPRESSION)) {
    value += written.slice(at, match.index)
    at = match.index + match[0].length
    if (match[0] === '$${') {
      value += '${'
      continue
    }
    const piece = await resolved(document, path, match[1], around)
    if (piece === undefined) failed = true
    else value += piece
    elsewhere = true
  }
  return failed ? undefined : { value: value + written.slice(at), elsewhere }
}

async function resolved(
  document: SettingsDocument,
  path: Path,
  expression: string | undefined,
  around: Surroundings,
): Promise<string | undefined> {
  if (expression === undefined || expression.includes('${')) {
    const message = expression === undefined ? '"${" is not closed' : '"${…}" stands within another'
    document.complain(path, 'value', message, 'write ${NAME} or ${NAME:-default}, and $${ for a plain ${')
    return undefined
  }
  if (expression.startsWith('file:')) return fromFile(document, path, expression.slice('file:'.length), around)
  const split = expression.indexOf(':-')
  const name = split < 0 ? expression : expression.slice(0, split)
  if (!NAME.test(name)) {
    document.complain(path, 'value', `\${${name}} is no name of a variable`, 'write ${NAME}, or $${ for a plain ${')
    return undefined
  }
  const value = Object.hasOwn(around.env, name) ? around.env[name] : undefined
  if (value !== undefined && (value !== '' || split < 0)) return value
  if (split >= 0) return expression.slice(split + 2)
  document.complain(path, 'value', `the variable ${name} is not set`, `set ${name}, or write \${${name}:-default}`)
  return undefined
}

/** The file's text without one line feed at its end: editors and `echo` add one, and it belongs to no secret. */
async function fromFile(document: SettingsDocument, path: Path, file: string, around: Surroundings) {
  try {
    const at = resolve(dirname(document.file), file)
    document.reads.push(at)
    const text = await around.readFile(at)
    return text.replace(/\r?\n$/, '')
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? ` (${String(error.code)})` : ''
    document.complain(path, 'value', `the file ${file} cannot be read${code}`, 'check that it exists and is readable')
    return undefined
  }
}

/** What YAML's core schema would make of the text had it been written there. */
export function retyped(text: string): unknown {
  if (/^(?:true|True|TRUE)$/.test(text)) return true
  if (/^(?:false|False|FALSE)$/.test(text)) return false
  if (/^(?:null|Null|NULL|~|)$/.test(text)) return null
  if (/^[-+]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+)?$/.test(text) || /^0(?:x[\da-fA-F]+|o[0-7]+)$/.test(text)) {
    return Number(text)
  }
  return text
}
