// What the policy says of a place in records, worked out once per path.
import { grownInts } from '../core/growable.ts'
import { ELEMENT, LONG_KEY, type Paths, ROOT } from '../core/paths.ts'
import type { Classifier } from './compile.ts'
import { endsInName, isNamed } from './fields.ts'

export const Fact = {
  known: 1,
  /** The value is not scanned. */
  excluded: 2,
  /** Rules by field name or path apply. */
  ruled: 4,
  /** The service's name may stand here. */
  service: 8,
} as const

export class PathFacts {
  private flags = new Int32Array(1024)
  private readonly rules = new Map<number, number[]>()
  private readonly ranks = new Map<number, number>()
  private readonly paths: Paths
  private readonly classifier: Classifier
  private readonly serviceRanks: Map<string, number>

  constructor(classifier: Classifier, paths: Paths) {
    this.classifier = classifier
    this.paths = paths
    this.serviceRanks = new Map(classifier.serviceFrom.map((path, rank) => [path, rank]))
  }

  /** Bits of Fact. */
  of(path: number): number {
    const flags = path < this.flags.length ? this.flags[path] : 0
    return flags === 0 ? this.learn(path) : flags
  }

  /** Indices of the rules by field name and by path, in the order of the policy. */
  rulesOf(path: number): readonly number[] {
    return this.rules.get(path) ?? []
  }

  /** Place of the path in `service_from`; lower is better. */
  serviceRank(path: number): number {
    return this.ranks.get(path) ?? Number.POSITIVE_INFINITY
  }

  private learn(path: number): number {
    const name = this.paths.render(path)
    let flags: number = Fact.known
    const key = this.nearestKey(path)
    if (key >= 0 && isNamed(this.paths.keyName(key), this.classifier.excluded)) flags |= Fact.excluded
    const rules = this.rulesFor(path, name)
    if (rules.length > 0) {
      flags |= Fact.ruled
      this.rules.set(path, rules)
    }
    const rank = this.serviceRanks.get(name)
    if (rank !== undefined) {
      flags |= Fact.service
      this.ranks.set(path, rank)
    }
    if (path >= this.flags.length) this.flags = grownInts(this.flags, path + 1)
    this.flags[path] = flags
    return flags
  }

  /** The key that names the path: its own, or that of the array whose element it is. */
  private nearestKey(path: number): number {
    let at = path
    while (at > ROOT && this.paths.key[at] === ELEMENT) at = this.paths.parent[at]
    return at > ROOT ? this.paths.key[at] : -1
  }

  private rulesFor(path: number, name: string): number[] {
    const found = new Set<number>()
    // What lies below a sensitive key is as sensitive as the key's own value.
    for (let at = path; at > ROOT; at = this.paths.parent[at]) {
      const key = this.paths.key[at]
      if (key === ELEMENT || key === LONG_KEY) continue
      const keyName = this.paths.keyName(key)
      for (const { rule, names, except } of this.classifier.fieldRules) {
        if (endsInName(keyName, names) && !endsInName(keyName, except)) found.add(rule)
      }
    }
    for (const { rule, test } of this.classifier.pathRules) if (test(name)) found.add(rule)
    return [...found].sort((a, b) => a - b)
  }
}
