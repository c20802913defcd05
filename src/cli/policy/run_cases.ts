// Runs cases through the inspector that `logveil redact` runs, and says what is other than was expected.
import { isDeepStrictEqual } from 'node:util'
import type { Policy } from '../../core/policy.ts'
import { Inspector } from '../../worker/inspector.ts'
import { Findings } from '../findings.ts'
import { blockOf } from '../lines.ts'
import type { Case } from './cases.ts'

export interface Outcome {
  readonly case: Case
  /** What differs, a sentence each; none: the case holds. Cases are made up, so their values may be shown. */
  readonly differences: readonly string[]
}

interface Place {
  readonly rule: string
  readonly path: string
  readonly value: string
}

/** Cases share nothing: each is inspected as if it were all that there is. */
export function runCases(policy: Policy, cases: readonly Case[]): Outcome[] {
  const inspector = new Inspector(policy)
  return cases.map((one) => ({ case: one, differences: differencesOf(one, policy, inspector) }))
}

function differencesOf(one: Case, policy: Policy, inspector: Inspector): string[] {
  const text = one.record === undefined ? (one.text ?? '') : JSON.stringify(one.record)
  const block = blockOf(text.endsWith('\n') ? text : `${text}\n`)
  const findings = new Findings(policy)
  findings.begin(block)
  const { bytes } = inspector.inspectLines(block.bytes, block.ends, one.source, findings.observer)
  const places = findings.take().map(({ rule, path, line, column, end_column }) => {
    const lineStart = line === 1 ? 0 : block.ends[line - 2]
    const value = Buffer.from(block.bytes.subarray(lineStart + column - 1, lineStart + end_column - 1)).toString()
    return { rule: rule.id, path, value }
  })
  return [...foundOtherwise(one.finds, places), ...becameOtherwise(one.becomes, Buffer.from(bytes).toString())]
}

function foundOtherwise(expected: Case['finds'], places: readonly Place[]): string[] {
  if (expected === undefined) return []
  const isAsExpected = expected.length === places.length && expected.every((one, at) => isThere(one, places[at]))
  if (isAsExpected) return []
  return [`expected to find ${listed(expected.map(shown))}, found ${listed(places.map(shown))}`]
}

function isThere(expected: NonNullable<Case['finds']>[number], place: Place): boolean {
  if (typeof expected === 'string') return expected === place.rule
  const { rule, path, value } = expected
  return rule === place.rule && (path ?? place.path) === place.path && (value ?? place.value) === place.value
}

function shown(one: string | { rule: string; path?: string; value?: string }): string {
  if (typeof one === 'string') return one
  const where = one.path ? ` at ${one.path}` : ''
  const what = one.value === undefined ? '' : ` (${JSON.stringify(one.value)})`
  return `${one.rule}${where}${what}`
}

function listed(items: readonly string[]): string {
  return items.length === 0 ? 'nothing' : items.join(', ')
}

function becameOtherwise(expected: Case['becomes'], text: string): string[] {
  if (expected === undefined) return []
  const line = text.endsWith('\n') ? text.slice(0, -1) : text
  if (expected === null) return text === '' ? [] : [`expected the record to be dropped, it became ${line}`]
  if (typeof expected === 'string') {
    const wanted = expected.endsWith('\n') ? expected.slice(0, -1) : expected
    return wanted === line ? [] : [`expected ${JSON.stringify(wanted)}, it became ${JSON.stringify(line)}`]
  }
  return isDeepStrictEqual(parsed(line), expected) ? [] : [`expected ${JSON.stringify(expected)}, it became ${line}`]
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    return line
  }
}
