// Small registries: complaints are tested against components that stand still.
import { z } from 'zod'
import type { SinkSpec, SourceSpec } from '../../src/core/component.ts'
import type { Detector } from '../../src/core/detector.ts'
import { type Complaint, formatComplaint } from '../../src/settings/complaint.ts'
import { registries as real } from '../../src/settings/index.ts'
import { loadPlan } from '../../src/settings/load.ts'
import { type LoadOptions, loadPolicyFile } from '../../src/settings/load_policy.ts'
import type { Registries } from '../../src/settings/registries.ts'

/** Nothing is created: what stands in its place shows the settings. */
function bound(settings: unknown): never {
  return { settings } as never
}

const forwardSettings = z.strictObject({
  listen: z.string().describe('Address to listen on, host:port.'),
  connections_max: z.int().min(1).max(65_536).describe('Connections at once.').default(1024),
  shared_key: z.string().min(4).describe('Key that clients must know.').optional(),
  tls: z
    .strictObject({ cert: z.string().describe('PEM file.'), key: z.string().describe('PEM file.') })
    .describe('TLS of the listener.')
    .optional(),
  peers: z
    .array(
      z
        .strictObject({ host: z.string().describe('Name.'), weight: z.number().describe('Share.').default(1) })
        .refine((peer) => !peer.host.includes('/'), { message: 'no host', params: { remedy: 'write a name' } }),
    )
    .describe('Peers.')
    .optional(),
})

const fileSettings = z.strictObject({
  path: z.string().describe('File to append to.'),
  rotate: z
    .discriminatedUnion('by', [
      z.strictObject({ by: z.literal('size'), bytes: z.int().describe('Bytes of a file.') }),
      z.strictObject({ by: z.literal('age'), seconds: z.int().describe('Age of a file.') }),
    ])
    .describe('When a new file is begun.')
    .optional(),
})

const forward: SourceSpec<z.output<typeof forwardSettings>> = {
  type: 'forward',
  summary: 'A stand-in.',
  settings: forwardSettings,
  example: { type: 'forward', listen: '127.0.0.1:0' },
  create: bound,
}

const file: SinkSpec<z.output<typeof fileSettings>> = {
  type: 'file',
  summary: 'A stand-in.',
  settings: fileSettings,
  example: { type: 'file', path: 'out.ndjson' },
  create: bound,
}

const stdout: SinkSpec<Record<string, never>> = {
  type: 'stdout',
  summary: 'A stand-in.',
  settings: z.strictObject({}),
  example: { type: 'stdout' },
  create: bound,
}

function detector(id: string, severity: Detector['severity']): Detector {
  const more = { summary: 'A stand-in.', source: 'none', pattern: 'x', yes: [], no: [] }
  return { id, category: 'secret', severity, confidence: 'high', ...more }
}

export const registries: Registries = {
  sources: [forward],
  sinks: [file, stdout],
  detectors: [detector('jwt', 'high'), detector('email', 'low'), detector('payment_card', 'high')],
  actions: real.actions,
}

/** Every complaint as people see it, or what was loaded. */
export async function load(text: string, options: LoadOptions = {}) {
  const loaded = await loadPlan(text, 'logveil.yaml', registries, { env: {}, ...options })
  return loaded.ok
    ? { plan: loaded.plan, warnings: loaded.warnings.map(formatComplaint), complaints: [] }
    : { complaints: shown(loaded.complaints) }
}

export async function policyOf(text: string, options: LoadOptions = {}) {
  const loaded = await loadPolicyFile(text, 'policy.yaml', registries, { env: {}, ...options })
  return loaded.ok
    ? { policy: loaded.policy, warnings: loaded.warnings.map(formatComplaint), complaints: [] }
    : { complaints: shown(loaded.complaints) }
}

function shown(complaints: readonly Complaint[]): string[] {
  return complaints.map(formatComplaint)
}

/** A config that loads, without a policy of packs (whose detectors these registries do not have). */
export const BASE = `sources:
  app: { type: forward, listen: 127.0.0.1:24224 }
sinks:
  store: { type: file, path: out.ndjson }
`
