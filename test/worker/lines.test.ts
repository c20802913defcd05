// Lines of which nobody said what they are: JSON is looked at as JSON, all else as text, and no line is replaced by a
// marker because it only began like JSON.
import { describe, expect, it } from 'vitest'
import { Inspector } from '../../src/worker/inspector.ts'
import { batchOf, policy, rule } from './harness.ts'

const rules = [rule('secret', { field: ['secret'] }), rule('token', { pattern: 'tok_[a-z]+' })]

function lines(...texts: string[]): { text: string; failures: unknown[] } {
  const { bytes, ends } = batchOf(texts)
  const { bytes: out, counts } = new Inspector(policy(rules)).inspectLines(bytes, ends, 'cli')
  return { text: Buffer.from(out).toString(), failures: counts.services.map((service) => service.failures) }
}

describe('lines told apart', () => {
  const table: { name: string; given: string[]; out: string }[] = [
    { name: 'JSON', given: ['{"secret":"abc"}\n'], out: '{"secret":"***"}\n' },
    { name: 'JSON behind blanks', given: [' \t[{"secret":"abc"}]\r\n'], out: ' \t[{"secret":"***"}]\r\n' },
    { name: 'text', given: ['secret tok_ab\n'], out: 'secret ******\n' },
    { name: 'a number alone is text', given: ['12345\n', 'tok_ab'], out: '12345\n******' },
    { name: 'an escape in JSON', given: ['{"a":"\\u0074ok_ab!"}\n'], out: '{"a":"******!"}\n' },
    {
      name: 'text that begins like JSON',
      given: ['[main] tok_ab\n', '{x tok_ab\n'],
      out: '[main] ******\n{x ******\n',
    },
    { name: 'JSON cut off', given: ['{"a":"x tok_ab'], out: '{"a":"x ******' },
    { name: 'JSON and more', given: ['{"secret":"abc"} tok_ab\n'], out: '{"secret":"***"} ******\n' },
    { name: 'both by turns', given: ['{"secret":"a"}\n', 'tok_a\n', '[1\n'], out: '{"secret":"*"}\n*****\n[1\n' },
    { name: 'a byte order mark', given: ['\ufeff{"secret":"abc"}\n'], out: '\ufeff{"secret":"***"}\n' },
    { name: 'empty lines', given: ['\n', '\r\n', '  \n'], out: '\n\r\n  \n' },
  ]
  for (const { name, given, out } of table) {
    it(name, () => {
      const { text, failures } = lines(...given)
      expect(text).toBe(out)
      expect(failures.every((failure) => Object.keys(failure as object).length === 0)).toBe(true)
    })
  }

  it('JSON nested too deep fails closed', () => {
    const { text, failures } = lines(`${'['.repeat(100)}"tok_ab"${']'.repeat(100)}\n`)
    expect(text).toBe('{"logveil_unreadable":"too_deep","bytes":209}\n')
    expect(failures).toEqual([{ too_deep: 1 }])
  })

  it('a later batch of one format is not told apart', () => {
    const inspector = new Inspector(policy(rules))
    const { bytes, ends } = batchOf(['[main\n'])
    inspector.inspectLines(bytes, ends, 'cli')
    expect(Buffer.from(inspector.inspect('json', bytes, ends, 'cli').bytes).toString()).toContain('malformed')
  })
})
