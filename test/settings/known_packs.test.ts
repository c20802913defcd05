import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { SettingsDocument } from '../../src/settings/document.ts'
import { knownPack } from '../../src/settings/known_packs.ts'
import { PACK_NAMES } from '../../src/settings/packs.ts'

function textOf(name: string): string {
  return readFileSync(new URL(`../../config/packs/${name}.yaml`, import.meta.url), 'utf8')
}

describe('what the build has read in the packs', () => {
  it.each(PACK_NAMES)('is what the YAML of %s says', async (name) => {
    const text = textOf(name)
    const known = await knownPack(name, text)
    expect(known).toEqual({ value: new SettingsDocument(text, name).plain([]) })
  })

  it('is not used for a text that is another by one letter', async () => {
    const text = textOf('default')
    expect(await knownPack('default', text.replace('action: replace', 'action: drop_record'))).toBeUndefined()
    expect(await knownPack('default', `${text}\n`)).toBeUndefined()
  })

  it('is not there for a pack that does not ship', async () => {
    expect(await knownPack('no_such_pack', '')).toBeUndefined()
  })

  it('is data of a document whose places are found all the same', () => {
    const text = 'name: a\nrules:\n  - { find: { detector: ip }, action: maks }\n'
    const document = new SettingsDocument(text, 'a.yaml', { value: new SettingsDocument(text, 'a.yaml').plain([]) })
    document.complain(['rules', 0, 'action'], 'value', 'unknown action', 'did you mean mask?')
    expect(document.complaints).toMatchObject([{ line: 3, column: 39, path: 'rules[0].action' }])
  })
})
