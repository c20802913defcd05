// What an operator may write about lines, whatever source they come from.
import RE2 from 're2'
import { z } from 'zod'
import { LIMITS } from '../../core/limits.ts'

const pattern = z.string().refine(compiles, { error: 'write a pattern of RE2 that does not match an empty line' })

const joining = z
  .strictObject({
    starts: pattern.optional().describe('Pattern (RE2) of lines that begin a record; others go on the one before'),
    continues: pattern.optional().describe('Pattern (RE2) of lines that go on the record before; others begin one'),
    timeout_ms: z.int().min(10).max(600_000).default(2_000).describe('A record is over when no line came for so long'),
    lines_max: z.int().min(2).max(100_000).default(1_000).describe('Longer records are cut between lines'),
  })
  .refine(({ starts, continues }) => (starts === undefined) !== (continues === undefined), {
    error: 'give `starts` or `continues`, and not both',
    path: ['starts'],
  })

export const lineSettings = {
  format: z
    .enum(['auto', 'json', 'text', 'cri', 'docker'])
    .default('auto')
    .describe(
      'What lines are. `auto`: JSON objects or text, line by line. `cri`: logs of Kubernetes. `docker`: its json-file',
    ),
  multiline: joining.optional().describe('Joins lines to records; pieces that a container runtime cut are joined too'),
  line_bytes_max: z
    .int()
    .min(1024)
    .max(LIMITS.file_line_bytes_max)
    .default(LIMITS.file_line_bytes)
    .describe('A longer line is replaced by a record that says so, and counted'),
}

function compiles(source: string): boolean {
  try {
    return new RE2(source, 'u').exec('') === null
  } catch {
    return false
  }
}
