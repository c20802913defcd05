// `logveil redact`: lines in, redacted lines out, every other byte as it came. It prints no finding and keeps none.
import { Command, Option } from 'commander'
import type { Policy } from '../core/policy.ts'
import { Inspector } from '../worker/inspector.ts'
import { Continued } from './continued.ts'
import type { LineFormat } from './lines.ts'
import { Output } from './output.ts'
import { policyOf } from './policy_file.ts'
import { DEFAULT_SOURCE, readFiles } from './reading.ts'
import { Sums } from './sums.ts'
import { complain } from './terminal.ts'

const EXAMPLES = `
Each line is JSON when it begins like an object or an array and is one, else text. --format says it for all lines; a
line that is then no JSON is replaced by a marker. Lines in which nothing is found come out byte for byte. A line that
cannot be inspected is never written raw: on_error in the policy says what becomes of it.

Examples:
  logveil redact app.log > safe.log
  kubectl logs -f my-pod | logveil redact
  logveil redact --policy policy.yaml --summary *.log > safe.log`

interface Options {
  policy?: string
  mode?: Policy['mode']
  format?: LineFormat
  source: string
  summary?: boolean
}

export function redactCommand(): Command {
  return new Command('redact')
    .summary('redact lines of text and JSON')
    .description('Writes the lines of the files, or of standard input, redacted to standard output.')
    .argument('[file...]', 'files to read; none, or -, is standard input')
    .option('-p, --policy <file>', 'a policy, or a whole config whose policy is taken (default: the pack "default")')
    .addOption(new Option('--mode <mode>', "instead of the policy's mode").choices(['enforce', 'observe']))
    .addOption(new Option('--format <format>', 'what every line is').choices(['json', 'text']))
    .option('--source <name>', 'name that rules with where.source see', DEFAULT_SOURCE)
    .option('--summary', 'print counts per rule to standard error at the end')
    .addHelpText('after', EXAMPLES)
    .action(async (files: string[], options: Options) => {
      process.exitCode = await redact(files, options)
    })
}

async function redact(files: readonly string[], options: Options): Promise<number> {
  const written = await policyOf(options.policy)
  const policy = { ...written, mode: options.mode ?? written.mode }
  if (policy.mode === 'observe' && options.mode === undefined) {
    complain('the policy only observes: nothing is redacted', '--mode enforce')
  }
  const continued = new Continued(new Inspector(policy), options.format, options.source)
  const output = new Output()
  const sums = new Sums()
  const exitCode = await readFiles(files, async (file, block, behind) => {
    const { bytes, counts, waits } = continued.inspect(file, block, behind)
    if (waits) return 'wait'
    sums.add(counts)
    await output.write(bytes)
    return output.gone ? 'enough' : 'next'
  })
  const failed = sums.failed()
  const outcome = policy.mode === 'observe' ? 'were passed on as they came' : `failed closed (${policy.on_error})`
  if (failed !== '') complain(`lines that could not be inspected ${outcome}: ${failed}`)
  if (options.summary) process.stderr.write(sums.text())
  return exitCode
}
