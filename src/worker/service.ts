// Whose record it is: the name found at the best of the places that the policy lists.
import { Fact, type PathFacts } from '../classifier/path_facts.ts'
import type { Leaves } from '../core/leaves.ts'
import { LIMITS } from '../core/limits.ts'
import { UNKNOWN_SERVICE } from '../core/policy.ts'

/** The best name seen so far and where it came from. */
export interface Named {
  service: string
  rank: number
  /** Leaf that holds the name, or -1 when it came from the envelope. */
  leaf: number
}

export const NOBODY: Named = { service: UNKNOWN_SERVICE, rank: Number.POSITIVE_INFINITY, leaf: -1 }

/** The name at `leaf` when its place is better than `best`. Texts only; an empty one is no name. */
export function betterName(facts: PathFacts, leaves: Leaves, leaf: number, bytes: Uint8Array, best: Named): Named {
  const path = leaves.path[leaf]
  if ((facts.of(path) & Fact.service) === 0) return best
  const rank = facts.serviceRank(path)
  const start = leaves.start[leaf]
  const end = Math.min(leaves.end[leaf], start + LIMITS.service_bytes_max)
  if (rank >= best.rank || end <= start) return best
  const service = Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString('utf8')
  return { service, rank, leaf }
}
