// The way of a file of which only the policy counts, and what it has in common with the way of a whole one (load.ts).
// Sources and sinks are not loaded for it.
import { readFile } from 'node:fs/promises'
import { isMap } from 'yaml'
import type { Policy } from '../core/policy.ts'
import { type Complaint, inFileOrder } from './complaint.ts'
import { SettingsDocument } from './document.ts'
import { interpolate, type Surroundings } from './interpolate.ts'
import { compilePolicySettings } from './policy.ts'
import type { PolicyRegistries } from './registries.ts'

export interface LoadOptions {
  /** Default: `process.env`. */
  readonly env?: Surroundings['env']
  /** Reads `${file:…}`. */
  readonly readFile?: Surroundings['readFile']
}

export type Loaded<T> = ({ ok: true; warnings: Complaint[] } & T) | { ok: false; complaints: Complaint[] }

export type LoadedPolicy = Loaded<{ policy: Policy }>

/** A whole config, of which only the policy is looked at, or a file with a policy's own keys. */
export async function loadPolicyFile(
  text: string,
  file: string,
  registries: PolicyRegistries,
  options: LoadOptions,
): Promise<LoadedPolicy> {
  const document = openDocument(text, file)
  if (!document.usable) return failed(document.complaints)
  const isConfig = ['policy', 'sources', 'sinks'].some((key) => document.find([key]) !== undefined)
  const path = isConfig ? ['policy'] : []
  await interpolate(document, path, surroundings(options))
  const read = await compilePolicySettings({ document, registries }, path)
  const complaints = [...document.complaints, ...read.complaints]
  if (complaints.length > 0 || read.policy === undefined) return failed(complaints)
  return { ok: true, policy: read.policy, warnings: inFileOrder(read.warnings) }
}

export function openDocument(text: string, file: string): SettingsDocument {
  const document = new SettingsDocument(text, file)
  if (!document.usable || isMap(document.root)) return document
  const message = document.root === null ? 'the file is empty' : 'the file is no mapping'
  document.complain([], 'value', message, 'see config/examples for what it may hold')
  return document
}

export function surroundings(options: LoadOptions): Surroundings {
  return { env: options.env ?? process.env, readFile: options.readFile ?? ((path) => readFile(path, 'utf8')) }
}

export function failed(complaints: readonly Complaint[]): { ok: false; complaints: Complaint[] } {
  return { ok: false, complaints: inFileOrder(complaints) }
}
