// `logveil check` and the command line itself: complaints with places, help, and exit codes.
import { describe, expect, it } from 'vitest'
import { folderWith, logveil, POLICY } from './binary.ts'

const GOOD = `sources:
  app: { type: forward, listen: 127.0.0.1:0 }
sinks:
  store: { type: file, path: out.ndjson }
policy:
${POLICY.replaceAll(/^(?=.)/gm, '  ')}`

const BAD = `sources:
  app: { type: forwrd, listen: 127.0.0.1:0 }
sinks:
  store: { type: file }
policy:
  packs: [defualt]
bogus: tok_notshown
`

describe('check', () => {
  const folder = folderWith({
    'good.yaml': GOOD,
    'bad.yaml': BAD,
    'policy.yaml': POLICY,
    'slow.yaml': `${POLICY}  - { id: anything, find: { pattern: '.+x?' }, action: mask }\n`,
    'unused.yaml': GOOD.replace('store: {', 'store: { inputs: [census],'),
    'broken.yaml': 'sources: [\n',
    'empty.yaml': '',
  })
  const check = (...files: string[]) => logveil(['check', ...files], { cwd: folder })

  it('says of each good file what it holds', async () => {
    const { code, stdout, stderr } = await check('good.yaml', 'policy.yaml')
    expect([code, stderr]).toEqual([0, ''])
    const [config, policy] = stdout.split('\n')
    expect(config).toMatch(/^good\.yaml: ok \(1 source, 1 sink, 3 rules, policy version \w{12}\)$/)
    expect(policy).toMatch(/^policy\.yaml: ok \(a policy, 3 rules, version \w{12}\)$/)
  })

  it('prints every complaint with place and remedy, and looks at the other files too', async () => {
    const { code, stdout, stderr } = await check('bad.yaml', 'good.yaml')
    expect(code).toBe(2)
    expect(stdout).toMatch(/^good\.yaml: ok/)
    const lines = stderr.trim().split('\n')
    expect(lines.map((line) => line.replace(/: .*/, ''))).toEqual([
      'bad.yaml:2:16',
      'bad.yaml:4:3',
      'bad.yaml:6:11',
      'bad.yaml:7:1',
    ])
    expect(lines[0]).toBe('bad.yaml:2:16: unknown source type "forwrd" (did you mean "forward"?)')
  })

  it('warns of what is allowed and unwise', async () => {
    const { code, stderr } = await check('slow.yaml', 'unused.yaml')
    expect(code).toBe(0)
    expect(stderr).toMatch(/^slow\.yaml:19:11: warning: the rule "anything" has no anchor: .*\(give it `anchors`.*\)$/m)
    expect(stderr).toMatch(/^unused\.yaml:\d+:\d+: warning: .*app/m)
  })

  it('refuses what is no settings file', async () => {
    for (const file of ['broken.yaml', 'empty.yaml', 'no.yaml', '.']) {
      const { code, stderr } = await check(file)
      expect([file, code]).toEqual([file, 2])
      expect(stderr).toContain(file)
    }
  })

  it('colours only for who wants them', async () => {
    const bad = (env: Record<string, string>) => logveil(['check', 'bad.yaml'], { cwd: folder, env })
    expect((await bad({})).stderr).not.toContain('\u001b')
    expect((await bad({ FORCE_COLOR: '1' })).stderr).toContain('\u001b[31m')
    expect((await bad({ FORCE_COLOR: '1', NO_COLOR: '1' })).stderr).not.toContain('\u001b')
  })
})

describe('the command line', () => {
  const wrong: { name: string; args: string[]; says: string }[] = [
    { name: 'nothing', args: [], says: 'Usage: logveil' },
    { name: 'no such command', args: ['redcat'], says: "unknown command 'redcat' (Did you mean redact?)" },
    { name: 'no such option', args: ['redact', '--polcy', 'x'], says: "unknown option '--polcy'" },
    { name: 'a choice that there is not', args: ['redact', '--format', 'xml'], says: 'Allowed choices are json, text' },
    {
      name: 'run without settings',
      args: ['run'],
      says: "'-c, --config <file>' not specified (see logveil run --help)",
    },
    { name: 'run with no file', args: ['run', '-c', '/no/such.yaml'], says: '/no/such.yaml: there is no such file' },
    { name: 'check without a file', args: ['check'], says: "missing required argument 'file'" },
  ]
  for (const { name, args, says } of wrong) {
    it(`exits with 2: ${name}`, async () => {
      const { code, stdout, stderr } = await logveil(args)
      expect([code, stdout]).toEqual([2, ''])
      expect(stderr).toContain(says)
    })
  }

  it('help says how it ends', async () => {
    const { code, stdout } = await logveil(['--help'])
    expect(code).toBe(0)
    for (const exit of ['0', '1', '2', '3', '4', '130, 143'])
      expect(stdout).toMatch(new RegExp(`^  ${exit} {2,}\\w`, 'm'))
    for (const command of ['run', 'check', 'redact', 'scan', 'demo', 'bench']) {
      const help = await logveil([command, '--help'])
      expect(help.code).toBe(0)
      expect(help.stdout).toMatch(/Examples:\n {2}logveil[\s\S]*Exit codes:\n {2}0 /)
      expect(stdout).toContain(`\n  ${command} `)
    }
  })

  it('knows its version', async () => {
    expect((await logveil(['--version'])).stdout).toMatch(/^logveil \d+\.\d+\.\d+\n$/)
  })
})
