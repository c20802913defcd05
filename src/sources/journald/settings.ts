// What an operator may write about a journald source.
import { z } from 'zod'
import { LIMITS } from '../../core/limits.ts'

export const journaldSettings = z.strictObject({
  command: z.string().min(1).default('journalctl').describe('The journalctl to run: a name on PATH or a path'),
  directory: z
    .string()
    .min(1)
    .optional()
    .describe('Folder of the journal, such as /host/var/log/journal; absent: that of this machine'),
  units: z.array(z.string().min(1)).default([]).describe('Units to read, such as nginx.service; none: all'),
  matches: z
    .array(z.string().regex(/^_{0,2}[A-Z0-9][A-Z0-9_]*=/, { error: 'write FIELD=value' }))
    .default([])
    .describe('Only entries with these fields, such as _TRANSPORT=kernel; several of one field are alternatives'),
  state: z
    .string()
    .min(1)
    .default('./logveil-state')
    .describe('Folder that remembers how far the journal was delivered; it must outlive a restart'),
  read_from: z
    .enum(['beginning', 'boot', 'end'])
    .default('beginning')
    .describe('Where to begin at the very first start: at the oldest entry, at that of this boot, or at the next one'),
  entry_bytes_max: z
    .int()
    .min(1024)
    .max(64 * 1024 * 1024)
    .default(LIMITS.journal_entry_bytes_max)
    .describe('Bytes of one entry; a marker with its size stands for a larger one (a core dump)'),
  in_flight_bytes_max: z
    .int()
    .min(1024)
    .default(LIMITS.journal_in_flight_bytes_max)
    .describe('Bytes that are not delivered yet; beyond it the journal is not read further'),
})

export type JournaldSettings = z.infer<typeof journaldSettings>
