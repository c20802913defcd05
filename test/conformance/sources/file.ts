// A program that appends to its log. What was delivered is what the source has written down in its folder.
import { appendFileSync, existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { temporaryFolder, until } from '../site.ts'
import type { SourceCase } from './case.ts'

export const file: SourceCase = {
  name: 'file',
  type: 'file',
  names: true,
  takesNoPlace: true,
  prepare: () => {
    const folder = temporaryFolder()
    const log = join(folder, 'app.log')
    const state = join(folder, 'state')
    const known = join(state, 'under_test.json')
    let isOver = false
    onTestFinished(() => {
      isOver = true
    })
    const offset = (): number => {
      const { files } = JSON.parse(readFileSync(known, 'utf8')) as { files: { path: string; offset: number }[] }
      return files.find(({ path }) => path === log)?.offset ?? -1
    }
    return {
      settings: { include: join(folder, '*.log'), state, poll_ms: 20 },
      async send(texts) {
        appendFileSync(log, texts.map((text) => `${text}\n`).join(''))
        const { size } = statSync(log)
        await until(() => isOver || (existsSync(known) && offset() === size), 'the place', 25_000).catch(() => {})
        return !isOver && offset() === size
      },
      async sendNonsense(secret) {
        writeFileSync(
          join(folder, 'binary.log'),
          Buffer.from(`\0\x01${secret}\0\xff\n${secret}\xff\n{"${secret}\n`, 'latin1'),
        )
        writeFileSync(join(folder, 'long.log'), `${secret.repeat(100_000)}\nend\n`)
        writeFileSync(join(folder, 'half.log'), Buffer.from('1f8b0800000000', 'hex'))
      },
    }
  },
}
