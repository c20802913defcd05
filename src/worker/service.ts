// Whose record it is: the name found at the best of the places that the policy lists.
import type { PathFacts } from '../classifier/path_facts.ts'
import type { Leaves } from '../core/leaves.ts'
import { LIMITS } from '../core/limits.ts'
import { LONG_KEY, type Paths } from '../core/paths.ts'
import { UNKNOWN_SERVICE } from '../core/policy.ts'

/** The best name seen so far and where it came from. */
export interface Named {
  readonly service: string
  readonly rank: number
  /** Leaf that holds the name, or -1 when it came from the envelope. */
  readonly leaf: number
}

export const NOBODY: Named = { service: UNKNOWN_SERVICE, rank: Number.POSITIVE_INFINITY, leaf: -1 }

/** The name at `leaf`, whose place the policy lists, when that place is better than the one of `best`. */
export function betterName(
  facts: PathFacts,
  paths: Paths,
  leaves: Leaves,
  leaf: number,
  bytes: Uint8Array,
  best: Named,
): Named {
  const rank = facts.serviceRank(leaves.path[leaf])
  const start = leaves.start[leaf]
  const end = leaves.end[leaf]
  if (rank >= best.rank || end <= start) return best
  // The table of keys gives the same string for the same bytes, without decoding them again.
  const key = paths.keyOf(bytes, start, end)
  const service = key === LONG_KEY ? decoded(bytes, start) : paths.keyName(key)
  return { service, rank, leaf }
}

function decoded(bytes: Uint8Array, start: number): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset + start, LIMITS.service_bytes_max).toString('utf8')
}
