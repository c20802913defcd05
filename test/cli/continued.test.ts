// Secrets that span lines, on the command line: blocks of a file are inspected as if they were one.
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { folderWith, logveil, outcomeOf, start } from './binary.ts'

const time = (n: number) => `2026-11-21T08:00:00.${String(n).padStart(9, '0')}Z`
const BODY = Array.from({ length: 5 }, (_, n) => `${'MIIEvQIBADANBgkqhkiG9w0BAQEFAASC'.repeat(2)}`.slice(n))
const KEY = ['-----BEGIN RSA PRIVATE KEY-----', ...BODY, '-----END RSA PRIVATE KEY-----']
const CUT = [`${time(1)} stdout P pay 4111 1111`, `${time(2)} stdout F  1111 1111 now`]
const folder = folderWith({ 'key.log': `${KEY.join('\n')}\nafter\n`, 'cut.log': `${CUT.join('\n')}\n` })

describe('redact', () => {
  it('redacts a private key on every line, also when it is read piece by piece', async () => {
    const expected = `${KEY.map(() => '[REDACTED:pem_private_key]').join('\n')}\nafter\n`
    expect((await logveil(['redact', join(folder, 'key.log')])).stdout).toBe(expected)
    const child = start(['redact'])
    for (const line of [...KEY, 'after']) {
      child.stdin?.write(`${line}\n`)
      await new Promise((resolve) => setTimeout(resolve, 30))
    }
    child.stdin?.end()
    expect((await outcomeOf(child)).stdout).toBe(expected)
  })

  it('redacts a card over the cut of a line, also when the rest comes later', async () => {
    const expected = `${time(1)} stdout P pay *********\n${time(2)} stdout F ******1111 now\n`
    expect((await logveil(['redact', join(folder, 'cut.log')])).stdout).toBe(expected)
    const child = start(['redact'])
    child.stdin?.write(`${CUT[0]}\n`)
    await new Promise((resolve) => setTimeout(resolve, 300))
    child.stdin?.write(`${CUT[1]}\n`)
    child.stdin?.end()
    expect((await outcomeOf(child)).stdout).toBe(expected)
  })

  it('masks the end of a line that never goes on, and says so', async () => {
    const { stdout, stderr } = await logveil(['redact'], { input: `${CUT[0]}\n` })
    expect(stdout).toBe(`${time(1)} stdout P *************\n`)
    expect(stderr).toContain('1 cut_line')
  })
})

describe('scan', () => {
  it('finds once what spans lines', async () => {
    const { stdout } = await logveil(['scan', '--json', join(folder, 'key.log'), join(folder, 'cut.log')])
    const found = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { line: number; rule: string })
    expect(found.map(({ line, rule }) => `${line}:${rule}`)).toEqual(['1:pem_private_key', '1:payment_card'])
  })
})
