// Before any test: dist/bundle is what src and assembly are now, for tests that run the command as a user does. Tests
// that run in their own process need none, so while src does not compile they go on.
import { buildBundle } from '../tools/setup/bundle.mjs'
import { buildWalker } from '../tools/setup/walker.mjs'

export default async function setup(): Promise<void> {
  try {
    await buildWalker()
    await buildBundle()
  } catch (error) {
    process.stderr.write(`dist/bundle stays as it was: ${error instanceof Error ? error.message : error}\n`)
  }
}
