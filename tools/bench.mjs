// `npm run bench`: the same as `logveil bench`, with the Collector of the interop tests to measure beside where it was
// built. It measures nothing itself.
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { builtCollector } from '../test/interop/collector/build.mjs'

const main = fileURLToPath(new URL('../dist/cli/main.js', import.meta.url))
const given = process.argv.slice(2)
const otelcol = given.includes('--collector') ? undefined : builtCollector()?.otelcol
const args = [main, 'bench', ...given, ...(otelcol === undefined ? [] : ['--collector', otelcol])]
process.exitCode = spawnSync(process.execPath, args, { stdio: 'inherit' }).status ?? 1
