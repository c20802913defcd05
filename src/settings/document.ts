// A YAML file with every position kept: syntax complaints, plain values, and where each path was written. Knows
// nothing of what the settings mean.
import { isAlias, isMap, isScalar, isSeq, LineCounter, type Node, parseDocument, type Scalar } from 'yaml'
import { type Complaint, type Path, renderPath } from './complaint.ts'

/** Aliases may repeat a value, but a few lines must not unfold to millions ("billion laughs"). */
const UNFOLDED_NODES_MAX = 50_000
/** Values shorter than this are too common in ordinary words to be searched for in complaints. */
const SCRUBBED_CHARS_MIN = 3

/** A scalar that held `${…}`: what it became, which is never shown, and what was written, which is. */
export interface Interpolated {
  readonly text: string
  readonly written: string
}

export type Spot = 'key' | 'value'

export class SettingsDocument {
  readonly file: string
  /** Filled by the interpolation. */
  readonly interpolated = new Map<Scalar, Interpolated>()
  /** Scalars whose `${…}` could not be replaced: that is said once, and nothing is said of their values. */
  readonly unreplaced = new Set<Scalar>()
  readonly complaints: Complaint[] = []
  /** Paths of the other files that it names and that were read, or should have been. */
  readonly reads: string[] = []
  private readonly text: string
  private readonly lines = new LineCounter()
  private parsed?: { root: Node | null }
  private unfolded?: { value: unknown }
  private nodesUnfolded = 0

  /** With `known`, the plain data of a text that is sound, the text is parsed only when a place in it is asked for. */
  constructor(text: string, file: string, known?: { value: unknown }) {
    this.text = text
    this.file = file
    this.unfolded = known
    if (known === undefined) this.parsed = { root: this.parse() }
  }

  get root(): Node | null {
    this.parsed ??= { root: this.parse() }
    return this.parsed.root
  }

  private parse(): Node | null {
    const { text } = this
    const options = { lineCounter: this.lines, prettyErrors: false, strict: true, version: '1.2' } as const
    const yaml = parseDocument(text.replace(/^\uFEFF/, ''), options)
    const linesSeen = new Set<number>()
    for (const error of [...yaml.errors, ...yaml.warnings]) {
      const { line } = this.lines.linePos(error.pos[0])
      // One slip makes several errors on its line; the first one says it best.
      if (linesSeen.has(line)) continue
      linesSeen.add(line)
      const inFlow = error.message.includes('flow-map') && text[error.pos[0] - 1] === '$'
      const remedy = inFlow ? 'within { } and [ ] put quotes around it: "${NAME}"' : yamlRemedy(error.code)
      // The message may end with a piece of the file after a colon, and that piece may be a secret.
      this.report([], error.pos[0], error.message.replace(/: ".*$/s, ''), remedy)
    }
    return yaml.contents
  }

  get usable(): boolean {
    return this.complaints.length === 0
  }

  /** Complains about the place of `path`. */
  complain(path: Path, spot: Spot, message: string, remedy: string): void {
    const node = spot === 'value' ? this.find(path)?.value : undefined
    const scalar = node && this.resolved(node)
    if (isScalar(scalar) && this.unreplaced.has(scalar)) return
    this.report(path, this.offset(path, spot), message, remedy)
  }

  /** A complaint that does not keep the settings from being used. */
  warning(path: Path, spot: Spot, message: string, remedy: string): Complaint {
    return this.made(path, this.offset(path, spot), message, remedy)
  }

  /** 1-based line on which the value of `path` begins. */
  lineOf(path: Path): number {
    return this.lines.linePos(this.offset(path, 'value')).line
  }

  /** The node that a path names, aliases followed, and its key. */
  find(path: Path): { key?: Node; value: Node } | undefined {
    let found: { key?: Node; value: Node } | undefined = this.root === null ? undefined : { value: this.root }
    for (const part of path) {
      const parent: Node | undefined = found && this.resolved(found.value)
      found = undefined
      if (isMap(parent)) {
        const pair = parent.items.find((item) => keyText(item.key) === String(part))
        if (pair !== undefined) found = { key: pair.key as Node, value: (pair.value ?? pair.key) as Node }
      } else if (isSeq(parent) && typeof part === 'number' && part < parent.items.length) {
        found = { value: parent.items[part] as Node }
      }
      if (found === undefined) return undefined
    }
    return found
  }

  /** What was interpolated at exactly this place, if anything was. */
  interpolatedAt(path: Path): Interpolated | undefined {
    if (this.interpolated.size === 0) return undefined
    const node = this.find(path)?.value
    const scalar = node && this.resolved(node)
    return isScalar(scalar) ? this.interpolated.get(scalar) : undefined
  }

  /** The value for a complaint: as written when it came from elsewhere, cut when it is long. */
  shown(path: Path, value: unknown): string {
    const text = this.interpolatedAt(path)?.written ?? String(value)
    return JSON.stringify(text.length > 60 ? `${text.slice(0, 57)}…` : text)
  }

  /** Plain data below `path`; undefined when there is nothing. Unfolds once: call it after the interpolation. */
  plain(path: Path): unknown {
    this.unfolded ??= { value: this.root === null ? undefined : this.unfold(this.root, [], []) }
    let { value } = this.unfolded
    for (const part of path) {
      if (typeof value !== 'object' || value === null || !Object.hasOwn(value, part)) return undefined
      value = (value as Record<string | number, unknown>)[part]
    }
    return value
  }

  private unfold(node: Node, path: Path, above: readonly Node[]): unknown {
    const target = this.resolved(node)
    if (target === undefined) {
      this.complain(path, 'value', 'this alias names no anchor above it', 'write `&name` at the value that is meant')
      return null
    }
    if (++this.nodesUnfolded > UNFOLDED_NODES_MAX) {
      if (this.nodesUnfolded === UNFOLDED_NODES_MAX + 1) {
        this.complain(path, 'value', `more than ${UNFOLDED_NODES_MAX} values`, 'use fewer aliases, or smaller ones')
      }
      return null
    }
    if (isScalar(target)) return target.value
    if (above.includes(target)) {
      this.complain(path, 'value', 'this alias stands within its own anchor', 'write the value out')
      return null
    }
    const within = [...above, target]
    if (isSeq(target)) return target.items.map((item, at) => this.unfold(item as Node, [...path, at], within))
    if (!isMap(target)) return null
    const plain: Record<string, unknown> = {}
    for (const pair of target.items) {
      const key = keyText(pair.key)
      if (key === '__proto__') {
        this.complain([...path, key], 'key', '"__proto__" is not a usable name', 'choose another name')
      } else {
        plain[key] = pair.value === null ? null : this.unfold(pair.value as Node, [...path, key], within)
      }
    }
    return plain
  }

  private resolved(node: Node): Node | undefined {
    if (!isAlias(node)) return node
    return this.anchors
      .get(node.source)
      ?.filter((anchor) => start(anchor) < start(node))
      .at(-1)
  }

  /** Every node with an anchor; the last one above an alias is the one that it means. */
  private get anchors(): Map<string, Node[]> {
    if (this.anchored !== undefined) return this.anchored
    const anchored = new Map<string, Node[]>()
    const collect = (node: unknown): void => {
      if (!isMap(node) && !isSeq(node) && !isScalar(node)) return
      if (node.anchor !== undefined) anchored.set(node.anchor, [...(anchored.get(node.anchor) ?? []), node])
      if (isSeq(node)) node.items.forEach(collect)
      if (isMap(node)) for (const pair of node.items) collect(pair.value)
    }
    collect(this.root)
    this.anchored = anchored
    return anchored
  }
  private anchored?: Map<string, Node[]>

  /** A key for what is in it or missing from it; a list item and the whole file for themselves. */
  private offset(path: Path, spot: Spot): number {
    for (let length = path.length; length >= 0; length--) {
      const found = this.find(path.slice(0, length))
      if (found === undefined) continue
      const byKey = spot === 'key' || length < path.length
      return start(byKey && found.key !== undefined ? found.key : found.value)
    }
    return 0
  }

  private report(path: Path, offset: number, message: string, remedy: string): void {
    this.complaints.push(this.made(path, offset, message, remedy))
  }

  private made(path: Path, offset: number, message: string, remedy: string): Complaint {
    const { line, col } = this.lines.linePos(offset)
    const place = { file: this.file, line: Math.max(1, line), column: Math.max(1, col), path: renderPath(path) }
    return { ...place, message: this.scrubbed(message), remedy: this.scrubbed(remedy) }
  }

  /** The last line of defence: components write messages of their own. */
  private scrubbed(text: string): string {
    for (const { text: secret, written } of this.interpolated.values()) {
      if (secret.length >= SCRUBBED_CHARS_MIN) text = text.replaceAll(secret, () => written)
    }
    return text
  }
}

function start(node: Node): number {
  return node.range?.[0] ?? 0
}

function keyText(key: unknown): string {
  return isScalar(key) ? String(key.value) : String(key)
}

function yamlRemedy(code: string): string {
  switch (code) {
    case 'DUPLICATE_KEY':
      return 'remove one of the two'
    case 'MULTIPLE_DOCS':
      return 'one file holds one document: remove the `---`'
    case 'TAB_AS_INDENT':
      return 'indent with spaces'
    case 'TAG_RESOLVE_FAILED':
      return 'tags are not used here: remove it, or put quotes around the value'
    default:
      return 'mend the YAML here: see indentation, quotes and brackets'
  }
}
