// Brings a checkout to the state where everything runs: packages as package-lock.json says, re2 compiled for this
// Node, dist built from src, assembly and config/packs. Runs before `npm test`, `npm run demo` and the like, on an
// empty node_modules too, so it imports nothing but Node. When nothing is to do it says nothing and takes a fraction
// of a second.
import { build } from './setup/build.mjs'
import { buildBundle } from './setup/bundle.mjs'
import { install } from './setup/install.mjs'
import { buildPacks } from './setup/packs.mjs'
import { buildWalker } from './setup/walker.mjs'

try {
  await install()
  build()
  await buildPacks()
  await buildWalker()
  await buildBundle()
} catch (error) {
  console.error(`\nset-up: ${error instanceof Error ? error.message : error}`)
  process.exitCode = 1
}
