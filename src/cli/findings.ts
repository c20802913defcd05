// Turns what the inspector found into places that an editor can go to. A value becomes a keyed fingerprint here and
// leaves in no other form.
import { randomBytes } from 'node:crypto'
import { CONFIDENCES } from '../classifier/compile.ts'
import type { Confidence, Policy, Rule, Severity } from '../core/policy.ts'
import { Fingerprints } from '../redactor/fingerprint.ts'
import type { Observer } from '../worker/inspected.ts'
import type { Block } from './lines.ts'
import { type Colours, plain } from './terminal.ts'

const FINGERPRINT_DIGITS = 16
const KEY_BYTES = 32

export interface Found {
  /** 1-based. */
  readonly line: number
  /** Bytes of the line as it is stored, 1-based; the end is exclusive. */
  readonly column: number
  readonly end_column: number
  /** Dotted, '' in text; a key that is itself a finding is not named. */
  readonly path: string
  readonly rule: Rule
  /** Of this finding: words beside it may have raised the rule's. */
  readonly confidence: Confidence
  readonly fingerprint: string
}

/** Gathers the findings of one block. */
export class Findings {
  private readonly policy: Policy
  private readonly fingerprints: Fingerprints
  private found: Found[] = []
  private block!: Block
  /** The line that was last looked at, and where it begins. Records come in order. */
  private at = 0
  private lineStart = 0

  constructor(policy: Policy) {
    this.policy = policy
    const key = policy.hmac?.key ?? randomBytes(KEY_BYTES).toString('hex')
    this.fingerprints = new Fingerprints(policy.hmac?.id ?? 'run', key)
  }

  begin(block: Block): void {
    this.block = block
    this.at = 0
    this.lineStart = 0
  }

  /** In the order of lines and columns. */
  take(): Found[] {
    const found = this.found.sort((a, b) => a.line - b.line || a.column - b.column)
    this.found = []
    return found
  }

  private readonly see: Observer = (
    { leaf, start, end, rule, confidence, part },
    leaves,
    paths,
    views,
    recordStart,
  ) => {
    const { bytes, ends, firstLine } = this.block
    while (ends[this.at] <= recordStart) this.lineStart = ends[this.at++]
    // Decoded text knows for each of its bytes where it came from, and for its end too.
    const isDecoded = leaves.view[leaf] === 1
    const text = (isDecoded ? views.bytes : bytes).subarray(start, end)
    this.found.push({
      line: firstLine + this.at,
      column: (isDecoded ? views.map[start] : start) - this.lineStart + 1,
      end_column: (isDecoded ? views.map[end] : end) - this.lineStart + 1,
      path: paths.report(leaves.path[leaf]),
      rule: this.policy.rules[rule],
      confidence: CONFIDENCES[confidence],
      fingerprint: this.fingerprints.of(part?.value ?? text, FINGERPRINT_DIGITS),
    })
  }

  readonly observer: Observer = Object.assign(this.see, {
    restart: () => {
      this.found = []
      this.at = 0
      this.lineStart = 0
    },
  })
}

/** The fields and their order are a promise. */
export function findingAsJson(
  file: string,
  { line, column, end_column, path, rule, confidence, fingerprint }: Found,
): string {
  const { id, category, severity } = rule
  const place = { file, line, column, end_column, path }
  return `${JSON.stringify({ ...place, rule: id, category, severity, confidence, fingerprint })}\n`
}

export function findingForPeople(file: string, { line, column, path, rule }: Found, colours: Colours): string {
  const { bold, dim } = colours
  const severity = severityColour(rule.severity, colours)(rule.severity)
  const where = path === '' ? '' : ` ${dim(plain(path))}`
  return `${bold(`${plain(file)}:${line}:${column}:`)} ${rule.id} ${severity}${where}\n`
}

function severityColour(severity: Severity, { red, yellow, dim }: Colours): (text: string) => string {
  if (severity === 'critical' || severity === 'high') return red
  return severity === 'medium' ? yellow : dim
}
