// A journal that grows. What was delivered is what the source has written down: the cursor of the last entry.
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { Journal, missing } from '../../sources/journald/journal.ts'
import { temporaryFolder, until } from '../site.ts'
import type { SourceCase } from './case.ts'

export const journald: SourceCase = {
  name: 'journald',
  type: 'journald',
  takesNoPlace: true,
  missing,
  prepare: () => {
    const folder = temporaryFolder()
    const journal = new Journal(folder)
    const state = join(folder, 'state')
    const known = join(state, 'under_test.cursor')
    let isOver = false
    onTestFinished(() => {
      isOver = true
    })
    const last = (): string => {
      const said = execFileSync('journalctl', ['-D', journal.folder, '-n0', '--show-cursor', '-q'], {
        encoding: 'utf8',
      })
      return said.replace('-- cursor: ', '').trim()
    }
    return {
      settings: { directory: journal.folder, state },
      async send(texts) {
        journal.messages(...texts)
        const wanted = last()
        const isKnown = () => existsSync(known) && readFileSync(known, 'utf8').trim() === wanted
        await until(() => isOver || isKnown(), 'the cursor', 25_000).catch(() => {})
        return !isOver && isKnown()
      },
      async sendNonsense(secret) {
        const noText = Buffer.from(`\0\xff${secret}\n\n=\n`, 'latin1')
        journal.append([
          ['MESSAGE', noText],
          ['MESSAGE', secret],
          [secret.replace(/\W/g, '').toUpperCase(), secret],
          ['PRIORITY', '99'],
        ])
        journal.append([['COREDUMP', Buffer.alloc(3_000_000, secret)]])
      },
    }
  },
}
