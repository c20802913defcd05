// The law of core/component.ts for sinks, with a receiver that makes the troubles which receivers make.
import { describe, expect, it, onTestFinished } from 'vitest'
import type { Batch } from '../../src/core/batch.ts'
import type { Sink } from '../../src/core/component.ts'
import { SinkError } from '../../src/core/errors.ts'
import { sinks } from '../../src/sinks/index.ts'
import type { SinkBench, SinkCase, Trouble } from './sinks/case.ts'
import { sinkCases } from './sinks/index.ts'
import { outcomeWithin, pause, Site, textsOf } from './site.ts'

const never = new AbortController().signal

interface Made {
  readonly bench: SinkBench
  readonly site: Site
  readonly sink: Sink
}

async function make({ type, prepare }: SinkCase): Promise<Made> {
  const bench = await prepare()
  const site = new Site()
  const spec = sinks.find((candidate) => candidate.type === type)
  if (spec === undefined) throw new Error(`there is no sink of type ${type}`)
  const sink = bench.create?.() ?? spec.create(spec.settings.parse(bench.settings), site)
  onTestFinished(() => sink.close(AbortSignal.abort()))
  return { bench, site, sink }
}

async function start(one: SinkCase): Promise<Made> {
  const made = await make(one)
  await made.sink.start()
  return made
}

/** The error of a send that must fail. */
async function failureOf({ sink, site }: Made, batch: Batch, id: string, signal = never): Promise<SinkError> {
  const failure = await sink.send(batch, id, signal).catch((error: unknown) => error)
  expect(failure).toBeInstanceOf(SinkError)
  // Neither the error nor the log repeats what was to be stored.
  const said = `${(failure as SinkError).message} ${JSON.stringify(site.said)}`
  expect(said).not.toMatch(/rec-[a-z0-9]{6}-/)
  return failure as SinkError
}

it('every sink has a case', () => {
  const types = new Set(sinkCases.map(({ type }) => type))
  // A blackhole has nothing to show for its promises; test/sinks/blackhole.test.ts looks at the rest.
  types.add('blackhole')
  expect(sinks.map(({ type }) => type).filter((type) => !types.has(type))).toEqual([])
})

for (const one of sinkCases) {
  const { name, missing } = one
  if (missing !== undefined) {
    it(`${name}: ${missing}`, ({ skip }) => {
      if (process.env.CI) throw new Error(`not run: ${missing}`)
      skip(missing)
    })
  } else describe(name, () => lawsFor(one))
}

function lawsFor(one: SinkCase): void {
  it('closes before its start, and twice', async () => {
    const { sink } = await make(one)
    await sink.close(AbortSignal.timeout(1000))
    await sink.close(AbortSignal.timeout(1000))
  })

  it('has stored, in order, what its sends promised', async () => {
    const { bench, sink } = await start(one)
    const texts = textsOf(30)
    const batches = [0, 10, 20].map((from) => bench.batchOf(texts.slice(from, from + 10)))
    for (const { format } of batches) expect(sink.accepts).toContain(format)
    const sends = batches.map((batch, at) => sink.send(batch, `order-${at}`, never))
    await sends[0]
    const early = await bench.stored()
    expect(texts.slice(0, 10).filter((text) => !early.includes(text))).toEqual([])
    await Promise.all(sends)
    if (sink.lets_go) for (const { bytes } of batches) bytes.fill(0)
    const stored = await bench.stored()
    for (const text of texts) expect(stored.split(text)).toHaveLength(2)
    const own = texts.slice(0, 10).map((text) => stored.indexOf(text))
    expect(own).toEqual(own.toSorted((a, b) => a - b))
  })

  it('takes nothing after its close, and closes once', async () => {
    const made = await start(one)
    const { bench, sink } = made
    await Promise.all([sink.close(never), sink.close(never)])
    await sink.close(never)
    expect(await failureOf(made, bench.batchOf(textsOf(1)), 'late')).toMatchObject({ retryable: false })
  })

  lawOf(one, 'busy', 'what is refused for now may be sent again, is the same then, and is stored', async (made) => {
    const { bench, sink } = made
    const texts = textsOf(2)
    const batch = bench.batchOf(texts)
    expect(await failureOf(made, batch, 'again')).toMatchObject({ retryable: true })
    await sink.send(batch, 'again', never)
    const stored = await bench.stored()
    for (const text of texts) expect(stored).toContain(text)
    repeats(bench)
  })

  lawOf(one, 'hanging_up', 'a lost connection is made again for the same batch', async (made) => {
    const { bench, sink } = made
    const batch = bench.batchOf(textsOf(2))
    expect(await failureOf(made, batch, 'again')).toMatchObject({ retryable: true })
    await sink.send(batch, 'again', never)
    repeats(bench)
  })

  lawOf(one, 'refusing', 'what is refused for good may not be sent again, and holds nothing up', async (made) => {
    const { bench, sink } = made
    expect(await failureOf(made, bench.batchOf(textsOf(1)), 'bad')).toMatchObject({ retryable: false })
    const [text] = textsOf(1)
    await sink.send(bench.batchOf([text]), 'good', never)
    expect(await bench.stored()).toContain(text)
  })

  lawOf(one, 'silent', 'its signal ends a send that nobody answers, and the next one goes its way', async (made) => {
    const { bench, sink } = made
    const batch = bench.batchOf(textsOf(1))
    const begun_ms = performance.now()
    expect(await failureOf(made, batch, 'again', AbortSignal.timeout(200))).toMatchObject({ retryable: true })
    expect(performance.now() - begun_ms).toBeLessThan(10_000)
    const [text] = textsOf(1)
    await sink.send(bench.batchOf([text]), 'next', never)
    expect(await bench.stored()).toContain(text)
  })

  lawOf(one, 'silent', 'the signal of its close ends what is under way', async ({ bench, sink }) => {
    const sent = sink.send(bench.batchOf(textsOf(1)), 'hanging', AbortSignal.timeout(1000)).catch(() => 'failed')
    await pause(100)
    expect(await outcomeWithin(sink.close(AbortSignal.timeout(100)), 10_000)).not.toBe('pending')
    expect(await sent).toBe('failed')
  })
}

/** A law that speaks of a trouble which not every receiver can make. */
function lawOf(one: SinkCase, trouble: Trouble, claim: string, law: (made: Made) => Promise<void>): void {
  if (one.troubles?.includes(trouble) === false) return
  it(claim, async () => {
    const made = await start(one)
    const arrange = made.bench.trouble[trouble]
    if (arrange === undefined) throw new Error(`the case says that its receivers can be ${trouble}`)
    arrange()
    await law(made)
  })
}

/** A receiver that saw the first attempt recognises the second one. */
function repeats({ ids }: SinkBench): void {
  if (ids === undefined) return
  expect(ids()).toHaveLength(2)
  expect(new Set(ids()).size).toBe(1)
}
