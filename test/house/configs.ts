// Where the project shows configurations to people: every one of them has to load.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { filesIn, ROOT } from './source.ts'

export interface ShownConfig {
  /** File, and line of its first line. */
  name: string
  text: string
}

/** Fenced blocks whose info string is `yaml` and nothing else; `yaml fluent-bit` is somebody else's configuration. */
export function fencedConfigs(path: string, markdown: string): ShownConfig[] {
  const found: ShownConfig[] = []
  let open: { indent: number; name: string; lines: string[] } | null = null
  for (const [at, line] of markdown.split('\n').entries()) {
    const fence = /^( *)```(.*)$/.exec(line)
    if (open === null && fence?.[2].trim() === 'yaml') {
      open = { indent: fence[1].length, name: `${path}:${at + 2}`, lines: [] }
    } else if (open !== null && fence !== null) {
      found.push({ name: open.name, text: open.lines.join('\n') })
      open = null
    } else if (open !== null) {
      open.lines.push(line.slice(open.indent))
    }
  }
  if (open !== null) throw new Error(`${open.name} is in a block that never ends`)
  return found
}

export function shownConfigs(): ShownConfig[] {
  const read = (path: string) => readFileSync(join(ROOT, path), 'utf8')
  const pages = ['README.md', ...filesIn('docs').filter((path) => path.endsWith('.md'))]
  const examples = filesIn('config/examples').filter((path) => path.endsWith('.yaml'))
  return [
    ...pages.flatMap((path) => fencedConfigs(path, read(path))),
    ...examples.map((path) => ({ name: path, text: read(path) })),
  ]
}

/** Names of the variables that a configuration takes from the environment and has no default for. */
export function neededVariables(text: string): string[] {
  return [...text.matchAll(/\$\{([A-Z_][A-Z0-9_]*)\}/g)].map(([, name]) => name)
}
