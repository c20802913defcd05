import { afterEach, describe, expect, it, vi } from 'vitest'
import { loadConfig } from '../../src/settings/index.ts'
import { fencedBlocks, neededVariables, shownConfigs } from './configs.ts'

afterEach(() => vi.unstubAllEnvs())

describe('every configuration that is shown loads', () => {
  const shown = shownConfigs()

  it('and there are some', () => expect(shown).not.toEqual([]))

  it.each(shown)('$name', async ({ name, text }) => expect(await complaintsAbout(text, name)).toEqual([]))

  it('which one that does not would break', async () => {
    const page = '# Page\n\n```yaml\nsources:\n  app: { type: no_such_source }\n```\n'
    const [{ name, text }] = fencedBlocks('docs/page.md', page, 'yaml')
    expect(name).toBe('docs/page.md:4')
    expect(await complaintsAbout(text, name)).not.toEqual([])
  })
})

describe('fenced blocks', () => {
  it.each([
    ['other languages', '```sh\nsources: {}\n```\n', []],
    [`somebody else's yaml`, '```yaml fluent-bit\npipeline: {}\n```\n', []],
    ['two blocks', '```yaml\na: 1\n```\ntext\n```yaml\nb: 2\n```\n', ['a: 1', 'b: 2']],
    ['a block in a list', '- so:\n  ```yaml\n  a:\n    b: 1\n  ```\n', ['a:\n  b: 1']],
  ])('%s', (_name, markdown, texts) => {
    expect(fencedBlocks('page.md', markdown, 'yaml').map(({ text }) => text)).toEqual(texts)
  })

  it('that never end', () => expect(() => fencedBlocks('page.md', '```yaml\na: 1\n', 'yaml')).toThrow('page.md:2'))
})

/** The real loader's complaints, with a value for each variable that has no default. */
async function complaintsAbout(text: string, file: string): Promise<readonly unknown[]> {
  for (const name of neededVariables(text)) vi.stubEnv(name, `${name.toLowerCase()}_for_the_test`)
  const outcome = await loadConfig(text, file)
  return outcome.ok ? [] : outcome.complaints
}
