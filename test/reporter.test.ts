import { describe, expect, it } from 'vitest'
import type { SerializedError, TestModule } from 'vitest/node'
import { countTests, lastLine } from './reporter.ts'

describe('the last line of a run', () => {
  it.each([
    ['all is well', [module('passed', ['passed', 'passed'])], 0, '2 passed, 0 failed'],
    ['one fails', [module('failed', ['passed', 'failed']), module('passed', ['passed'])], 0, '2 passed, 1 failed'],
    ['one is left out', [module('passed', ['passed', 'skipped'])], 0, '1 passed, 0 failed, 1 skipped'],
    ['a file does not load', [module('failed', [])], 0, '0 passed, 1 failed'],
    ['an error outside any test', [module('passed', ['passed'])], 1, '1 passed, 1 failed'],
    ['nothing ran', [], 0, '0 passed, 0 failed'],
  ])('%s', (_name, modules, errors, line) => {
    expect(lastLine(countTests(modules, new Array<SerializedError>(errors)))).toBe(line)
  })
})

/** Only what the reporter asks of a module. */
function module(state: string, tests: string[]): TestModule {
  const children = { allTests: () => tests.map((test) => ({ result: () => ({ state: test }) })) }
  return { state: () => state, children } as unknown as TestModule
}
