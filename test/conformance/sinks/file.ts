// A file in a folder of its own: it has no troubles that a receiver makes.
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { batchOf } from '../../sinks/site.ts'
import { temporaryFolder } from '../site.ts'
import type { SinkCase } from './case.ts'

export const file: SinkCase = {
  name: 'file',
  troubles: [],
  type: 'file',
  prepare: () => {
    const path = join(temporaryFolder(), 'logs', 'out.ndjson')
    return {
      settings: { path },
      batchOf: (texts) => batchOf('json', ...texts.map((text) => `{"log":"${text}"}\n`)),
      stored: () => (existsSync(path) ? readFileSync(path, 'utf8') : ''),
      trouble: {},
    }
  },
}
