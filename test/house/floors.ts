// Who may import whom. A check takes all files of src and returns complaints, one line each; none is good.
import type { Import, SourceFile } from './source.ts'

interface Floor {
  imports: readonly string[]
  /** Only their types: the code runs on another thread. */
  types?: readonly string[]
}

/** The table of ARCHITECTURE.md. npm packages and node: modules are free to all. */
const FLOORS: Record<string, Floor> = {
  core: { imports: [] },
  wire: { imports: ['core'] },
  net: { imports: ['core'] },
  classifier: { imports: ['core'] },
  redactor: { imports: ['core', 'wire'] },
  worker: { imports: ['core', 'wire', 'classifier', 'redactor'] },
  sources: { imports: ['core', 'wire', 'net'] },
  sinks: { imports: ['core', 'wire', 'net'] },
  pipeline: { imports: ['core', 'net'], types: ['worker', 'redactor'] },
  settings: { imports: ['core', 'wire', 'net', 'classifier', 'redactor', 'sources', 'sinks'] },
  cli: {
    imports: ['core', 'wire', 'net', 'classifier', 'redactor', 'worker', 'sources', 'sinks', 'pipeline', 'settings'],
  },
}

/** Folders in which one file (with a folder of its own, if it wants) is one component. */
const COMPONENTS = ['src/sources', 'src/sinks', 'src/sinks/formats', 'src/redactor/actions', 'src/classifier/detectors']

const ENTRIES = [
  'src/cli/main.ts',
  'src/worker/entry.ts',
  'src/sinks/fluent/thread.ts',
  'src/cli/bench/rival_thread.ts',
]

export function brokenFloors(files: readonly SourceFile[]): string[] {
  return everyImport(files, (file, { to, types, line }) => {
    const from = floorOf(file.path)
    const target = floorOf(to)
    if (from === target || !to.startsWith('src/')) return null
    const floor = FLOORS[from]
    if (floor === undefined) return `${file.path} stands on no known floor`
    if (floor.imports.includes(target) || (types && floor.types?.includes(target))) return null
    return `${file.path}:${line} ${from} may not import ${to}`
  })
}

export function importsBetweenComponents(files: readonly SourceFile[]): string[] {
  return everyImport(files, (file, { to, line }) => {
    const folder = componentFolderOf(file.path)
    if (folder === undefined || folder !== componentFolderOf(to)) return null
    const own = componentOf(folder, file.path)
    if (own === 'index' || own === componentOf(folder, to)) return null
    return `${file.path}:${line} imports another component, ${to}`
  })
}

export function importsWithoutFile(files: readonly SourceFile[]): string[] {
  const known = new Set(files.map((file) => file.path))
  return everyImport(files, (file, { to, line }) =>
    to.startsWith('src/') && !known.has(to) ? `${file.path}:${line} imports ${to}, which is not there` : null,
  )
}

/** Each cycle once, types included: a cycle of types still means that two files are one thing. */
export function importCycles(files: readonly SourceFile[]): string[] {
  const byPath = new Map(files.map((file) => [file.path, file]))
  const done = new Set<string>()
  const way: string[] = []
  const found: string[] = []
  const follow = (path: string): void => {
    if (way.includes(path)) {
      found.push([...way.slice(way.indexOf(path)), path].join(' → '))
      return
    }
    if (done.has(path)) return
    way.push(path)
    for (const { to } of byPath.get(path)?.imports ?? []) follow(to)
    way.pop()
    done.add(path)
  }
  for (const file of files) follow(file.path)
  return found
}

/** Files that no entry reaches: nobody runs them. */
export function orphans(files: readonly SourceFile[]): string[] {
  const byPath = new Map(files.map((file) => [file.path, file]))
  const reached = new Set<string>()
  const follow = (path: string): void => {
    if (reached.has(path)) return
    reached.add(path)
    for (const { to } of byPath.get(path)?.imports ?? []) follow(to)
  }
  for (const entry of ENTRIES) follow(entry)
  return files.filter((file) => !reached.has(file.path)).map((file) => `${file.path} is imported by nobody`)
}

function everyImport(files: readonly SourceFile[], check: (file: SourceFile, one: Import) => string | null): string[] {
  return files.flatMap((file) => file.imports.map((one) => check(file, one))).filter((one) => one !== null)
}

function floorOf(path: string): string {
  return path.split('/')[1]
}

function componentFolderOf(path: string): string | undefined {
  // The longest one: a format lies in sinks too, but is no sink.
  return COMPONENTS.filter((folder) => path.startsWith(`${folder}/`)).at(-1)
}

function componentOf(folder: string, path: string): string {
  return path
    .slice(folder.length + 1)
    .split('/')[0]
    .replace(/\.ts$/, '')
}
