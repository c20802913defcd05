// `logveil policy diff`: what another policy would do otherwise on a sample, place by place and in sums. It shows
// rules, actions and places, never a value.
import { Command, Option } from 'commander'
import type { Policy } from '../../core/policy.ts'
import { Inspector } from '../../worker/inspector.ts'
import { type Behind, Continued } from '../continued.ts'
import { EXIT } from '../exits.ts'
import { Findings, type Found } from '../findings.ts'
import type { Block, LineFormat } from '../lines.ts'
import { Output } from '../output.ts'
import { policyOf } from '../policy_file.ts'
import { DEFAULT_SOURCE, readFiles } from '../reading.ts'
import { table } from '../sums.ts'
import { coloursFor, plain } from '../terminal.ts'

const HELP = `
Prints a line for each place that the two policies treat otherwise: "-" what only the old one does, "+" what only the
new one does. Then a table: findings of each rule under the old and under the new policy. Rules that only count are
findings too.

Examples:
  logveil policy diff old.yaml new.yaml /var/log/app/*.log
  logveil policy diff --json <(git show HEAD:policy.yaml) policy.yaml sample.log | jq -s 'group_by(.rule)'`

interface Options {
  format?: LineFormat
  source: string
  json?: boolean
  summary?: boolean
}

interface Change {
  readonly sign: '-' | '+'
  readonly found: Found
  readonly action: string
}

export function policyDiffCommand(): Command {
  return new Command('diff')
    .summary('what another policy would do otherwise on a sample')
    .description('Inspects the files, or standard input, under both policies and prints where they differ.')
    .argument('<old>', 'the policy as it is, or a whole config')
    .argument('<new>', 'the policy as it is to be, or a whole config')
    .argument('[file...]', 'a sample of logs; none, or -, is standard input')
    .addOption(new Option('--format <format>', 'what every line is').choices(['json', 'text']))
    .option('--source <name>', 'name that rules with where.source see', DEFAULT_SOURCE)
    .option('--json', 'print one JSON object for each place')
    .option('--summary', 'print the table only')
    .addHelpText('after', HELP)
    .action(async (before: string, after: string, files: string[], options: Options) => {
      process.exitCode = await diff(before, after, files, options)
    })
}

/** One of the two policies at work. */
class Side {
  /** Findings by rule and action. */
  readonly sums = new Map<string, number>()
  private readonly policy: Policy
  private readonly continued: Continued
  private readonly findings: Findings

  constructor(policy: Policy, { format, source }: Options) {
    this.policy = policy
    this.continued = new Continued(new Inspector({ ...policy, mode: 'observe' }), format, source)
    this.findings = new Findings(policy)
  }

  /** Undefined when it has to see more of what comes behind the block. */
  inspect(file: string, block: Block, behind: Behind): Found[] | undefined {
    this.findings.begin(block)
    const { waits } = this.continued.inspect(file, block, behind, this.findings.observer)
    return waits ? undefined : this.findings.take()
  }

  count(found: readonly Found[]): void {
    for (const one of found) {
      const key = `${one.rule.id} ${this.actionOf(one)}`
      this.sums.set(key, (this.sums.get(key) ?? 0) + 1)
    }
  }

  actionOf({ rule }: Found): string {
    if (this.policy.mode === 'observe' || rule.observe === true) return 'keep'
    const { type, ...settings } = rule.action
    return [type, ...Object.entries(settings).map(([name, value]) => `${name}=${value}`)].join(' ')
  }
}

async function diff(before: string, after: string, files: readonly string[], options: Options): Promise<number> {
  const old = new Side(await policyOf(before), options)
  const now = new Side(await policyOf(after), options)
  const output = new Output()
  let changes = 0
  const exitCode = await readFiles(files, async (file, block, behind) => {
    const [one, two] = [old.inspect(file, block, behind), now.inspect(file, block, behind)]
    if (one === undefined || two === undefined) return 'wait'
    old.count(one)
    now.count(two)
    const changed = changesOf(old, one, now, two)
    changes += changed.length
    if (options.summary !== true) {
      await output.write(changed.map((change) => shown(file, change, options.json === true)).join(''))
    }
    return output.gone ? 'enough' : 'next'
  })
  if (options.json !== true) await output.write(`${summary(old, now)}\n`)
  if (exitCode !== EXIT.ok) return exitCode
  return changes > 0 ? EXIT.findings : EXIT.ok
}

function changesOf(old: Side, before: readonly Found[], now: Side, after: readonly Found[]): Change[] {
  const entries = (side: Side, found: readonly Found[]) =>
    found.map((one) => {
      const action = side.actionOf(one)
      return { found: one, action, key: `${one.line}:${one.column}:${one.end_column} ${one.rule.id} ${action}` }
    })
  const [gone, come] = [entries(old, before), entries(now, after)]
  const [goneKeys, comeKeys] = [new Set(gone.map(({ key }) => key)), new Set(come.map(({ key }) => key))]
  const changes: Change[] = [
    ...gone.filter(({ key }) => !comeKeys.has(key)).map(({ found, action }) => ({ sign: '-' as const, found, action })),
    ...come.filter(({ key }) => !goneKeys.has(key)).map(({ found, action }) => ({ sign: '+' as const, found, action })),
  ]
  return changes.sort((a, b) => a.found.line - b.found.line || a.found.column - b.found.column)
}

function shown(file: string, { sign, found, action }: Change, asJson: boolean): string {
  const { line, column, end_column, path, rule } = found
  if (asJson)
    return `${JSON.stringify({ file, line, column, end_column, path, change: sign, rule: rule.id, action })}\n`
  const { red, green, dim } = coloursFor(process.stdout)
  const text = `${sign} ${plain(file)}:${line}:${column}: ${rule.id} ${action}`
  return `${(sign === '-' ? red : green)(text)}${path === '' ? '' : ` ${dim(plain(path))}`}\n`
}

function summary(old: Side, now: Side): string {
  const keys = [...new Set([...old.sums.keys(), ...now.sums.keys()])].sort()
  if (keys.length === 0) return 'neither policy finds anything'
  const rows = keys.map((key) => {
    const [rule, action] = [key.slice(0, key.indexOf(' ')), key.slice(key.indexOf(' ') + 1)]
    return [rule, action, String(old.sums.get(key) ?? 0), String(now.sums.get(key) ?? 0)]
  })
  return table([['rule', 'action', 'old', 'new'], ...rows])
}
