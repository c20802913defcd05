// `logveil explain`: why a line is redacted as it is, rule by rule. It runs the inspector that the pipeline runs, with
// a matcher that remembers.
import { Command } from 'commander'
import { EXIT } from './exits.ts'
import { Explainer } from './explain/explanation.ts'
import { explanationForPeople } from './explain/show.ts'
import { openInput } from './inputs.ts'
import { blocks } from './lines.ts'
import { Output } from './output.ts'
import { policyOf } from './policy_file.ts'
import { DEFAULT_SOURCE } from './reading.ts'
import { coloursFor } from './terminal.ts'

const EXAMPLES = `
For each rule that had a chance: the anchor that gave it one, whether its pattern and its check say yes, the words that
speak for it, its confidence against what the rule asks for, and what became of it. A line that is a JSON object is
looked at as fields. The last line, behind "=", is what the policy makes of it. Values of the text are printed.

With --json: one object per line of text, with result, rules, fields and waiting (rules that count only beside a word).

Examples:
  logveil explain 'card 4111 1111 1111 1111'
  logveil explain '{"user":{"dbPassword":"hunter2"},"trace_id":"4111111111111111"}'
  head -n 1 app.log | logveil explain --policy policy.yaml -`

interface Options {
  policy?: string
  source: string
  json?: boolean
  all?: boolean
}

export function explainCommand(): Command {
  return new Command('explain')
    .summary('why a text is redacted as it is, rule by rule')
    .description('Says of each rule that had a chance in a text what became of it, and why.')
    .argument('<text...>', 'the text; - is standard input, line by line')
    .option('-p, --policy <file>', 'a policy, or a whole config whose policy is taken (default: the pack "default")')
    .option('--source <name>', 'name that rules with where.source see', DEFAULT_SOURCE)
    .option('--all', 'also name the rules of which nothing but the anchor is there')
    .option('--json', 'print one JSON object per line')
    .addHelpText('after', EXAMPLES)
    .action(async (texts: string[], options: Options) => {
      process.exitCode = await explain(texts, options)
    })
}

async function explain(texts: readonly string[], { policy, source, json, all = false }: Options): Promise<number> {
  const explainer = new Explainer(await policyOf(policy))
  const output = new Output()
  const colours = coloursFor(process.stdout)
  const lines = texts.length === 1 && texts[0] === '-' ? await linesOfInput() : texts.join(' ').split('\n')
  if (lines === undefined) return EXIT.usage
  for await (const line of lines) {
    const explanation = explainer.explain(line, source)
    await output.write(json ? `${JSON.stringify(explanation)}\n` : explanationForPeople(explanation, all, colours))
    if (output.gone) break
  }
  return EXIT.ok
}

async function linesOfInput(): Promise<AsyncIterable<string> | undefined> {
  const input = await openInput('-')
  return input && linesIn(input.stream)
}

async function* linesIn(stream: AsyncIterable<Buffer>): AsyncGenerator<string> {
  for await (const { bytes } of blocks(stream)) {
    const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('utf8')
    yield* text.replace(/\n$/, '').split('\n')
  }
}
