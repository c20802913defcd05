// `logveil completions`: the script for bash is run in bash; the others are made of the same commands.
import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { folderWith, logveil } from './binary.ts'

describe('completions', async () => {
  const script = (await logveil(['completions', 'bash'])).stdout
  const folder = folderWith({ 'complete.bash': script })

  function completions(...words: string[]): string[] {
    const lines = [
      `. ${join(folder, 'complete.bash')}`,
      `COMP_WORDS=(${words.map((word) => `'${word}'`).join(' ')})`,
      `COMP_CWORD=${words.length - 1}`,
      '_logveil',
      'echo "${COMPREPLY[@]}"',
    ]
    return execFileSync('bash', ['-c', lines.join('\n')])
      .toString()
      .trim()
      .split(' ')
      .sort()
  }

  it.each([
    [['logveil', 're'], ['redact']],
    [['logveil', 'scan', '--fo'], ['--format']],
    [
      ['logveil', 'policy', ''],
      ['--help', 'diff', 'test'],
    ],
    [['logveil', 'policy', 'test', '--ju'], ['--junit']],
    [['logveil', 'run', '-c', 'x', '--conf'], ['--config']],
  ])('bash completes %j', (words, expected) => {
    const found = completions(...words)
    for (const one of expected) expect(found).toContain(one)
    if (words.at(-1) !== '') expect(found).toEqual(expected)
  })

  it.each(['zsh', 'fish'])('%s gets every command and option', async (shell) => {
    const { code, stdout } = await logveil(['completions', shell])
    expect(code).toBe(0)
    for (const word of ['redact', 'scan', 'policy', 'junit', 'force']) expect(stdout).toContain(word)
  })

  it('refuses a shell that it does not know', async () => {
    const { code, stderr } = await logveil(['completions', 'csh'])
    expect(code).toBe(2)
    expect(stderr).toContain('there are no completions for "csh" (one of bash, zsh, fish)')
  })
})
