// Where the project shows configurations and commands to people: every one of them has to work.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { filesIn, ROOT } from './source.ts'

export interface Shown {
  /** File, and line of its first line. */
  name: string
  text: string
}

/** Fenced blocks whose info string is `kind` and nothing else: `yaml fluent-bit` is somebody else's configuration. */
export function fencedBlocks(path: string, markdown: string, kind: string): Shown[] {
  const found: Shown[] = []
  let open: { indent: number; name: string; lines: string[] } | null = null
  for (const [at, line] of markdown.split('\n').entries()) {
    const fence = /^( *)```(.*)$/.exec(line)
    if (open === null && fence?.[2].trim() === kind) {
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

/** The pages for those who use it, and the text of each. */
export function shownPages(): { path: string; text: string }[] {
  const paths = ['README.md', ...filesIn('docs').filter((path) => path.endsWith('.md'))]
  return paths.map((path) => ({ path, text: readFileSync(join(ROOT, path), 'utf8') }))
}

export function shownConfigs(): Shown[] {
  const examples = [...filesIn('config/examples').filter((path) => path.endsWith('.yaml')), 'docker/logveil.yaml']
  return [
    ...shownPages().flatMap(({ path, text }) => fencedBlocks(path, text, 'yaml')),
    ...examples.map((path) => ({ name: path, text: readFileSync(join(ROOT, path), 'utf8') })),
  ]
}

/** Names of the variables that a configuration takes from the environment and has no default for. */
export function neededVariables(text: string): string[] {
  return [...text.matchAll(/\$\{([A-Z_][A-Z0-9_]*)\}/g)].map(([, name]) => name)
}
