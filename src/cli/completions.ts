// `logveil completions`: scripts that complete commands, options and files in a shell. They are made of the commands
// themselves, so that they never know less than --help.
import { Command } from 'commander'
import { EXIT } from './exits.ts'
import { Output } from './output.ts'
import { complain } from './terminal.ts'

const EXAMPLES = `
Examples:
  logveil completions bash > /etc/bash_completion.d/logveil
  logveil completions zsh > "\${fpath[1]}/_logveil"
  logveil completions fish > ~/.config/fish/completions/logveil.fish`

/** A command by its words behind "logveil". */
interface Completed {
  readonly words: string
  readonly summary: string
  readonly inner: readonly Completed[]
  readonly options: readonly { readonly long: string; readonly summary: string; readonly choices: readonly string[] }[]
}

const SHELLS: Readonly<Record<string, (commands: readonly Completed[]) => string>> = { bash, zsh, fish }

export function completionsCommand(all: () => Promise<readonly Command[]>): Command {
  return new Command('completions')
    .summary('print a script that completes the command line')
    .description('Prints a script for your shell that completes commands, options and file names.')
    .argument('<shell>', Object.keys(SHELLS).join(', '))
    .addHelpText('after', EXAMPLES)
    .action(async (shell: string) => {
      const script = SHELLS[shell]
      if (script === undefined) {
        complain(`there are no completions for "${shell}"`, `one of ${Object.keys(SHELLS).join(', ')}`)
        process.exitCode = EXIT.usage
      } else await new Output().write(script((await all()).map((command) => completed(command, ''))))
    })
}

function completed(command: Command, before: string): Completed {
  const words = before + command.name()
  return {
    words,
    summary: command.summary(),
    inner: shown(command).map((inner) => completed(inner, `${words} `)),
    options: [...command.options, { long: '--help', description: 'print help', argChoices: undefined }].flatMap(
      (option) =>
        option.long ? [{ long: option.long, summary: option.description, choices: option.argChoices ?? [] }] : [],
    ),
  }
}

/** The commands that `--help` of this one shows, but for `help`. */
function shown(command: Command): Command[] {
  return command
    .createHelp()
    .visibleCommands(command)
    .filter((inner) => inner.name() !== 'help')
}

function flat(commands: readonly Completed[]): Completed[] {
  return commands.flatMap((command) => [command, ...flat(command.inner)])
}

function names(commands: readonly Completed[]): string {
  return commands.map(({ words }) => words.slice(words.lastIndexOf(' ') + 1)).join(' ')
}

function bash(commands: readonly Completed[]): string {
  const cases = flat(commands).map(({ words, inner, options }) => {
    const choices = [...inner.map((one) => names([one])), ...options.map(({ long }) => long)]
    return `    "${words}") choices="${choices.join(' ')}" ;;`
  })
  return `# Completes logveil in bash.
_logveil() {
  local word=\${COMP_WORDS[COMP_CWORD]} command= choices=
  for ((at = 1; at < COMP_CWORD; at++)); do
    case \${COMP_WORDS[at]} in
      -*) ;;
      *)
        case "$command" in
          "") command=\${COMP_WORDS[at]} ;;
${flat(commands)
  .filter(({ inner }) => inner.length > 0)
  .map(({ words }) => `          "${words}") command="$command \${COMP_WORDS[at]}" ;;`)
  .join('\n')}
        esac ;;
    esac
  done
  case "$command" in
    "") choices="${names(commands)} --help --version" ;;
${cases.join('\n')}
  esac
  COMPREPLY=($(compgen -W "$choices" -- "$word"))
}
complete -o default -F _logveil logveil
`
}

function zsh(commands: readonly Completed[]): string {
  const quoted = (text: string) => text.replace(/['\\[\]:]/g, (letter) => (letter === "'" ? "'\\''" : `\\${letter}`))
  const list = (own: readonly Completed[]) => own.map((one) => `'${names([one])}:${quoted(one.summary)}'`).join(' ')
  const cases = flat(commands).map(({ words, inner, options }) => {
    const flags = options.map(({ long, summary, choices }) => {
      const values = choices.length > 0 ? `:value:(${choices.join(' ')})` : ''
      return `'${long}[${quoted(summary)}]${values}'`
    })
    if (inner.length === 0) return `    '${words}') _arguments ${flags.join(' ')} '*:file:_files' ;;`
    return `    '${words}') local -a inner=(${list(inner)}); _describe command inner ;;`
  })
  return `#compdef logveil
# Completes logveil in zsh.
_logveil() {
  local -a commands=(${list(commands)})
  if ((CURRENT == 2)); then _describe command commands; return; fi
  local command=$words[2]
  if ((CURRENT > 3)); then
    case $command in ${flat(commands)
      .filter(({ inner }) => inner.length > 0)
      .map(({ words }) => words)
      .join('|')}) command="$command $words[3]" ;; esac
  fi
  case $command in
${cases.join('\n')}
  esac
}
_logveil "$@"
`
}

function fish(commands: readonly Completed[]): string {
  const quoted = (text: string) => `'${text.replace(/['\\]/g, '\\$&')}'`
  const lines = [`complete -c logveil -n __fish_use_subcommand -f`]
  for (const { words, summary } of commands) {
    lines.push(`complete -c logveil -n __fish_use_subcommand -a ${words} -d ${quoted(summary)}`)
  }
  for (const { words, inner, options } of flat(commands)) {
    const seen = words
      .split(' ')
      .map((word) => `__fish_seen_subcommand_from ${word}`)
      .join('; and ')
    for (const one of inner)
      lines.push(`complete -c logveil -n '${seen}' -f -a ${names([one])} -d ${quoted(one.summary)}`)
    for (const { long, summary, choices } of options) {
      const values = choices.length > 0 ? ` -xa ${quoted(choices.join(' '))}` : ''
      lines.push(`complete -c logveil -n '${seen}' -l ${long.slice(2)} -d ${quoted(summary)}${values}`)
    }
  }
  return `# Completes logveil in fish.\n${lines.join('\n')}\n`
}
