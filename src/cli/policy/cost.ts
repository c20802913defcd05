// `logveil policy cost`: what each rule of a policy costs a worker, the dearest first.
import { Command } from 'commander'
import { ruleCosts } from '../../classifier/cost.ts'
import { LIMITS } from '../../core/limits.ts'
import { EXIT } from '../exits.ts'
import { Output } from '../output.ts'
import { policyOf } from '../policy_file.ts'
import { table } from '../sums.ts'
import { coloursFor } from '../terminal.ts'

const { rule_ordinary_ms_per_mib_max: ORDINARY_MAX, rule_hostile_ms_per_mib_max: HOSTILE_MAX } = LIMITS

const HELP = `
Each rule by pattern or by detector is measured alone: milliseconds of a worker for a MiB of ordinary logs, and of text
that is made to slow that very rule down, beyond what a policy without rules takes. Rules by field name or path cost
next to nothing. "run" and "check" refuse a rule by pattern of more than ${ORDINARY_MAX} ms or ${HOSTILE_MAX} ms.

Examples:
  logveil policy cost policy.yaml
  logveil policy cost --all --json | jq -s 'max_by(.hostile_ms_per_mib)'`

/** A slow machine's timer must not decide. */
const TEXT_BYTES = 16_384
const SHOWN = 20

interface Options {
  all?: boolean
  json?: boolean
}

export function policyCostCommand(): Command {
  return new Command('cost')
    .summary('what each rule of a policy costs')
    .description('Measures each rule of a policy, and names those that slow it down.')
    .argument('[policy]', 'the policy, or a whole config whose policy is taken; none is the pack "default"')
    .option('--all', `print every rule, not only the ${SHOWN} dearest`)
    .option('--json', 'print one JSON object for each rule')
    .addHelpText('after', HELP)
    .action(async (policy: string | undefined, options: Options) => {
      process.exitCode = await cost(policy, options)
    })
}

async function cost(file: string | undefined, options: Options): Promise<number> {
  const policy = await policyOf(file)
  const output = new Output()
  const costs = []
  for (const one of ruleCosts(policy, TEXT_BYTES)) {
    costs.push(one)
    if (process.stderr.isTTY && process.stdout.isTTY !== true) process.stderr.write(`\r\x1b[K${costs.length} rules`)
  }
  if (process.stderr.isTTY && process.stdout.isTTY !== true) process.stderr.write('\r\x1b[K')
  costs.sort((a, b) => b.hostile + b.ordinary * 10 - (a.hostile + a.ordinary * 10))
  const shown = options.all ? costs : costs.slice(0, SHOWN)
  if (options.json) {
    const lines = shown.map(({ rule, ordinary, hostile }) =>
      JSON.stringify({ rule: rule.id, ordinary_ms_per_mib: rounded(ordinary), hostile_ms_per_mib: rounded(hostile) }),
    )
    await output.write(lines.map((line) => `${line}\n`).join(''))
    return EXIT.ok
  }
  const { dim } = coloursFor(process.stdout)
  const rows = shown.map(({ rule, ordinary, hostile }) => [rule.id, ordinary.toFixed(1), hostile.toFixed(0)])
  await output.write(`${table([['rule', 'ordinary, ms/MiB', 'hostile, ms/MiB'], ...rows])}\n`)
  const rest = costs.length - shown.length
  if (rest > 0) await output.write(dim(`… and ${rest} more that cost less (--all)\n`))
  return EXIT.ok
}

function rounded(ms: number): number {
  return Math.round(ms * 10) / 10
}
