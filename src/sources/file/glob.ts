// Which files a glob means: `*` and `?` within a name, `[a-z]`, `{a,b}`, and `**` for any number of folders. Names that
// begin with a dot are meant only when the glob says so. It looks at names and opens nothing.
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import RE2 from 're2'

/** Globs made ready once, for they are looked at again and again. */
export class Globs {
  private readonly include: readonly (readonly (string | RE2)[])[]
  private readonly exclude: readonly RE2[]

  constructor(include: readonly string[], exclude: readonly string[]) {
    this.include = include.flatMap(alternatives).map((glob) => glob.split('/').map(compiled))
    this.exclude = exclude.flatMap(alternatives).map((glob) => new RE2(`^${wholePattern(glob)}$`))
  }

  /** Paths, each once, sorted. Not all of them are files. */
  async find(): Promise<string[]> {
    const found = new Set<string>()
    for (const segments of this.include) await descend(segments[0] === '' ? '/' : '', segments, 0, found)
    return [...found].filter((path) => !this.exclude.some((pattern) => pattern.test(path))).sort()
  }
}

async function descend(
  folder: string,
  segments: readonly (string | RE2)[],
  at: number,
  found: Set<string>,
): Promise<void> {
  let next = at
  // Names without a wildcard need no look into their folder.
  while (next < segments.length && typeof segments[next] === 'string' && segments[next] !== '**') {
    folder = join(folder, segments[next] as string)
    next++
  }
  if (next === segments.length) {
    found.add(folder)
    return
  }
  const segment = segments[next]
  const isLast = next === segments.length - 1
  const entries = await readdir(folder === '' ? '.' : folder, { withFileTypes: true }).catch(() => [])
  if (segment === '**') {
    await descend(folder, segments, next + 1, found)
    for (const entry of entries) {
      // Links are not followed here, so that there is no circle.
      if (entry.name.startsWith('.') || !entry.isDirectory()) continue
      await descend(join(folder, entry.name), segments, next, found)
    }
    return
  }
  for (const { name } of entries) {
    if (!(segment as RE2).test(name)) continue
    if (isLast) found.add(join(folder, name))
    else await descend(join(folder, name), segments, next + 1, found)
  }
}

/** A name, a pattern for names, or `**`. */
function compiled(segment: string): string | RE2 {
  if (segment === '**' || !/[*?[]/.test(segment)) return segment
  const hidden = segment.startsWith('.') ? '' : '[^.]'
  // The first character is no dot; the pattern has to hold from there on all the same.
  return hidden === '' ? new RE2(`^${namePattern(segment)}$`) : new RE2(`^${notHidden(segment)}$`)
}

function notHidden(segment: string): string {
  if (segment[0] === '*') return `(?:|[^.][^/]*)${namePattern(segment.replace(/^\*+/, ''))}`
  return segment[0] === '?' ? `[^./]${namePattern(segment.slice(1))}` : namePattern(segment)
}

function wholePattern(glob: string): string {
  return glob
    .split('/')
    .map((segment, at, all) => {
      const isLast = at === all.length - 1
      if (segment === '**') return isLast ? '.*' : '(?:[^/]+/)*'
      return namePattern(segment) + (isLast ? '' : '/')
    })
    .join('')
}

function namePattern(segment: string): string {
  return segment.replace(/\*+|\?|\[!?[^\]]*\]|[\\^$.|+(){}[\]]/g, (part) => {
    if (part[0] === '*') return '[^/]*'
    if (part === '?') return '[^/]'
    if (part.length > 1) return part.replace('[!', '[^').replaceAll('\\', '\\\\')
    return `\\${part}`
  })
}

/** `a{b,c}` as `ab` and `ac`. */
function alternatives(glob: string): string[] {
  const braces = /\{([^{}]*)\}/.exec(glob)
  if (braces === null) return [glob]
  const [whole, inside] = braces
  return inside
    .split(',')
    .flatMap((choice) => alternatives(glob.slice(0, braces.index) + choice + glob.slice(braces.index + whole.length)))
}
