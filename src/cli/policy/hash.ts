// `logveil policy hash`: the keyed hash of a value, for exceptions that do not hold the value itself. Values come by
// standard input: an argument would stay in the shell's history.
import { text } from 'node:stream/consumers'
import { Command } from 'commander'
import { Fingerprints } from '../../redactor/fingerprint.ts'
import { EXIT } from '../exits.ts'
import { Output } from '../output.ts'
import { policyOf } from '../policy_file.ts'
import { complain } from '../terminal.ts'

const HELP = `
A value on each line; white space at its ends does not count. What is printed goes into "allow: { hash: […] }" of the
policy or of one rule, and holds for the key of this policy only.

Example:
  logveil policy hash policy.yaml < values.txt`

export function policyHashCommand(): Command {
  return new Command('hash')
    .summary('keyed hashes of values, for exceptions')
    .description('Prints the keyed hash of each line of standard input, for exceptions that hold no secret.')
    .argument('<policy>', 'the policy, or a whole config whose policy is taken; it has the key in "hmac"')
    .addHelpText('after', HELP)
    .action(async (policy: string) => {
      process.exitCode = await hash(policy)
    })
}

async function hash(file: string): Promise<number> {
  const { hmac } = await policyOf(file)
  if (hmac === undefined) {
    complain('the policy has no key', 'add hmac: { id: k1, key: "${LOGVEIL_HMAC_KEY}" } to the policy')
    return EXIT.usage
  }
  const fingerprints = new Fingerprints(hmac.id, hmac.key)
  const values = (await text(process.stdin)).split('\n').map((line) => line.trim())
  const hashes = values.filter((value) => value !== '').map((value) => fingerprints.exception(Buffer.from(value)))
  await new Output().write(hashes.map((one) => `${one}\n`).join(''))
  return EXIT.ok
}
