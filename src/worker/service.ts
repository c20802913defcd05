// Whose record it is: the names found at the best of the places that the policy lists.
import type { NamePlace } from '../classifier/name_places.ts'
import type { Finding } from '../classifier/overlap.ts'
import type { PathFacts } from '../classifier/path_facts.ts'
import type { Leaves } from '../core/leaves.ts'
import { LIMITS } from '../core/limits.ts'
import { LONG_KEY, type Paths } from '../core/paths.ts'
import { REDACTED_SERVICE, UNKNOWN_SERVICE } from '../core/policy.ts'
import type { Views } from '../wire/views.ts'

/** A name and where it came from. */
interface Found {
  readonly name: string
  readonly rank: number
  /** Leaf that holds it, or -1 when it came from the envelope. */
  readonly leaf: number
}

/** The best names seen so far. */
export interface Named extends Omit<Found, 'name'> {
  readonly service: string
  readonly namespace: Found | null
  readonly environment: Found | null
}

export const NOBODY: Named = {
  service: UNKNOWN_SERVICE,
  rank: Number.POSITIVE_INFINITY,
  leaf: -1,
  namespace: null,
  environment: null,
}

/** With the name at `leaf`, whose place the policy lists, where that place is better than those of `best`. */
export function betterName(
  facts: PathFacts,
  paths: Paths,
  leaves: Leaves,
  leaf: number,
  bytes: Uint8Array,
  best: Named,
): Named {
  const start = leaves.start[leaf]
  const end = leaves.end[leaf]
  if (end <= start) return best
  let named = best
  for (const place of facts.placesAt(leaves.path[leaf])) {
    if (place.rank >= rankOf(named, place)) continue
    // The table of keys gives the same string for the same bytes, without decoding them again.
    const key = paths.keyOf(bytes, start, end)
    const name = key === LONG_KEY ? decoded(bytes, start) : paths.keyName(key)
    named = withName(named, place, name, leaf)
  }
  return named
}

/** The names of two that stand around a record: those of the one whose service is known better come first. */
export function merged(one: Named, other: Named): Named {
  const best = one.rank < other.rank ? one : other
  const rest = best === one ? other : one
  if (rest.namespace === null && rest.environment === null) return best
  const { service, rank, leaf, namespace, environment } = best
  return { service, rank, leaf, namespace: namespace ?? rest.namespace, environment: environment ?? rest.environment }
}

/** Without the names in which something was found that is redacted; without all, when it is not known (undefined). */
export function shown(named: Named, settled: readonly Finding[] | undefined, views: Views): Named {
  if (settled?.length === 0) return named
  const isHidden = (leaf: number) => settled?.some((one) => views.rootOf(one.leaf) === leaf && !one.observes) ?? true
  const { rank, leaf } = named
  const service = leaf >= 0 && isHidden(leaf) ? REDACTED_SERVICE : named.service
  const namespace = shownPart(named.namespace, isHidden)
  const environment = shownPart(named.environment, isHidden)
  if (service === named.service && namespace === named.namespace && environment === named.environment) return named
  return { service, rank, leaf, namespace, environment }
}

/** For the records that it stands around: its leaves are not theirs. */
export function fromOutside({ service, rank, namespace, environment }: Named): Named {
  const outside = (found: Found | null) => found && { ...found, leaf: -1 }
  return { service, rank, leaf: -1, namespace: outside(namespace), environment: outside(environment) }
}

function rankOf(named: Named, { part }: NamePlace): number {
  return part === 'service' ? named.rank : (named[part]?.rank ?? Number.POSITIVE_INFINITY)
}

function withName(named: Named, { part, rank }: NamePlace, name: string, leaf: number): Named {
  const { service, namespace, environment } = named
  if (part === 'service') return { service: name, rank, leaf, namespace, environment }
  const found = { name, rank, leaf }
  if (part === 'namespace') return { service, rank: named.rank, leaf: named.leaf, namespace: found, environment }
  return { service, rank: named.rank, leaf: named.leaf, namespace, environment: found }
}

function shownPart(found: Found | null, isHidden: (leaf: number) => boolean): Found | null {
  if (found === null || found.leaf < 0 || !isHidden(found.leaf)) return found
  return { name: REDACTED_SERVICE, rank: found.rank, leaf: found.leaf }
}

function decoded(bytes: Uint8Array, start: number): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset + start, LIMITS.service_bytes_max).toString('utf8')
}
