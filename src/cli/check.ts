// `logveil check`: everything that `run` would refuse, found without listening, connecting or writing anywhere.
import { Command } from 'commander'
import { parseDocument } from 'yaml'
import { type Complaint, loadConfig, loadPolicy } from '../settings/index.ts'
import { showComplaints, showWarnings } from './complaints.ts'
import { EXIT } from './exits.ts'
import { readSettings } from './inputs.ts'
import { slowRules } from './slow_rules.ts'
import { coloursFor, plain } from './terminal.ts'

const EXAMPLES = `
A file without sources and sinks is checked as a policy, as --policy takes it. Policies are compiled as the workers
compile them. Warnings do not change the exit code.

Examples:
  logveil check logveil.yaml
  logveil check config/*.yaml && systemctl reload-or-restart logveil`

export function checkCommand(): Command {
  return new Command('check')
    .summary('check settings files')
    .description('Reads settings files and prints everything that is wrong in them: file, line, column and a remedy.')
    .argument('<file...>', 'settings to check')
    .addHelpText('after', EXAMPLES)
    .action(async (files: string[]) => {
      process.exitCode = await check(files)
    })
}

async function check(files: readonly string[]): Promise<number> {
  const { green, bold } = coloursFor(process.stdout)
  let exitCode: number = EXIT.ok
  for (const file of files) {
    const text = await readSettings(file)
    const checked = text === undefined ? undefined : await checkOne(text, file)
    if (checked === undefined) {
      exitCode = EXIT.usage
      continue
    }
    showWarnings(checked.warnings)
    process.stdout.write(`${bold(`${plain(file)}:`)} ${green('ok')} (${checked.holds})\n`)
  }
  return exitCode
}

interface Checked {
  readonly holds: string
  readonly warnings: readonly Complaint[]
}

/** Undefined when something is wrong; that was told then. */
async function checkOne(text: string, file: string): Promise<Checked | undefined> {
  if (isPolicy(text)) {
    const loaded = await loadPolicy(text, file)
    if (!loaded.ok) return refused(loaded.complaints)
    const { policy, warnings } = loaded
    const holds = `a policy, ${count(policy.rules.length, 'rule')}, version ${policy.version}`
    return { holds, warnings: [...warnings, ...slowRules(policy, text, file, ['rules'])] }
  }
  const loaded = await loadConfig(text, file)
  if (!loaded.ok) return refused(loaded.complaints)
  const { sources, sinks, policy } = loaded.plan
  const parts = [count(sources.length, 'source'), count(sinks.length, 'sink'), count(policy.rules.length, 'rule')]
  const holds = `${parts.join(', ')}, policy version ${policy.version}`
  return { holds, warnings: [...loaded.warnings, ...slowRules(policy, text, file, ['policy', 'rules'])] }
}

function refused(complaints: readonly Complaint[]): undefined {
  showComplaints(complaints)
  return undefined
}

/** What is no mapping is left to `loadConfig`, which says so. */
function isPolicy(text: string): boolean {
  const document = parseDocument(text)
  const keys = ['packs', 'rules', 'mode', 'override', 'allow', 'hmac', 'exclude']
  return !document.has('sources') && !document.has('sinks') && keys.some((key) => document.has(key))
}

function count(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? '' : 's'}`
}
