// The demo as somebody meets it who pipes it into a file: it ends by itself, and tells what it did.
import { spawn, spawnSync } from 'node:child_process'
import { existsSync, readFileSync, rmSync } from 'node:fs'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const main = fileURLToPath(new URL('../../dist/bundle/logveil.js', import.meta.url))

describe('demo --seconds 3, without a terminal', () => {
  let output = ''
  let status: number | null = null
  const file = () => /(\S+logs\.ndjson)/.exec(output)?.[1] ?? ''

  beforeAll(() => {
    const ended = spawnSync(process.execPath, [main, 'demo', '--seconds', '3', '--rate', '1000'], { encoding: 'utf8' })
    output = ended.stdout
    status = ended.status
  }, 60_000)
  afterAll(() => {
    if (existsSync(file())) rmSync(dirname(file()), { recursive: true })
  })

  it('ends well', () => expect(status).toBe(0))

  it('writes no colours and moves no cursor', () => expect(output).not.toContain('\x1b'))

  it('shows raw beside redacted', () => {
    expect(output).toMatch(/ raw {6}.+\n +redacted {2}.+/)
    expect(output).toContain('[REDACTED:')
  })

  it('shows the table service × category', () => {
    expect(output).toMatch(/service +records +affected +secret +financial +personal +network/)
    expect(output).toMatch(/checkout +\d+/)
  })

  it('says that all is acknowledged and as it must be, and where it is', () => {
    expect(output).toContain('all acknowledged')
    expect(output).toMatch(/\d stored records are exactly what they must be/)
    expect(readFileSync(file(), 'utf8')).toContain('[REDACTED:')
  })
})

it('demo ends on SIGINT with its summary', async () => {
  const child = spawn(process.execPath, [main, 'demo'], { stdio: ['ignore', 'pipe', 'inherit'] })
  let output = ''
  child.stdout.on('data', (bytes) => {
    if (!output.includes('raw') && `${output}${bytes}`.includes('raw')) child.kill('SIGINT')
    output += bytes
  })
  const status = await new Promise((resolve) => child.once('exit', resolve))
  expect(output).toContain('all acknowledged')
  expect(status).toBe(0)
  const folder = /^files (\S+)$/m.exec(output)?.[1]
  if (folder !== undefined) rmSync(folder, { recursive: true })
})
