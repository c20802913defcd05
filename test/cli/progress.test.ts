// The line that says how far a long read has come, on a terminal that `script` (of Debian's bsdutils) makes.
import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { folderWith, POLICY } from './binary.ts'

const MAIN = fileURLToPath(new URL('../../dist/bundle/logveil.js', import.meta.url))
const MIB = 1024 * 1024

/** What a terminal shows while a command of a shell runs. The reader of the pipe sees to it that it takes a while. */
function onTerminal(command: string): string {
  return execFileSync('script', ['-qec', command, '/dev/null'], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  })
}

it('redact of a big file says how much of it is done and how long it will take, and nothing of it', () => {
  const line = '{"service":"shop","msg":"an ordinary line of a log","path":"/api/v2/orders","ms":12}\n'
  const folder = folderWith({ 'big.log': line.repeat((12 * MIB) / line.length), 'policy.yaml': POLICY })
  const files = `--policy ${join(folder, 'policy.yaml')} ${join(folder, 'big.log')}`
  const logveil = `${process.execPath} ${MAIN} redact ${files}`
  // A pipe that is read late: else it might be done before there is anything to say.
  const late = 'head -c 1 > /dev/null; sleep 2; cat > /dev/null'
  const shown = onTerminal(`${logveil} | (${late})`)
  expect(shown).toMatch(/\d+ MiB, \d+ MiB\/s, \d+ %, \d+ s left, .*big\.log/)
  expect(shown).not.toContain('ordinary')
  // It is gone when the command ends.
  expect(shown.endsWith('\x1b[K')).toBe(true)
})
