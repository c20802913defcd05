// `logveil policy`: what a policy does and costs, before it does it.
import { Command } from 'commander'
import { policyDiffCommand } from './policy/diff.ts'
import { policyTestCommand } from './policy/test.ts'

export function policyCommand(): Command {
  return new Command('policy')
    .summary('try a policy: test, diff')
    .description('Runs the cases of a policy, and compares two policies on a sample.')
    .addCommand(policyTestCommand())
    .addCommand(policyDiffCommand())
}
