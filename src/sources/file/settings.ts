// What an operator may write about a file source.
import RE2 from 're2'
import { z } from 'zod'
import { lineSettings } from '../../wire/lines/settings.ts'

const globs = z.union([z.string().min(1), z.array(z.string().min(1))])

export const fileSettings = z.strictObject({
  include: globs.describe('Files to read: a glob or a list of them, with `*`, `?`, `[a-z]`, `{a,b}` and `**`'),
  exclude: globs.default([]).describe('Files to leave alone, as globs over the whole path'),
  state: z
    .string()
    .min(1)
    .default('./logveil-state')
    .describe('Folder that remembers how far each file was delivered; it must outlive a restart'),
  read_from: z
    .enum(['beginning', 'end'])
    .default('beginning')
    .describe(
      'Where to begin with files that are there at the very first start; later ones are read from the beginning',
    ),
  ...lineSettings,
  gzip: z
    .boolean()
    .default(false)
    .describe('Reads compressed files to their end too. Those that were read before they were compressed are known'),
  file_field: z
    .string()
    .min(1)
    .or(z.literal(false))
    .default('file')
    .describe('Member for the path that is put in front of each record; false: none'),
  path_fields: z
    .string()
    .refine(compiles, { error: 'write a pattern of RE2 with named groups' })
    .optional()
    .describe(
      'Pattern (RE2) over the path, as `/(?P<service>[^/]+)\\.log$`; its named groups become members of each record',
    ),
  at_end: z
    .enum(['follow', 'stop'])
    .default('follow')
    .describe('`stop`: when all that is there is delivered the source ends, and with the last source the process'),
  poll_ms: z.int().min(10).max(60_000).default(500).describe('Time between looks at the files'),
  rotated_wait_ms: z
    .int()
    .min(0)
    .default(30_000)
    .describe('How long a file that has lost its name stays open after its last line'),
})

export type FileSettings = z.infer<typeof fileSettings>

export function listOf(written: string | readonly string[]): readonly string[] {
  return typeof written === 'string' ? [written] : written
}

function compiles(source: string): boolean {
  try {
    new RE2(source, 'u')
    return source.includes('(?')
  } catch {
    return false
  }
}
