// `logveil audit`: the log of who changed which policy, and whether it is as it was written.
import { Command } from 'commander'
import { auditVerifyCommand } from './audit/verify.ts'

export function auditCommand(): Command {
  return new Command('audit')
    .summary('check the audit log')
    .description(
      'The audit log holds policy changes, starts, stops and tightenings; "audit" in the settings turns it on.',
    )
    .addCommand(auditVerifyCommand())
}
