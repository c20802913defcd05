// Rules that count only together: `with` names others, one of which must be found in the same record, or near by.
import type { Rule } from '../core/policy.ts'

/** Indices of rules, one of which must be found too; `within` is undefined for anywhere in the record. */
export interface Company {
  readonly rules: ReadonlySet<number>
  readonly within: number | undefined
}

/** Where a rule found something. */
export interface Place {
  readonly rule: number
  readonly leaf: number
  readonly start: number
  readonly end: number
}

/** Ids are those of rules, or of detectors. That each is somebody's is looked at where the policy is read. */
export function companyOf({ id, with: company }: Rule, rules: readonly Rule[]): Company | undefined {
  if (company === undefined) return undefined
  const isOther = (rule: Rule) => rule.id !== id && company.rules.some((name) => isNamed(rule, name))
  const indices = rules.flatMap((rule, index) => (isOther(rule) ? [index] : []))
  return { rules: new Set(indices), within: company.within_bytes }
}

export function isNamed({ id, find }: Rule, name: string): boolean {
  return id === name || ('detector' in find && find.detector === name)
}

/** What was found in one record, to be asked for company. */
export class Places {
  private readonly rules: ReadonlySet<number>
  private readonly places: readonly Place[]
  /** Bytes of the longest of them. */
  private readonly longest: number

  constructor(places: Place[]) {
    this.rules = new Set(places.map(({ rule }) => rule))
    this.places = places.sort((a, b) => a.leaf - b.leaf || a.start - b.start)
    this.longest = places.reduce((longest, { start, end }) => Math.max(longest, end - start), 0)
  }

  /** True when one of the company's rules found something where it counts. */
  hasNear({ rules, within }: Company, { leaf, start, end }: Omit<Place, 'rule'>): boolean {
    if (![...rules].some((rule) => this.rules.has(rule))) return false
    if (within === undefined) return true
    const { places } = this
    for (let i = this.firstFrom(leaf, start - within - this.longest); i < places.length; i++) {
      const place = places[i]
      if (place.leaf !== leaf || place.start > end + within) return false
      if (place.end >= start - within && rules.has(place.rule)) return true
    }
    return false
  }

  /** Index of the first place in the leaf that begins at or behind `start`, or in a later leaf. */
  private firstFrom(leaf: number, start: number): number {
    let low = 0
    let high = this.places.length
    while (low < high) {
      const middle = (low + high) >> 1
      const place = this.places[middle]
      if (place.leaf < leaf || (place.leaf === leaf && place.start < start)) low = middle + 1
      else high = middle
    }
    return low
  }
}
