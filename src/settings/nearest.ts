// The known name that somebody probably meant.

/** Edit distance with neighbours swapped counted once (Damerau-Levenshtein, optimal string alignment). */
export function editDistance(a: string, b: string): number {
  let beforeLast: number[] = []
  let last = Array.from({ length: b.length + 1 }, (_, column) => column)
  for (let row = 1; row <= a.length; row++) {
    const current = [row]
    for (let column = 1; column <= b.length; column++) {
      const same = a[row - 1] === b[column - 1]
      let best = Math.min(last[column] + 1, current[column - 1] + 1, last[column - 1] + (same ? 0 : 1))
      const swapped = row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1]
      if (swapped) best = Math.min(best, beforeLast[column - 2] + 1)
      current.push(best)
    }
    beforeLast = last
    last = current
  }
  return last[b.length]
}

/** The nearest of `known`, or undefined when none is near enough to be worth a guess. */
export function nearest(name: string, known: readonly string[]): string | undefined {
  const wanted = name.slice(0, 64).toLowerCase()
  let best: string | undefined
  let bestDistance = Math.ceil(wanted.length / 3) + 1
  for (const candidate of known) {
    const plain = candidate.toLowerCase()
    const contains = wanted.length >= 3 && (plain.startsWith(wanted) || plain.endsWith(wanted))
    const distance = contains ? Math.min(1, editDistance(wanted, plain)) : editDistance(wanted, plain)
    if (distance < bestDistance) {
      best = candidate
      bestDistance = distance
    }
  }
  return best
}

const LISTED_NAMES_MAX = 12

/** The remedy for a name that is not known. `kind` is plural: `settings here`, `detectors`. */
export function didYouMean(name: string, known: readonly string[], kind: string): string {
  const guess = nearest(name, known)
  if (guess !== undefined) return `did you mean "${guess}"?`
  if (known.length === 0) return `there are no ${kind}`
  const more = known.length > LISTED_NAMES_MAX ? ', …' : ''
  return `${kind}: ${known.slice(0, LISTED_NAMES_MAX).join(', ')}${more}`
}
