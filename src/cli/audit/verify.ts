// `logveil audit verify`: is the log as it was written? It reads the log and the note of its end, and changes neither.
import { readFile } from 'node:fs/promises'
import { Command } from 'commander'
import { headOf } from '../../pipeline/audit/audit_log.ts'
import { verified } from '../../pipeline/audit/chain.ts'
import { EXIT } from '../exits.ts'
import { complain, plain } from '../terminal.ts'

const HELP = `
Every entry holds the hash of the one before it, so an entry that was changed, removed or moved shows. FILE.head says
where the log ends; without it a cut-off end can not be noticed, unless you give the end that you noted: the log's last
hash is printed here. Without a key whoever can write the file can also write a whole new chain.

Examples:
  logveil audit verify audit.ndjson
  logveil audit verify audit.ndjson --key-file /run/secrets/audit_key
  logveil audit verify audit.ndjson --end 17:5f1c…`

interface Options {
  readonly keyFile?: string
  readonly end?: string
}

export function auditVerifyCommand(): Command {
  return new Command('verify')
    .summary('is the log as it was written?')
    .description('Checks the chain of an audit log: no entry was changed, removed, moved, or cut off at the end.')
    .argument('<file>', 'the audit log')
    .option('--key-file <path>', 'file with the key of the log, when the settings give it one')
    .option('--end <seq:hash>', 'the last entry as you noted it before; the log must still hold it')
    .addHelpText('after', HELP)
    .action(async (file: string, options: Options) => {
      process.exitCode = await verify(file, options)
    })
}

async function verify(file: string, { keyFile, end }: Options): Promise<number> {
  const text = await readOr(file)
  const key = keyFile === undefined ? undefined : (await readOr(keyFile))?.trim()
  if (text === undefined || (keyFile !== undefined && key === undefined)) return EXIT.usage
  const noted = end === undefined ? undefined : endOf(end)
  if (noted === null) {
    complain(`"${plain(end ?? '')}" is no end of a log`, 'write the number and the hash that were printed: 17:5f1c…')
    return EXIT.usage
  }
  const kept = await headOf(file)
  const verdicts = [verified(text, key, kept), ...(noted === undefined ? [] : [verified(text, key, noted)])]
  const problems = new Set(verdicts.flatMap((verdict) => verdict.problems.map(({ line, what }) => `${line}: ${what}`)))
  for (const problem of problems) process.stdout.write(`${plain(file)}:${problem}\n`)
  const [{ entries, head, torn_bytes }] = verdicts
  if (torn_bytes > 0) process.stdout.write(`${plain(file)}: the last line is not whole (${torn_bytes} bytes)\n`)
  if (kept === undefined && noted === undefined) {
    process.stdout.write(`${plain(file)}: there is no ${plain(file)}.head, so a cut-off end would not be noticed\n`)
  }
  const outcome = problems.size === 0 ? 'as they were written' : `with ${problems.size} problems`
  process.stdout.write(`${entries} entries, ${outcome}; the end is ${head.seq}:${head.hash}\n`)
  return problems.size === 0 ? EXIT.ok : EXIT.findings
}

function endOf(text: string): { seq: number; hash: string } | null {
  const [, seq, hash] = /^(\d{1,15}):([0-9a-f]{64})$/.exec(text) ?? []
  return hash === undefined ? null : { seq: Number(seq), hash }
}

async function readOr(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unreadable'
    complain(`${plain(path)} can not be read (${code})`, 'check the path and its permissions')
    return undefined
  }
}
