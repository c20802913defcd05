// `logveil policy test`: cases that say what a policy has to do, run in the operator's CI.
import { writeFile } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { Command } from 'commander'
import { showComplaints } from '../complaints.ts'
import { EXIT } from '../exits.ts'
import { needSettings, reasonOf } from '../inputs.ts'
import { policyOf } from '../policy_file.ts'
import { coloursFor, complain, plain } from '../terminal.ts'
import { type CaseFile, readCases } from './cases.ts'
import { junit, type Suite } from './junit.ts'
import { type Outcome, runCases } from './run_cases.ts'

const HELP = `
A file of cases:

  policy: policy.yaml            # or the policy itself; --policy goes before it; absent: the pack "default"
  cases:
    - name: cards keep their last digits
      text: 'card 4111111111111111 declined'
      finds: [payment_card]
      becomes: 'card ************1111 declined'
    - name: e-mail addresses are found by their field
      record: { user: { mail: a@example.com }, n: 1 }
      finds: [{ rule: email, path: user.mail, value: a@example.com }]
    - name: order numbers are left alone
      text: 'order 1234-5678'
      finds: []

"finds" are the rules in the order of places; "becomes" is the line, the record, or null for a dropped one.

Examples:
  logveil policy test cases.yaml
  logveil policy test --policy policy.yaml --junit report.xml cases/*.yaml`

interface Options {
  policy?: string
  junit?: string
}

export function policyTestCommand(): Command {
  return new Command('test')
    .summary('run cases that say what a policy has to do')
    .description('Runs the cases of the files and prints those that come out otherwise.')
    .argument('<file...>', 'files of cases')
    .option('-p, --policy <file>', 'the policy, or a whole config whose policy is taken')
    .option('--junit <file>', 'also write the outcome as JUnit XML')
    .addHelpText('after', HELP)
    .action(async (files: string[], options: Options) => {
      process.exitCode = await test(files, options)
    })
}

async function test(files: readonly string[], options: Options): Promise<number> {
  const suites: Suite[] = []
  let isUnusable = false
  for (const file of files) {
    const read = readCases(await needSettings(file), file)
    showComplaints(read.complaints)
    if (read.complaints.length > 0) isUnusable = true
    else suites.push({ file, outcomes: runCases(await policyFor(file, read, options), read.cases) })
  }
  if (isUnusable) return EXIT.usage
  for (const { file, outcomes } of suites) print(file, outcomes)
  if (options.junit !== undefined && !(await writeReport(options.junit, suites))) return EXIT.failed
  const all = suites.flatMap(({ outcomes }) => outcomes)
  const failed = all.filter(({ differences }) => differences.length > 0).length
  const { green, red } = coloursFor(process.stdout)
  process.stdout.write(`${green(`${all.length - failed} passed`)}${failed > 0 ? `, ${red(`${failed} failed`)}` : ''}\n`)
  return failed > 0 ? EXIT.findings : EXIT.ok
}

async function policyFor(file: string, read: CaseFile, options: Options) {
  if (options.policy !== undefined || read.policy === undefined) return policyOf(options.policy)
  return policyOf(read.policy === 'here' ? file : resolve(dirname(file), read.policy.file))
}

function print(file: string, outcomes: readonly Outcome[]): void {
  const { green, red, bold } = coloursFor(process.stdout)
  for (const { case: one, differences } of outcomes) {
    const mark = differences.length === 0 ? green('ok  ') : red('FAIL')
    process.stdout.write(`${mark} ${bold(plain(`${file}:${one.line}:`))} ${plain(one.name)}\n`)
    for (const text of differences) process.stdout.write(`     ${plain(text)}\n`)
  }
}

async function writeReport(file: string, suites: readonly Suite[]): Promise<boolean> {
  try {
    await writeFile(file, junit(suites))
    return true
  } catch (error) {
    complain(`${file}: ${reasonOf(error)}`)
    return false
  }
}
