// Runs one inspector over frames given as text or bytes, for the tests of the hot loop.
import { z } from 'zod'
import { BATCH_PAD_BYTES, type Format } from '../../src/core/batch.ts'
import type { ActionSettings, Find, Policy, Rule } from '../../src/core/policy.ts'
import { actionByType } from '../../src/redactor/actions/index.ts'
import type { Inspected } from '../../src/worker/inspected.ts'
import { Inspector } from '../../src/worker/inspector.ts'

export function rule(id: string, find: Find, action: ActionSettings | string = 'mask', more: Partial<Rule> = {}): Rule {
  const { type, ...written } = typeof action === 'string' ? { type: action } : action
  const settings = actionByType.get(type)?.settings(z).parse(written) as object
  return { id, find, action: { ...settings, type }, category: 'other', severity: 'medium', confidence: 'high', ...more }
}

export function policy(rules: Rule[], more: Partial<Policy> = {}): Policy {
  return {
    version: 'test',
    mode: 'enforce',
    rules,
    allow: {},
    exclude_fields: ['trace_id', 'timestamp'],
    on_error: 'mask_all',
    service_from: ['kubernetes.labels.app', 'service', '@tag'],
    ...more,
  }
}

export interface Result extends Inspected {
  text: string
  /** True when the very same bytes came back. */
  untouched: boolean
}

export function batchOf(frames: readonly (string | Uint8Array)[]): { bytes: Uint8Array; ends: Uint32Array } {
  const parts = frames.map((frame) => Buffer.from(frame as string))
  const size = parts.reduce((sum, part) => sum + part.length, 0)
  const bytes = new Uint8Array(new ArrayBuffer(size + BATCH_PAD_BYTES), 0, size)
  const ends: number[] = []
  let at = 0
  for (const part of parts) {
    bytes.set(part, at)
    at += part.length
    ends.push(at)
  }
  return { bytes, ends: Uint32Array.from(ends) }
}

/** By policy: what an inspector remembers of earlier batches changes nothing in later ones. */
const inspectors = new WeakMap<Policy, Inspector>()

export function inspect(from: Policy, format: Format, frames: readonly (string | Uint8Array)[]): Result {
  const { bytes, ends } = batchOf(frames)
  const inspector = inspectors.get(from) ?? new Inspector(from)
  inspectors.set(from, inspector)
  const inspected = inspector.inspect(format, bytes, ends, 'app')
  return { ...inspected, text: Buffer.from(inspected.bytes).toString(), untouched: inspected.bytes === bytes }
}
