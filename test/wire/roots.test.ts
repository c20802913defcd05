// JSON is walked below paths that other walkers have made (those of OTLP, which are not WebAssembly).
import { expect, it } from 'vitest'
import { Leaves } from '../../src/core/leaves.ts'
import { Paths, ROOT } from '../../src/core/paths.ts'
import { Step } from '../../src/core/wire.ts'
import { JsonText } from '../../src/wire/json.ts'

it('a text is reported below any path, of which the walker may never have heard', () => {
  const known = Buffer.from(JSON.stringify(Object.fromEntries(Array.from({ length: 1000 }, (_, i) => [`key${i}`, i]))))
  const text = Buffer.from('"text"')
  for (let turn = 0; turn < 40; turn++) {
    const paths = new Paths()
    const leaves = new Leaves()
    const json = new JsonText(false)
    json.walk(known, 0, known.length, leaves, paths, ROOT)
    let reported = 0
    for (let i = 0; i < 400; i++) {
      const root = paths.childNamed(ROOT, `root${i}`)
      leaves.reset()
      expect(json.walk(text, 0, text.length, leaves, paths, root)).toBe(Step.record)
      reported += leaves.count
    }
    expect(reported).toBe(400)
  }
})
