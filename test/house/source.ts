// A TypeScript file as the house checks see it: its text, its imports, and a walk over its syntax tree.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, posix } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseSync } from 'oxc-parser'

export const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))))

export interface Import {
  /** Path from the root for a relative import, else the package's name as written. */
  to: string
  /** Erased by the compiler: `import type`, `export type`, or a type in an expression. */
  types: boolean
  line: number
}

export interface SourceFile {
  /** From the root, with slashes: `src/core/batch.ts`. */
  path: string
  text: string
  imports: Import[]
}

/** A syntax node: ESTree with `type` and the fields of its kind. */
export interface Node {
  type: string
  start: number
  [field: string]: unknown
}

/** A file that does not parse throws: a check must not pass because it saw nothing. */
export function sourceFile(path: string, text: string): SourceFile {
  const file: SourceFile = { path, text, imports: [] }
  visit(file, (node) => {
    const source = node.source as { value?: unknown } | null | undefined
    if (typeof source?.value !== 'string') return
    const to = source.value.startsWith('.') ? posix.join(posix.dirname(path), source.value) : source.value
    file.imports.push({ to, types: isErased(node), line: lineOf(file, node) })
  })
  return file
}

/** Every .ts and .mjs file below a folder of the project, fixtures excepted. */
export function sourcesIn(folder: string): SourceFile[] {
  return filesIn(folder)
    .filter((path) => /\.(ts|mjs)$/.test(path) && !path.startsWith('test/fixtures/'))
    .map((path) => sourceFile(path, readFileSync(join(ROOT, path), 'utf8')))
}

/** Paths from the root of all files below a folder, sorted; none when the folder does not exist. */
export function filesIn(folder: string): string[] {
  if (!existsSync(join(ROOT, folder))) return []
  return readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => posix.join(entry.parentPath.slice(ROOT.length + 1), entry.name))
    .sort()
}

export function visit(file: SourceFile, look: (node: Node) => void): void {
  const { program, errors } = parseSync(file.path, file.text)
  if (errors.length > 0) throw new Error(`${file.path}: ${errors[0].message}`)
  walk(program, look)
}

export function lineOf(file: SourceFile, node: Node): number {
  return file.text.slice(0, node.start).split('\n').length
}

function walk(value: unknown, look: (node: Node) => void): void {
  if (Array.isArray(value)) {
    for (const item of value) walk(item, look)
  } else if (typeof value === 'object' && value !== null) {
    if ('type' in value && typeof value.type === 'string') look(value as Node)
    for (const field of Object.values(value)) walk(field, look)
  }
}

function isErased(node: Node): boolean {
  if (node.type === 'TSImportType' || node.importKind === 'type' || node.exportKind === 'type') return true
  const specifiers = Array.isArray(node.specifiers) ? node.specifiers : []
  return specifiers.length > 0 && specifiers.every((one) => one.importKind === 'type' || one.exportKind === 'type')
}
