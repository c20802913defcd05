// `logveil policy`: what a policy does and costs, before it does it.
import { Command } from 'commander'
import { policyCostCommand } from './policy/cost.ts'
import { policyDiffCommand } from './policy/diff.ts'
import { policyTestCommand } from './policy/test.ts'

export function policyCommand(): Command {
  return new Command('policy')
    .summary('try a policy: test, diff, cost')
    .description('Runs the cases of a policy, compares two policies on a sample, and measures what rules cost.')
    .addCommand(policyTestCommand())
    .addCommand(policyDiffCommand())
    .addCommand(policyCostCommand())
}
