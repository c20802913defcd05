// Prints `N passed, N failed` alone on the last line of a run, so that any CI can count what ran.
import { writeSync } from 'node:fs'
import type { Reporter, SerializedError, TestModule } from 'vitest/node'

export interface Totals {
  passed: number
  failed: number
  skipped: number
}

/** A file that does not load and an error outside any test fail the run, so each counts as one failed test. */
export function countTests(modules: readonly TestModule[], errors: readonly SerializedError[]): Totals {
  const totals: Totals = { passed: 0, failed: errors.length, skipped: 0 }
  for (const module of modules) {
    let failed = 0
    for (const test of module.children.allTests()) {
      const { state } = test.result()
      if (state === 'passed') totals.passed++
      else if (state === 'failed') failed++
      else totals.skipped++
    }
    totals.failed += failed === 0 && module.state() === 'failed' ? 1 : failed
  }
  return totals
}

export function lastLine({ passed, failed, skipped }: Totals): string {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`
}

export default class TotalsReporter implements Reporter {
  #line = ''

  onInit(): void {
    // Other reporters write until the very end.
    process.once('exit', () => writeSync(1, this.#line))
  }

  onTestRunEnd(modules: readonly TestModule[], errors: readonly SerializedError[]): void {
    this.#line = `${lastLine(countTests(modules, errors))}\n`
  }
}
