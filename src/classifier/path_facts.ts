// What the policy says of a place in records, worked out once per path, and of a key, once per key.
import { CUT_FLAG_KEYS, CUT_FLAGS } from '../core/cut_flags.ts'
import { grownInts } from '../core/growable.ts'
import { ELEMENT, LONG_KEY, type Paths, ROOT } from '../core/paths.ts'
import type { Classifier } from './compile.ts'
import { rulesOf, wordsOf } from './fields.ts'
import type { NamePlace } from './name_places.ts'

export const Fact = {
  known: 1,
  /** The value is not scanned. */
  excluded: 2,
  /** Rules by field name or path apply. */
  ruled: 4,
  /** The name of the service, its namespace or its environment may stand here. */
  named: 8,
  /** The value says whether the line of the record goes on in the next one. */
  cut: 16,
  /** A rule on counts looks at the value. */
  watched: 32,
} as const

interface KeyFacts {
  readonly isExcluded: boolean
  /** Rules by field name, the first in precedence first. */
  readonly rules: readonly number[]
}

const NO_PLACES: readonly NamePlace[] = []
const NO_RULES: readonly number[] = []
const NO_FACTS: KeyFacts = { isExcluded: false, rules: NO_RULES }

export class PathFacts {
  /** True when some path is known whose values are not scanned. */
  hasExcluded = false
  private flags = new Int32Array(1024)
  private readonly rules = new Map<number, readonly number[]>()
  private readonly places = new Map<number, readonly NamePlace[]>()
  private readonly keys: KeyFacts[] = []
  private readonly paths: Paths
  private readonly classifier: Classifier
  /** Whether a rule on counts looks at the values of a path. */
  private readonly wants: ((path: string) => boolean) | undefined

  constructor(classifier: Classifier, paths: Paths, wants?: (path: string) => boolean) {
    this.wants = wants
    this.classifier = classifier
    this.paths = paths
  }

  /** Bits of Fact. */
  of(path: number): number {
    const flags = path < this.flags.length ? this.flags[path] : 0
    return flags === 0 ? this.learn(path) : flags
  }

  /** Indices of the rules by field name and by path, the first in precedence first. */
  rulesOf(path: number): readonly number[] {
    return this.rules.get(path) ?? NO_RULES
  }

  /** What may be named at the path. */
  placesAt(path: number): readonly NamePlace[] {
    return this.places.get(path) ?? NO_PLACES
  }

  isWatched(path: number): boolean {
    return (this.of(path) & Fact.watched) !== 0
  }

  private learn(path: number): number {
    const { classifier, paths } = this
    let flags: number = Fact.known
    if (this.nearestKey(path).isExcluded) {
      flags |= Fact.excluded
      this.hasExcluded = true
    }
    const rules = this.rulesFor(path)
    if (rules.length > 0) {
      flags |= Fact.ruled
      this.rules.set(path, rules)
    }
    // To render a path is dear, so it is done only where its last key is one that such a path ends in.
    const key = path > ROOT ? paths.key[path] : -1
    const { keys, byPath } = classifier.whose
    const places = key > LONG_KEY && keys.has(paths.keyName(key)) ? byPath.get(paths.render(path)) : undefined
    if (places !== undefined) {
      flags |= Fact.named
      this.places.set(path, places)
    }
    if (key > LONG_KEY && CUT_FLAG_KEYS.has(paths.keyName(key)) && CUT_FLAGS.has(paths.render(path))) flags |= Fact.cut
    if (path > ROOT && this.wants?.(paths.render(path))) flags |= Fact.watched
    if (path >= this.flags.length) this.flags = grownInts(this.flags, path + 1)
    this.flags[path] = flags
    // The walkers need not report what would not be looked at.
    if (flags === Fact.known) paths.silence[path] = 1
    else if (flags === (Fact.known | Fact.excluded)) paths.silence[path] = 2
    else if (flags === (Fact.known | Fact.named)) paths.silence[path] = 3
    return flags
  }

  /** Facts of the key that names the path: its own, or that of the array whose element it is. */
  private nearestKey(path: number): KeyFacts {
    let at = path
    while (at > ROOT && this.paths.key[at] === ELEMENT) at = this.paths.parent[at]
    return at > ROOT ? this.ofKey(this.paths.key[at]) : NO_FACTS
  }

  private rulesFor(path: number): readonly number[] {
    // What lies below a sensitive key is as sensitive as the key's own value.
    let found: readonly number[] = NO_RULES
    for (let at = path; at > ROOT; at = this.paths.parent[at]) {
      const { rules } = this.ofKey(this.paths.key[at])
      if (rules.length > 0) found = found.length === 0 ? rules : [...found, ...rules]
    }
    const { pathRules } = this.classifier
    if (pathRules.length > 0) {
      const name = this.paths.render(path)
      const byPath = pathRules.filter(({ test }) => test(name)).map(({ rule }) => rule)
      if (byPath.length > 0) found = [...found, ...byPath]
    }
    return found.length < 2
      ? found
      : [...new Set(found)].sort((a, b) => this.classifier.ranks[a] - this.classifier.ranks[b])
  }

  private ofKey(key: number): KeyFacts {
    if (key === ELEMENT || key === LONG_KEY) return NO_FACTS
    const known = this.keys[key]
    if (known !== undefined) return known
    const { excluded, fields } = this.classifier
    const words = wordsOf(this.paths.keyName(key))
    const facts = { isExcluded: excluded.has(words.join('')), rules: rulesOf(fields, words, this.classifier.ranks) }
    this.keys[key] = facts
    return facts
  }
}
