// The man page logveil(1), in the macros of man(7), made of the commands as --help has them. It writes no file.

/** @typedef {import('commander').Command} Command */

const DESCRIPTION = `logveil stands between what emits logs and what stores them. It looks into every field of every
record, redacts what is sensitive, forwards the rest byte for byte, and tells per service how much of what kind it
found: counts, never values.`

/** @param {readonly Command[]} commands @param {string} exitCodes as at the end of --help */
export function manPage(commands, exitCodes) {
  const [, , ...codes] = exitCodes.split('\n')
  return [
    '.\\" Written by `npm run docs` from src/cli.',
    '.TH LOGVEIL 1',
    '.SH NAME',
    'logveil \\- redacts sensitive data in logs before they are stored',
    '.SH SYNOPSIS',
    '.B logveil',
    '.I COMMAND',
    '[options]',
    '.SH DESCRIPTION',
    roff(DESCRIPTION),
    '.SH COMMANDS',
    ...commands.flatMap((command) => ofCommand(command, 'logveil')),
    '.SH ENVIRONMENT',
    ...entry('NO_COLOR', 'no colours on a terminal'),
    '.SH EXIT STATUS',
    '.nf',
    ...codes.map(roff),
    '.fi',
    '.SH EXAMPLES',
    '.nf',
    ...['logveil check logveil.yaml', 'logveil run \\-c logveil.yaml', 'logveil redact app.log > safe.log'],
    '.fi',
    '',
  ].join('\n')
}

/** @param {Command} command @param {string} before @returns {string[]} */
function ofCommand(command, before) {
  const name = `${before} ${command.name()}`
  const help = command.createHelp()
  const inner = help.visibleCommands(command).filter((one) => one.name() !== 'help')
  const options = help.visibleOptions(command).filter(({ long }) => long !== '--help')
  return [
    `.SS ${roff(`${name} ${command.usage()}`)}`,
    roff(command.description() || command.summary()),
    ...command.registeredArguments.flatMap((one) => (one.description ? entry(one.name(), one.description) : [])),
    ...options.flatMap((option) => entry(option.flags, help.optionDescription(option))),
    ...inner.flatMap((one) => ofCommand(one, name)),
  ]
}

/** @param {string} term @param {string} text */
function entry(term, text) {
  return ['.TP', `.B ${roff(term)}`, roff(text)]
}

/** Text that begins no macro, in which a dash is a dash of the keyboard. @param {string} text */
function roff(text) {
  return text
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replace(/^([.'])/gm, '\\&$1')
    .replace(/\n\n+/g, '\n.PP\n')
}
