// `logveil policy`: what a policy does and costs, before it does it.
import { Command } from 'commander'
import { policyCostCommand } from './policy/cost.ts'
import { policyDiffCommand } from './policy/diff.ts'
import { policyHashCommand } from './policy/hash.ts'
import { policyTestCommand } from './policy/test.ts'

export function policyCommand(): Command {
  return new Command('policy')
    .summary('try a policy: test, diff, cost, hash')
    .description(
      'Runs the cases of a policy, compares two policies on a sample, measures what rules cost, and hashes exceptions.',
    )
    .addCommand(policyTestCommand())
    .addCommand(policyDiffCommand())
    .addCommand(policyCostCommand())
    .addCommand(policyHashCommand())
}
