// Settles findings that overlap, in one place: longest first, and what a longer secret leaves of another one is
// redacted too, so that no tail of it stays.

/** A finding within one text. Offsets are those of the text that it was found in. */
export interface Finding {
  /** Leaf index in the record. */
  leaf: number
  start: number
  end: number
  /** Index of the rule. */
  rule: number
  /** Place of the rule in the order of precedence; absent: its index. */
  rank?: number
  /** True when the rule only counts (`keep`): it never shadows one that redacts. */
  observes: boolean
  /** Index into CONFIDENCES. */
  confidence: number
  /** False for what is left of a finding whose other part belongs to a longer one: it is masked whole, not counted. */
  whole: boolean
  /** True for what is left of one when its offsets are those of the wire. */
  onWire?: boolean
  /** When it is one of the parts of a finding that spans records. */
  part?: Part
}

/** A finding that spans records counts once, in the record in which it begins. */
export interface Part {
  readonly isFirst: boolean
  /** All of what was found, where it is known. */
  readonly value?: Uint8Array
  /** What stands in the place of this part, where that depends on the other ones. */
  readonly text?: Uint8Array
}

/** Deterministic: the result does not depend on the order of `findings`. Ranges of the result do not overlap. */
export function settle(findings: Finding[]): readonly Finding[] {
  if (isSettled(findings)) return findings
  findings.sort(byPrecedence)
  const settled: Finding[] = []
  let from = 0
  while (from < findings.length) {
    let to = from + 1
    while (to < findings.length && findings[to].leaf === findings[from].leaf) to++
    settleLeaf(findings, from, to, settled)
    from = to
  }
  return settled
}

/** Most records have few findings, found in order and apart: nothing is to be settled then. */
function isSettled(findings: readonly Finding[]): boolean {
  for (let i = 1; i < findings.length; i++) {
    const [before, after] = [findings[i - 1], findings[i]]
    if (after.leaf < before.leaf || (after.leaf === before.leaf && after.start < before.end)) return false
  }
  return true
}

function byPrecedence(a: Finding, b: Finding): number {
  return (
    a.leaf - b.leaf ||
    Number(a.observes) - Number(b.observes) ||
    b.end - b.start - (a.end - a.start) ||
    a.start - b.start ||
    (a.rank ?? a.rule) - (b.rank ?? b.rule)
  )
}

/** Claims bytes of one leaf, finding by finding in order of precedence. */
function settleLeaf(findings: readonly Finding[], from: number, to: number, settled: Finding[]): void {
  const first = settled.length
  const longest = findings[from]
  // Ranges claimed so far, ascending by start, in parallel with nothing else: kept short by merging neighbours.
  const claimed: { start: number; end: number }[] = []
  for (let i = from; i < to; i++) {
    const finding = findings[i]
    // Two rules that find the same are the usual case.
    if (i > from && finding.start >= longest.start && finding.end <= longest.end) continue
    const free = freeParts(claimed, finding.start, finding.end)
    const isWhole = free.length === 1 && free[0].start === finding.start && free[0].end === finding.end
    if (free.length === 0 || (finding.observes && !isWhole)) continue
    if (isWhole && finding.whole) settled.push(finding)
    else for (const part of free) settled.push({ ...finding, ...part, whole: isWhole })
    claim(claimed, finding.start, finding.end)
  }
  if (settled.length - first < 2) return
  const ours = settled.splice(first)
  ours.sort((a, b) => a.start - b.start)
  for (const one of ours) settled.push(one)
}

/** Index of the first claimed range that ends behind `at`. */
function firstEndingAfter(claimed: readonly { start: number; end: number }[], at: number): number {
  let low = 0
  let high = claimed.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (claimed[middle].end <= at) low = middle + 1
    else high = middle
  }
  return low
}

function freeParts(claimed: readonly { start: number; end: number }[], start: number, end: number) {
  const free: { start: number; end: number }[] = []
  let at = start
  for (let i = firstEndingAfter(claimed, start); i < claimed.length && claimed[i].start < end; i++) {
    if (claimed[i].start > at) free.push({ start: at, end: claimed[i].start })
    at = Math.max(at, claimed[i].end)
  }
  if (at < end) free.push({ start: at, end })
  return free
}

function claim(claimed: { start: number; end: number }[], start: number, end: number): void {
  const first = firstEndingAfter(claimed, start)
  let last = first
  let low = start
  let high = end
  while (last < claimed.length && claimed[last].start <= end) {
    low = Math.min(low, claimed[last].start)
    high = Math.max(high, claimed[last].end)
    last++
  }
  claimed.splice(first, last - first, { start: low, end: high })
}
