// Shows a few records of a batch as they look when everything that the policy finds is taken out of them, also what it
// only counts. It has an inspector of its own for that, made when it is first asked; it never shows a raw value.
import { CONFIDENCES } from '../classifier/compile.ts'
import type { Format } from '../core/batch.ts'
import { LIMITS } from '../core/limits.ts'
import type { Policy, Rule } from '../core/policy.ts'
import { transcode } from '../wire/transcode.ts'
import type { Observer } from './inspected.ts'
import { Inspector } from './inspector.ts'
import type { TapFilter, Tapped, TappedFinding, WorkerResult, WorkerTask } from './types.ts'

export class TapSampler {
  readonly #policy: Policy
  #inspector: Inspector | undefined

  constructor(policy: Policy) {
    this.#policy = policy
  }

  /** Records of the batch that somebody asked for. `counts` are what the inspection of it gave: most ask in vain. */
  sample(task: WorkerTask, counts: WorkerResult['counts'], now_ns: bigint): Tapped[] {
    if (!task.tap?.some((filter) => isIn(counts, filter))) return []
    try {
      return this.#shown(task, now_ns)
    } catch {
      // Nobody's batch is lost because somebody watches.
      return []
    }
  }

  #shown(task: WorkerTask, now_ns: bigint): Tapped[] {
    const { format, bytes, ends, origin, around, tap = [] } = task
    this.#inspector ??= new Inspector(withoutRaw(this.#policy))
    const seen = new Seen(this.#policy)
    const inspected = this.#inspector.inspect(format, bytes, ends, origin, false, seen.observer, around)
    if (inspected.waits) return []
    const lines = linesOf(format, inspected, origin, now_ns)
    // A frame that could not be walked at all has no records to speak of.
    if (lines === null || lines.length !== seen.records.length) return []
    const wanted = seen.records.flatMap((record, at) => {
      const { service, findings } = record
      const isWanted = tap.some((filter) => isWantedBy(filter, service, findings))
      return isWanted ? [{ ...record, record: lines[at] }] : []
    })
    return wanted.slice(0, LIMITS.tap_records_max)
  }
}

/** What is told of the records, in their order. */
class Seen {
  records: { service: string; findings: TappedFinding[] }[] = []
  readonly #policy: Policy
  #findings: TappedFinding[] = []

  constructor(policy: Policy) {
    this.#policy = policy
  }

  readonly #see: Observer = ({ leaf, rule, confidence }, leaves, paths) => {
    const { id, action, observe } = this.#policy.rules[rule]
    const done = observe || this.#policy.mode === 'observe' ? 'keep' : action.type
    const path = paths.report(leaves.path[leaf])
    this.#findings.push({ rule: id, path, action: done, confidence: CONFIDENCES[confidence] })
  }

  readonly observer: Observer = Object.assign(this.#see, {
    restart: () => {
      this.records = []
      this.#findings = []
    },
    record: (service: string) => {
      this.records.push({ service, findings: this.#findings })
      this.#findings = []
    },
  })
}

const MASK = { type: 'mask', keep_first: 0, keep_last: 0, char: '*' }

/** Every finding is taken out, and no record is dropped: there is one line for each. */
function withoutRaw(policy: Policy): Policy {
  const isShown = ({ action }: Rule) => action.type === 'keep' || action.type === 'drop_record'
  const rules = policy.rules.map((rule) => {
    return { ...rule, observe: false, action: isShown(rule) || rule.observe ? MASK : rule.action }
  })
  return { ...policy, mode: 'enforce', on_error: 'mask_all', rules }
}

function isIn({ services, findings }: WorkerResult['counts'], { service, rule }: TapFilter): boolean {
  if (rule === undefined) return services.some((row) => service === undefined || row.service === service)
  return findings.some((row) => row.rule === rule && (service === undefined || row.service === service))
}

function isWantedBy(filter: TapFilter, service: string, findings: readonly TappedFinding[]): boolean {
  if (filter.service !== undefined && filter.service !== service) return false
  return filter.rule === undefined || findings.some(({ rule }) => rule === filter.rule)
}

/** Each record as JSON; '' for one that is too long. */
function linesOf(
  format: Format,
  { bytes, ends }: { bytes: Uint8Array; ends: Uint32Array },
  origin: string,
  now_ns: bigint,
): string[] | null {
  const json = format === 'json' ? { bytes, ends } : transcode(format, bytes, ends, 'json', origin, now_ns)
  let start = 0
  return Array.from(json.ends, (end) => {
    const from = start
    start = end
    if (end - from > LIMITS.tap_record_bytes_max) return ''
    return Buffer.from(json.bytes.buffer, json.bytes.byteOffset + from, end - from)
      .toString('utf8')
      .trim()
  })
}
