// What the set-up step notices about node_modules. It is the first thing that a newcomer runs.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { headersPrefix, whatDiffers, whyRe2DoesNotLoad } from '../../tools/setup/install.mjs'

let folder: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'logveil-setup-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

describe('what differs from the lock file', () => {
  const wanted = {
    '': {},
    'node_modules/a': { version: '1.0.0', integrity: 'x' },
    'node_modules/b': { version: '1.0.0' },
  }
  const installed = { 'node_modules/a': { version: '1.0.0', integrity: 'x' }, 'node_modules/b': { version: '1.0.0' } }

  it.each([
    ['nothing', wanted, installed, null],
    ['an empty node_modules', wanted, undefined, 'nothing is installed yet'],
    [
      'a package that is missing',
      wanted,
      { 'node_modules/a': installed['node_modules/a'] },
      'node_modules/b is missing',
    ],
    ['another version', wanted, { ...installed, 'node_modules/b': { version: '1.0.1' } }, 'b is another version'],
    [
      'another archive',
      wanted,
      { ...installed, 'node_modules/a': { version: '1.0.0', integrity: 'y' } },
      'a is another',
    ],
    [
      'a package too many',
      wanted,
      { ...installed, 'node_modules/c': { version: '1.0.0' } },
      'c is not in the lock file',
    ],
    ['a binary for elsewhere', { ...wanted, 'node_modules/c': { version: '1', optional: true } }, installed, null],
  ])('%s', (_name, lock, record, difference) => {
    write('package-lock.json', { packages: lock })
    if (record !== undefined) {
      write('node_modules/.package-lock.json', { packages: record })
      for (const path in record) write(`${path}/package.json`, {})
    }
    if (difference === null) expect(whatDiffers(folder)).toBeNull()
    else expect(whatDiffers(folder)).toContain(difference)
  })

  it('a package removed by hand', () => {
    write('package-lock.json', { packages: wanted })
    write('node_modules/.package-lock.json', { packages: installed })
    write('node_modules/a/package.json', {})
    expect(whatDiffers(folder)).toBe('node_modules/b is missing')
  })
})

describe('re2', () => {
  it('that was never compiled', () => expect(whyRe2DoesNotLoad(folder)).toBe('re2 is not compiled'))

  it('that is half written', () => {
    write('node_modules/re2/build/Release/re2.node', 'no library')
    expect(whyRe2DoesNotLoad(folder)).toBe('re2 does not load in this Node')
  })

  it('that loads here', () => expect(whyRe2DoesNotLoad('.')).toBeNull())
})

describe(`Node's headers`, () => {
  const major = process.versions.node.split('.')[0]

  it.each([
    ['beside the binary', major, true],
    ['of another major version', `${major}0`, false],
  ])('%s', (_name, version, found) => {
    write('include/node/node.h', '')
    write('include/node/node_version.h', `#define NODE_MAJOR_VERSION ${version}\n`)
    write('bin/node', '')
    expect(headersPrefix(join(folder, 'bin/node'))).toBe(found ? folder : null)
  })

  it('that are not there', () => {
    write('bin/node', '')
    expect(headersPrefix(join(folder, 'bin/node'))).toBeNull()
  })
})

function write(path: string, content: string | object): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true })
  writeFileSync(join(folder, path), typeof content === 'string' ? content : JSON.stringify(content))
}
