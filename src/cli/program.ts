// Brings the command line to the command that it names, and makes an exit code of every way in which one can end. Only
// the named command is loaded: the others would double the time to start.
import { readFileSync } from 'node:fs'
import { Command, CommanderError } from 'commander'
import { LogveilError } from '../core/errors.ts'
import { describeDefect } from './defects.ts'
import { EXIT, exitCodesHelp, Quit } from './exits.ts'
import { coloursFor, complain } from './terminal.ts'

const COMMANDS: readonly { name: string; summary: string; load(): Promise<Command> }[] = [
  { name: 'init', summary: 'write a first config', load: async () => (await import('./init.ts')).initCommand() },
  { name: 'run', summary: 'run a pipeline', load: async () => (await import('./run.ts')).runCommand() },
  { name: 'check', summary: 'check settings files', load: async () => (await import('./check.ts')).checkCommand() },
  {
    name: 'redact',
    summary: 'redact lines of text and JSON',
    load: async () => (await import('./redact.ts')).redactCommand(),
  },
  {
    name: 'scan',
    summary: 'find what is sensitive, and change nothing',
    load: async () => (await import('./scan.ts')).scanCommand(),
  },
  {
    name: 'explain',
    summary: 'why a text is redacted as it is, rule by rule',
    load: async () => (await import('./explain.ts')).explainCommand(),
  },
  {
    name: 'tap',
    summary: 'watch redacted records of a running pipeline',
    load: async () => (await import('./tap.ts')).tapCommand(),
  },
  {
    name: 'policy',
    summary: 'try a policy: test, diff, cost, hash',
    load: async () => (await import('./policy.ts')).policyCommand(),
  },
  {
    name: 'baseline',
    summary: 'write what services are approved to log',
    load: async () => (await import('./baseline.ts')).baselineCommand(),
  },
  {
    name: 'audit',
    summary: 'check the audit log',
    load: async () => (await import('./audit.ts')).auditCommand(),
  },
  {
    name: 'list',
    summary: 'sources, sinks, actions, packs and detectors, and their settings',
    load: async () => (await import('./list.ts')).listCommand(),
  },
  {
    name: 'schema',
    summary: 'print the JSON Schema of the settings, for editors',
    load: async () => (await import('./schema.ts')).schemaCommand(),
  },
  {
    name: 'demo',
    summary: 'watch it work on made-up traffic',
    load: async () => (await import('./demo.ts')).demoCommand(),
  },
  { name: 'bench', summary: 'measure speed and memory', load: async () => (await import('./bench.ts')).benchCommand() },
  {
    name: 'completions',
    summary: 'print a script that completes the command line',
    load: async () => (await import('./completions.ts')).completionsCommand(allCommands),
  },
]

/** With all that belongs to them: for completions and the man page. */
export function allCommands(): Promise<Command[]> {
  return Promise.all(COMMANDS.map(({ load }) => load()))
}

const DESCRIPTION = `Finds sensitive data in logs and redacts it before they are stored.

logveil stands between what emits logs and what stores them, and tells per service what it found:
counts, never values. "logveil COMMAND --help" says more about each command.`

const EXAMPLES = `
Examples:
  logveil init --source forward        write a first config
  logveil run -c logveil.yaml          take logs from Fluent Bit, redact, store and forward them
  logveil check logveil.yaml           print everything that is wrong in the settings, with a remedy
  logveil redact app.log > safe.log    redact a file
  logveil scan --json app.log          where is something sensitive? (never prints the value)
  kubectl logs my-pod | logveil redact

Environment:
  NO_COLOR  no colours on a terminal`

export async function runProgram(args: readonly string[]): Promise<void> {
  try {
    const program = await programFor(args)
    await program.parseAsync(args, { from: 'user' })
  } catch (error) {
    process.exitCode = exitCodeOf(error)
  }
}

async function programFor(args: readonly string[]): Promise<Command> {
  const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'))
  const program = quiet(new Command('logveil'))
    .description(DESCRIPTION)
    .usage('COMMAND [options]')
    .version(`logveil ${version}`, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .addHelpText('after', `${EXAMPLES}\n${exitCodesHelp()}`)
  for (const { name, summary, load } of COMMANDS) {
    const command = args.includes(name) ? await load() : new Command(name).summary(summary)
    for (const inner of command.commands) quiet(inner).addHelpText('after', exitCodesHelp(name))
    program.addCommand(quiet(command).addHelpText('after', exitCodesHelp(name)))
  }
  return program
}

/** Throws instead of ending the process, and speaks like the rest. */
function quiet(command: Command): Command {
  const { bold } = coloursFor(process.stdout)
  return command
    .exitOverride()
    .configureHelp({ styleTitle: bold, helpWidth: 100 })
    .configureOutput({ outputError: (text) => complain(usageText(text), usage(command)) })
}

function usageText(text: string): string {
  return text
    .trim()
    .replace(/^error: /, '')
    .replace(/\s+/g, ' ')
}

function usage(command: Command): string {
  const names: string[] = []
  for (let at: Command | null = command; at; at = at.parent) names.unshift(at.name())
  return `see ${names.join(' ')} --help`
}

function exitCodeOf(error: unknown): number {
  if (error instanceof Quit) return error.exitCode
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage
  if (error instanceof LogveilError) {
    complain(error.message, error.remedy)
    return EXIT.failed
  }
  complain(`a defect: ${describeDefect(error)}`, 'please report it')
  return EXIT.failed
}
