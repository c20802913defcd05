// What code in this house does not do. A check takes files and returns complaints, one line each; none is good.
import { lineOf, type Node, type SourceFile, visit } from './source.ts'

export const FILE_LINES_MAX = 400
export const LINE_COLUMNS_MAX = 120

/** RE2 and byte loops look at records. These files parse what an operator wrote in the settings, never a record. */
const SETTINGS_PARSERS = [/^src\/classifier\/(anchor|derive|pattern_tree)/]

export function longFiles(files: readonly SourceFile[]): string[] {
  return files
    .map((file) => ({ path: file.path, lines: file.text.trimEnd().split('\n').length }))
    .filter(({ lines }) => lines > FILE_LINES_MAX)
    .map(({ path, lines }) => `${path} has ${lines} lines, at most ${FILE_LINES_MAX} are allowed`)
}

export function longLines(files: readonly SourceFile[]): string[] {
  return files.flatMap((file) =>
    file.text
      .split('\n')
      .map((line, at) =>
        line.length > LINE_COLUMNS_MAX ? `${file.path}:${at + 1} is ${line.length} columns wide` : '',
      )
      .filter((complaint) => complaint !== ''),
  )
}

/** Output belongs to the door: everything else emits events or returns values. */
export function consoleCalls(files: readonly SourceFile[]): string[] {
  const inside = files.filter((file) => !file.path.startsWith('src/cli/'))
  return findNodes(inside, (node) => isMember(node, 'console'), 'writes to the console')
}

export function nativeRegExps(files: readonly SourceFile[]): string[] {
  const hot = files.filter(
    (file) =>
      /^src\/(wire|worker|redactor|classifier)\//.test(file.path) &&
      !SETTINGS_PARSERS.some((parser) => parser.test(file.path)),
  )
  const isNative = (node: Node) =>
    (node.type === 'Literal' && 'regex' in node) || (node.type === 'Identifier' && node.name === 'RegExp')
  return findNodes(hot, isNative, 'uses a native RegExp, which can take exponential time')
}

export function jsonParses(files: readonly SourceFile[]): string[] {
  const hot = files.filter((file) => /^src\/(wire|worker)\//.test(file.path))
  return findNodes(hot, (node) => isMember(node, 'JSON', 'parse'), 'decodes a record instead of walking it')
}

export function clockReads(files: readonly SourceFile[]): string[] {
  const timed = files.filter((file) => file.path !== 'src/core/clock.ts' && !file.path.startsWith('src/cli/'))
  const readsClock = (node: Node) =>
    isMember(node, 'Date', 'now') ||
    isMember(node, 'performance', 'now') ||
    isMember(node, 'process', 'hrtime') ||
    ((node.type === 'NewExpression' || node.type === 'CallExpression') &&
      isNamed(node.callee, 'Date') &&
      (node.arguments as unknown[]).length === 0)
  return findNodes(timed, readsClock, 'reads the time; only core/clock.ts does')
}

/** A source, sink or action declares itself in one object, from which docs, schema and samples are made. */
export function undeclaredComponents(files: readonly SourceFile[]): string[] {
  return files
    .filter((file) => /^src\/(sources|sinks|redactor\/actions)\/[^/]+\.ts$/.test(file.path))
    .filter((file) => !file.path.endsWith('/index.ts'))
    .filter((file) => !declares(file, ['type', 'summary', 'settings', 'example']))
    .map((file) => `${file.path} declares no component with type, summary, settings and example`)
}

/** A component that its folder's index does not name can not be used. */
export function unlistedComponents(files: readonly SourceFile[]): string[] {
  const inFolders = /^(src\/(?:sources|sinks|sinks\/formats|redactor\/actions|classifier\/detectors))\/([^/]+)\.ts$/
  return files.flatMap((file) => {
    const [, folder, name] = inFolders.exec(file.path) ?? []
    if (folder === undefined || name === 'index') return []
    const index = files.find((other) => other.path === `${folder}/index.ts`)
    const listed = index?.imports.some(({ to, types }) => to === file.path && !types)
    return listed ? [] : [`${file.path} is missing from ${folder}/index.ts`]
  })
}

function findNodes(files: readonly SourceFile[], isBad: (node: Node) => boolean, what: string): string[] {
  const complaints: string[] = []
  for (const file of files) {
    visit(file, (node) => {
      if (isBad(node)) complaints.push(`${file.path}:${lineOf(file, node)} ${what}`)
    })
  }
  return complaints
}

function declares(file: SourceFile, names: readonly string[]): boolean {
  let found = false
  visit(file, (node) => {
    if (node.type !== 'ObjectExpression') return
    const keys = (node.properties as { key?: { name?: string } }[]).map((property) => property.key?.name)
    found ||= names.every((name) => keys.includes(name))
  })
  return found
}

function isMember(node: Node, object: string, property?: string): boolean {
  if (node.type !== 'MemberExpression' || !isNamed(node.object, object)) return false
  return property === undefined || isNamed(node.property, property)
}

function isNamed(node: unknown, name: string): boolean {
  return typeof node === 'object' && node !== null && 'name' in node && node.name === name
}
