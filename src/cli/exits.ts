// How the process ends: the one table of exit codes, which --help, the README and the tests speak of.

export const EXIT = {
  ok: 0,
  findings: 1,
  usage: 2,
  failed: 3,
  undelivered: 4,
} as const

interface Meaning {
  readonly code: string
  readonly meaning: string
  /** The commands that can end so. */
  readonly of: readonly string[]
}

const ALL = [
  'init',
  'run',
  'check',
  'redact',
  'scan',
  'explain',
  'tap',
  'policy',
  'baseline',
  'audit',
  'list',
  'schema',
  'completions',
  'demo',
  'bench',
]
const MEANINGS: readonly Meaning[] = [
  { code: '0', meaning: 'all went well', of: ALL },
  { code: '1', meaning: 'something was found (scan --fail only)', of: ['scan'] },
  { code: '1', meaning: 'a case failed (policy test), or the policies differ (policy diff)', of: ['policy'] },
  { code: '1', meaning: 'the log is not as it was written (audit verify)', of: ['audit'] },
  { code: '2', meaning: 'a wrong option, settings that can not be used, an input that can not be opened', of: ALL },
  { code: '3', meaning: 'it could not start, a read or write failed, or lines were left out of a scan', of: ALL },
  { code: '4', meaning: 'stopped before everything was delivered; senders have no ack for the rest', of: ['run'] },
  { code: '130, 143', meaning: 'told to stop a second time, and ended at once', of: ['run'] },
]

const COLUMNS = 100
const INDENT = '  '
const WIDTH = Math.max(...MEANINGS.map(({ code }) => code.length)) + 2

/** For the end of --help, of one command or of all. */
export function exitCodesHelp(command?: string): string {
  const rows = MEANINGS.filter(({ of }) => command === undefined || of.includes(command)).map(
    ({ code, meaning }) => INDENT + code.padEnd(WIDTH) + wrapped(meaning),
  )
  return `\nExit codes:\n${rows.join('\n')}`
}

function wrapped(text: string): string {
  const indent = ' '.repeat(INDENT.length + WIDTH)
  let column = indent.length
  let result = ''
  for (const word of text.split(' ')) {
    const breaks = column + 1 + word.length > COLUMNS
    if (result !== '') result += breaks ? `\n${indent}` : ' '
    column = (breaks ? indent.length : column + 1) + word.length
    result += word
  }
  return result
}

/** Ends the command with an exit code; whoever throws it has told the operator why. */
export class Quit extends Error {
  readonly exitCode: number

  constructor(exitCode: number) {
    super(`exit ${exitCode}`)
    this.exitCode = exitCode
  }
}
