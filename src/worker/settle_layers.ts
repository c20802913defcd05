// Settles findings of records in which something was decoded out of a part of a text: the same bytes of the wire may
// have been found in the text and in what was decoded from it. They are compared where both lie: on the wire.
import { type Finding, settle } from '../classifier/overlap.ts'
import { Kind, type Leaves } from '../core/leaves.ts'
import type { Views } from '../wire/views.ts'

interface Projected extends Finding {
  readonly origin: Finding
}

/** Like `settle`. Offsets of parts (`whole: false`) are those of the wire, where they say so. */
export function settleLayers(findings: readonly Finding[], leaves: Leaves, views: Views): readonly Finding[] {
  if (findings.length === 1 && findings[0].whole) return findings
  const layered = new Set<number>()
  for (const leaf of views.layers.keys()) layered.add(leaves.outerOf(leaf))
  const projected = findings.map((origin): Projected => {
    const { leaf, start, end } = origin
    const outer = leaves.outerOf(leaf)
    if (!layered.has(outer) || leaves.kind[outer] === Kind.binary_number) return placed(origin, leaf, start, end)
    const isDecoded = leaves.view[leaf] === 1
    return placed(origin, outer, isDecoded ? views.map[start] : start, isDecoded ? views.map[end] : end)
  })
  const settled = (settle(projected) as readonly Projected[]).map((found): Finding => {
    if (found.whole) return found.origin
    const { origin, ...one } = found
    return one.leaf === origin.leaf && !layered.has(one.leaf) ? one : { ...one, leaf: origin.leaf, onWire: true }
  })
  return settled.sort((a, b) => a.leaf - b.leaf || a.start - b.start)
}

/** The finding at another place. Written out: this is faster than copying it. */
function placed(origin: Finding, leaf: number, start: number, end: number): Projected {
  const { rule, rank, observes, confidence, whole, onWire, part } = origin
  return { leaf, start, end, rule, rank, observes, confidence, whole, onWire, part, origin }
}
