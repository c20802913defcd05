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
  const layered = new Set([...views.layers.keys()].map((leaf) => leaves.outerOf(leaf)))
  const projected = findings.map((origin): Projected => {
    const { leaf, start, end } = origin
    const outer = leaves.outerOf(leaf)
    if (!layered.has(outer) || leaves.kind[outer] === Kind.binary_number) return { ...origin, origin }
    const isDecoded = leaves.view[leaf] === 1
    const from = isDecoded ? views.map[start] : start
    return { ...origin, leaf: outer, start: from, end: isDecoded ? views.map[end] : end, origin }
  })
  const settled = (settle(projected) as readonly Projected[]).map(({ origin, ...one }): Finding => {
    if (one.whole) return origin
    return one.leaf === origin.leaf && !layered.has(one.leaf) ? one : { ...one, leaf: origin.leaf, onWire: true }
  })
  return settled.sort((a, b) => a.leaf - b.leaf || a.start - b.start)
}
