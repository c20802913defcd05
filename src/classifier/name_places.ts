// Where records say whose they are: the paths that the policy lists for the service, its namespace and its environment.
import type { Policy } from '../core/policy.ts'

export type NamePart = 'service' | 'namespace' | 'environment'

/** What may be named at a path; a lower rank is better. */
export interface NamePlace {
  readonly part: NamePart
  readonly rank: number
}

export interface NamePlaces {
  readonly byPath: ReadonlyMap<string, readonly NamePlace[]>
  /** Every name that the last key of such a path may have; keys may have dots in them. */
  readonly keys: ReadonlySet<string>
}

export function namePlaces({ service_from, namespace_from = [], environment_from = [] }: Policy): NamePlaces {
  const byPath = new Map<string, NamePlace[]>()
  const lists = { service: service_from, namespace: namespace_from, environment: environment_from }
  for (const [part, paths] of Object.entries(lists) as [NamePart, string[]][]) {
    for (const [rank, path] of paths.entries()) {
      const places = byPath.get(path) ?? []
      byPath.set(path, places)
      // A path that is listed twice counts where it stands first.
      if (!places.some((place) => place.part === part)) places.push({ part, rank })
    }
  }
  return { byPath, keys: new Set([...byPath.keys()].flatMap(endsOf)) }
}

/** `a.b.c` ends in `a.b.c`, `b.c` and `c`. */
function endsOf(path: string): string[] {
  const parts = path.split('.')
  return parts.map((_, i) => parts.slice(i).join('.'))
}
