// `logveil scan`: says where something sensitive is, and never what it is.
import { Command, Option } from 'commander'
import { Inspector } from '../worker/inspector.ts'
import { Continued } from './continued.ts'
import { EXIT } from './exits.ts'
import { Findings, findingAsJson, findingForPeople } from './findings.ts'
import type { LineFormat } from './lines.ts'
import { Output } from './output.ts'
import { policyOf } from './policy_file.ts'
import { DEFAULT_SOURCE, readFiles } from './reading.ts'
import { Sums } from './sums.ts'
import { coloursFor, complain } from './terminal.ts'

const EXAMPLES = `
Prints "file:line:column: rule severity path", a line each. Columns count bytes of the line as it is stored, from 1,
also where the finding lies in escaped or nested JSON. What the policy only counts is printed too.

With --json: one object per finding, with file, line, column, end_column (exclusive), path, rule, category, severity,
confidence, fingerprint; never the value. The fingerprint is 16 hex digits of a keyed HMAC: equal values have equal
ones. Its key is the policy's hmac; without one it is random, and fingerprints of two runs can not be compared.

Examples:
  logveil scan /var/log/app/*.log
  logveil scan --json --policy policy.yaml app.log | jq .rule | sort | uniq -c
  git diff | logveil scan --fail`

interface Options {
  policy?: string
  format?: LineFormat
  source: string
  json?: boolean
  fail?: boolean
}

export function scanCommand(): Command {
  return new Command('scan')
    .summary('find what is sensitive, and change nothing')
    .description('Says where the lines of the files, or of standard input, hold something sensitive.')
    .argument('[file...]', 'files to read; none, or -, is standard input')
    .option('-p, --policy <file>', 'a policy, or a whole config whose policy is taken (default: the pack "default")')
    .addOption(new Option('--format <format>', 'what every line is').choices(['json', 'text']))
    .option('--source <name>', 'name that rules with where.source see', DEFAULT_SOURCE)
    .option('--json', 'print one JSON object per finding')
    .option('--fail', `exit with ${EXIT.findings} when something was found`)
    .addHelpText('after', EXAMPLES)
    .action(async (files: string[], options: Options) => {
      process.exitCode = await scan(files, options)
    })
}

async function scan(files: readonly string[], options: Options): Promise<number> {
  const policy = await policyOf(options.policy)
  // Nothing is to be changed, so nothing is planned.
  const continued = new Continued(new Inspector({ ...policy, mode: 'observe' }), options.format, options.source)
  const findings = new Findings(policy)
  const output = new Output()
  const sums = new Sums()
  const colours = coloursFor(process.stdout)
  const exitCode = await readFiles(files, async (file, block, behind) => {
    findings.begin(block)
    const { counts, waits } = continued.inspect(file, block, behind, findings.observer)
    if (waits) return 'wait'
    sums.add(counts)
    const lines = findings
      .take()
      .map((finding) => (options.json ? findingAsJson(file, finding) : findingForPeople(file, finding, colours)))
    await output.write(lines.join(''))
    return output.gone ? 'enough' : 'next'
  })
  const failed = sums.failed()
  if (failed !== '') complain(`lines could not be inspected: ${failed}`)
  if (!options.json) process.stderr.write(`${sums.total()}\n`)
  if (exitCode !== EXIT.ok) return exitCode
  if (failed !== '') return EXIT.failed
  return options.fail && sums.matches > 0 ? EXIT.findings : EXIT.ok
}
