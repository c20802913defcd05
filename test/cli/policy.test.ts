// `logveil policy`: cases of a policy, and what another policy would do otherwise.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { folderWith, logveil, POLICY } from './binary.ts'

const CASES = `policy: policy.yaml
cases:
  - name: tokens are masked
    text: 'a tok_12 b'
    finds: [{ rule: token, value: tok_12 }]
    becomes: 'a ****** b'
  - name: pins go by their name
    record: { user: { pin: 4321 } }
    finds: [{ rule: pin, path: user.pin }]
    becomes: { user: { pin: PIN } }
  - name: nodes are only counted
    text: |
      node-1 up
      {"at":"node-2"}
    finds: [node, { rule: node, path: at }]
    becomes: |
      node-1 up
      {"at":"node-2"}
  - { name: words are left alone, text: token, finds: [] }
`

describe('policy test', () => {
  const folder = folderWith({
    'policy.yaml': POLICY,
    'other.yaml': `${POLICY}exclude: []\nmode: observe\n`,
    'cases.yaml': CASES,
    'wrong.yaml': `policy: policy.yaml
cases:
  - { name: "not <so> & so", text: 'a tok_12 b', finds: [pin], becomes: 'a b' }
  - { name: dropped, text: 'tok_1', becomes: null }
`,
    'bad.yaml': 'cases:\n  - { name: a, text: b }\n  - { name: c, finds: [], txt: d }\n  - { text: e, finds: [] }\n',
  })
  const test = (...args: string[]) => logveil(['policy', 'test', ...args], { cwd: folder })

  it('passes the cases that hold, and takes the policy beside them', async () => {
    const { code, stdout, stderr } = await test('cases.yaml')
    expect([code, stderr]).toEqual([0, ''])
    expect(stdout).toContain('ok   cases.yaml:3: tokens are masked\n')
    expect(stdout).toMatch(/\n4 passed\n$/)
  })

  it('says what comes out otherwise, and ends with 1', async () => {
    const { code, stdout } = await test('wrong.yaml', 'cases.yaml')
    expect(code).toBe(1)
    expect(stdout).toContain('FAIL wrong.yaml:3: not <so> & so\n')
    expect(stdout).toContain('expected to find pin, found token ("tok_12")')
    expect(stdout).toContain('expected "a b", it became "a ****** b"')
    expect(stdout).toContain('expected the record to be dropped, it became *****')
    expect(stdout).toMatch(/\n4 passed, 2 failed\n$/)
  })

  it('takes another policy', async () => {
    const { code, stdout } = await test('--policy', 'other.yaml', 'cases.yaml')
    expect(code).toBe(1)
    expect(stdout).toContain('expected "a ****** b", it became "a tok_12 b"')
  })

  it('writes JUnit XML', async () => {
    await test('--junit', 'report.xml', 'wrong.yaml', 'cases.yaml')
    const report = readFileSync(join(folder, 'report.xml'), 'utf8')
    expect(report).toContain('<testsuite name="wrong.yaml" tests="2" failures="2">')
    expect(report).toContain(
      '<testcase name="not &#60;so&#62; &#38; so" classname="wrong.yaml" file="wrong.yaml" line="3">',
    )
    expect(report).toContain('<testsuite name="cases.yaml" tests="4" failures="0">')
  })

  it('complains about cases with file, line and column, and runs none', async () => {
    const { code, stdout, stderr } = await test('bad.yaml', 'cases.yaml')
    expect([code, stdout]).toEqual([2, ''])
    expect(stderr).toContain('bad.yaml:2:5: the case expects nothing')
    expect(stderr).toMatch(/bad\.yaml:3:\d+: unknown setting "txt" \(did you mean "text"\?/)
    expect(stderr).toMatch(/bad\.yaml:4:\d+: missing setting "name"/)
  })
})

describe('policy diff', () => {
  const folder = folderWith({
    'old.yaml': POLICY,
    'new.yaml': POLICY.replace('action: mask', 'action: drop_field').replace('node-[0-9]+', 'node-[0-9]{2,}'),
    'app.log': 'tok_1 node-1 node-22\n{"pin":4321}\n',
  })
  const diff = (...args: string[]) => logveil(['policy', 'diff', ...args], { cwd: folder })

  it('shows each place that changes, and sums', async () => {
    const { code, stdout, stderr } = await diff('old.yaml', 'new.yaml', 'app.log')
    expect([code, stderr]).toEqual([1, ''])
    const lines = stdout.split('\n')
    expect(lines[0]).toMatch(/^- app\.log:1:1: token mask/)
    expect(lines[1]).toBe('+ app.log:1:1: token drop_field')
    expect(lines[2]).toBe('- app.log:1:7: node keep')
    expect(stdout).toMatch(/^node +keep +2 +1$/m)
    expect(stdout).toMatch(/^pin +replace.* +1 +1$/m)
    expect(stdout).not.toContain('tok_1')
  })

  it('prints objects with --json', async () => {
    const { stdout } = await diff('--json', 'old.yaml', 'new.yaml', 'app.log')
    const objects = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
    expect(objects).toHaveLength(3)
    expect(objects[1]).toMatchObject({ file: 'app.log', line: 1, column: 1, change: '+', rule: 'token' })
  })

  it('ends with 0 when nothing changes', async () => {
    const { code, stdout } = await diff('old.yaml', 'old.yaml', 'app.log')
    expect(code).toBe(0)
    expect(stdout).not.toMatch(/^[-+]/m)
  })
})

describe('policy cost', () => {
  it('prints what each rule takes', async () => {
    const folder = folderWith({ 'policy.yaml': POLICY })
    const { code, stdout } = await logveil(['policy', 'cost', 'policy.yaml'], { cwd: folder })
    expect(code).toBe(0)
    expect(stdout).toMatch(/^rule +ordinary, ms\/MiB +hostile, ms\/MiB\n/)
    expect(stdout).toMatch(/^token +\d+\.\d +\d+$/m)
    expect(stdout).not.toMatch(/^pin /m)
    const json = await logveil(['policy', 'cost', '--json', 'policy.yaml'], { cwd: folder })
    expect(JSON.parse(json.stdout.split('\n')[0])).toMatchObject({ rule: expect.any(String) })
  })
})

describe('policy hash', () => {
  const key = 'hmac: { id: k1, key: "only-for-this-test-0123" }\n'
  const folder = folderWith({ 'keyed.yaml': `packs: [default]\n${key}`, 'keyless.yaml': 'packs: [default]\n' })
  const run = (args: string[], input: string) => logveil(args, { cwd: folder, input })

  it('makes exceptions that hold no value', async () => {
    const hashed = await run(['policy', 'hash', 'keyed.yaml'], 'jane@example.com\n\n  joe@example.com \n')
    expect(hashed.code).toBe(0)
    expect(hashed.stdout).toMatch(/^(k1:[0-9a-f]{32}\n){2}$/)
    const [jane] = hashed.stdout.split('\n')
    writeFileSync(join(folder, 'allowed.yaml'), `packs: [default]\n${key}allow: { hash: ['${jane}'] }\n`)
    const { stdout } = await run(['redact', '-p', 'allowed.yaml'], 'jane@example.com joe@example.com\n')
    expect(stdout).toBe('jane@example.com [REDACTED:email]\n')
  })

  it('needs a key', async () => {
    const { code, stdout, stderr } = await run(['policy', 'hash', 'keyless.yaml'], 'jane@example.com\n')
    expect([code, stdout]).toEqual([2, ''])
    expect(stderr).toContain('the policy has no key')
  })
})
