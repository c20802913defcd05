// Outcomes of cases as JUnit XML, which CI servers read.
import type { Outcome } from './run_cases.ts'

export interface Suite {
  readonly file: string
  readonly outcomes: readonly Outcome[]
}

export function junit(suites: readonly Suite[]): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites>\n${suites.map(suite).join('')}</testsuites>\n`
}

function suite({ file, outcomes }: Suite): string {
  const failures = outcomes.filter(({ differences }) => differences.length > 0).length
  const cases = outcomes.map((outcome) => testCase(file, outcome)).join('')
  return `  <testsuite name="${xml(file)}" tests="${outcomes.length}" failures="${failures}">\n${cases}  </testsuite>\n`
}

function testCase(file: string, { case: one, differences }: Outcome): string {
  const head = `    <testcase name="${xml(one.name)}" classname="${xml(file)}" file="${xml(file)}" line="${one.line}"`
  if (differences.length === 0) return `${head}/>\n`
  const failures = differences.map((text) => `      <failure message="${xml(text)}"/>\n`)
  return `${head}>\n${failures.join('')}    </testcase>\n`
}

/** Characters that XML 1.0 has no way to write become the replacement character. */
function xml(text: string): string {
  return text
    .replace(/[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/gu, '\ufffd')
    .replace(/[&<>"'\n\r\t]/g, (letter) => `&#${letter.charCodeAt(0)};`)
}
