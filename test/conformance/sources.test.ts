// The law of core/component.ts for sources, told to each of them by a real client.
import { describe, expect, it, onTestFinished } from 'vitest'
import type { Source, SourceSpec } from '../../src/core/component.ts'
import { LogveilError } from '../../src/core/errors.ts'
import { sources } from '../../src/sources/index.ts'
import { outcomeWithin, pause, Site, textsOf, until } from './site.ts'
import type { SourceBench, SourceCase } from './sources/case.ts'
import { sourceCases } from './sources/index.ts'

/** What must not happen is given so long to happen. */
const NOTHING_MS = 150

function specOf(type: string): SourceSpec<unknown> {
  const spec = sources.find((candidate) => candidate.type === type)
  if (spec === undefined) throw new Error(`there is no source of type ${type}`)
  return spec
}

function create(type: string, bench: Pick<SourceBench, 'settings' | 'create'>, site = new Site()): Source {
  const spec = specOf(type)
  const source = bench.create?.(bench.settings, site) ?? spec.create(spec.settings.parse(bench.settings), site)
  onTestFinished(() => source.stop(AbortSignal.abort()))
  return source
}

interface Running {
  readonly bench: SourceBench
  readonly site: Site
  readonly source: Source
  send(texts: readonly string[]): Promise<boolean>
}

async function start({ type, prepare }: SourceCase): Promise<Running> {
  const bench = await prepare()
  const site = new Site()
  const source = create(type, bench, site)
  await source.start()
  return { bench, site, source, send: (texts) => bench.send(texts, source.addresses) }
}

const stopping = () => new LogveilError('STOPPING', 'said by the test')

it('every source has a case', () => {
  const types = new Set(sourceCases.map(({ type }) => type))
  // What stores its records itself delivers nothing: its law is another one, and so are its tests.
  const delivering = sources.filter(({ stores }) => stores !== true)
  expect(delivering.map(({ type }) => type).filter((type) => !types.has(type))).toEqual([])
})

for (const one of sourceCases) {
  const { name, missing } = one
  if (missing !== undefined) {
    it(`${name}: ${missing}`, ({ skip }) => {
      if (process.env.CI) throw new Error(`not run: ${missing}`)
      skip(missing)
    })
  } else describe(name, () => lawsFor(one))
}

/** In the place of `it`, for a law that has nothing to say of a source. */
function noLaw(_claim: string, _law: () => Promise<void>): void {}

function lawsFor(one: SourceCase): void {
  it('stops before its start, twice, and does not start any more', async () => {
    const source = create(one.type, await one.prepare())
    await source.stop(AbortSignal.timeout(100))
    await source.stop(AbortSignal.timeout(100))
    await expect(source.start()).rejects.toMatchObject({ code: 'STOPPING' })
  })

  it('starts once and stops once, however often it is told', async () => {
    const { source } = await start(one)
    await source.start()
    expect(source.addresses.length).toBeGreaterThan(0)
    const signal = AbortSignal.timeout(5000)
    await Promise.all([source.stop(signal), source.stop(signal)])
    await source.stop(signal)
    expect(signal.aborted).toBe(false)
  })

  it('delivers every record once, in order, as frames of its own name, and then acknowledges', async () => {
    const { send, site } = await start(one)
    const texts = textsOf(20)
    expect(await send(texts)).toBe(true)
    await until(() => site.timesOf(texts).every((times) => times > 0), 'the records')
    expect(site.timesOf(texts)).toEqual(texts.map(() => 1))
    expect(texts.map((text) => site.bytes.indexOf(text))).toEqual(
      texts.map((text) => site.bytes.indexOf(text)).sort((a, b) => a - b),
    )
    for (const { origin, bytes, ends } of site.batches) {
      expect(origin).toBe(site.name)
      expect(ends.at(-1)).toBe(bytes.length)
    }
  })

  lawsOfAcks(one)

  const whoCanWait = one.canNotWait === undefined ? it : noLaw
  whoCanWait('reads no more while there is no room, and goes on when there is', async () => {
    const { send, site } = await start(one)
    site.makeRoom(false)
    const texts = textsOf(3)
    const sent = send(texts)
    await pause(NOTHING_MS)
    expect(site.batches).toEqual([])
    site.makeRoom(true)
    expect(await sent).toBe(true)
    await until(() => site.timesOf(texts).every((times) => times === 1), 'the records')
  })

  lawsOfNames(one)

  lawsOfTheEnd(one)

  it('stays up, and says nothing of what it was sent, whatever it is sent', async () => {
    const { bench, source, send, site } = await start(one)
    const [secret, ...texts] = textsOf(4)
    await bench.sendNonsense(secret, source.addresses)
    expect(await send(texts)).toBe(true)
    await until(() => site.timesOf(texts).every((times) => times === 1), 'the records')
    const said = JSON.stringify(site.said)
    for (const text of [secret, ...texts]) expect(said).not.toContain(text)
  })

  const whoTakesAPlace = one.takesNoPlace ? noLaw : it
  whoTakesAPlace('says where its place is taken, and can be stopped then', async () => {
    const { bench, source } = await start(one)
    if (bench.clash === undefined) throw new Error('the case says that it takes a place')
    const second = create(one.type, { settings: bench.clash(source.addresses) })
    const failure = await second.start().catch((error: unknown) => error)
    expect(failure).toBeInstanceOf(LogveilError)
    expect((failure as LogveilError).message).toContain(source.addresses[0])
    await second.stop(AbortSignal.timeout(1000))
  })
}

function lawsOfAcks(one: SourceCase): void {
  if (one.hasNoAck !== undefined) return
  it('does not acknowledge before the delivery is done', async () => {
    const { send, site } = await start(one)
    const held = site.hold()
    const sent = send(textsOf(2))
    await until(() => held.length > 0, 'a delivery')
    expect(await outcomeWithin(sent, NOTHING_MS)).toBe('pending')
    site.answer = async () => {}
    for (const { resolve } of held) resolve()
    expect(await sent).toBe(true)
  })

  it('does not acknowledge what was not delivered, and delivers what is sent again', async () => {
    const { send, site } = await start(one)
    const texts = textsOf(2)
    site.answer = () => Promise.reject(stopping())
    const sent = send(texts)
    await until(() => site.batches.length > 0, 'a delivery')
    expect(await outcomeWithin(sent, NOTHING_MS)).not.toBe(true)
    site.answer = async () => {}
    expect(await send(texts)).toBe(true)
    expect(site.timesOf(texts).every((times) => times > 1)).toBe(true)
  })
}

function lawsOfNames(one: SourceCase): void {
  const whoNames = one.names ? it : noLaw
  whoNames('calls what comes again by the names that it had, and nothing else by them', async () => {
    const { send, site } = await start(one)
    site.named = 'alone'
    const texts = textsOf(2)
    site.answer = () => Promise.reject(stopping())
    const sent = send(texts)
    await until(() => site.batches.length > 0, 'a delivery')
    site.answer = async () => {}
    // Some clients send it again, and some sources read it again by themselves.
    if ((await outcomeWithin(sent, 3_000)) !== true) expect(await send(texts)).toBe(true)
    const [first, again] = site.batches
    expect(Buffer.from(again.bytes)).toEqual(Buffer.from(first.bytes))
    expect(first.ids).toHaveLength(1)
    expect(again.ids).toEqual(first.ids)
    const known = site.batches.length
    expect(await send(textsOf(1))).toBe(true)
    expect(site.batches[known].ids).toHaveLength(1)
    expect(site.batches[known].ids).not.toEqual(first.ids)
  })

  it('gives no names that nobody asked for', async () => {
    const { send, site } = await start(one)
    expect(await send(textsOf(1))).toBe(true)
    await until(() => site.batches.length > 0, 'a delivery')
    expect(site.batches.flatMap(({ ids }) => ids ?? [])).toEqual([])
  })
}

function lawsOfTheEnd(one: SourceCase): void {
  it('settles what is in flight before it has stopped', async () => {
    const { source, send, site } = await start(one)
    const held = site.hold()
    const sent = send(textsOf(2))
    await until(() => held.length > 0, 'a delivery')
    const signal = AbortSignal.timeout(15_000)
    const stopped = source.stop(signal).then(() => 'stopped')
    expect(await outcomeWithin(stopped, NOTHING_MS)).toBe('pending')
    site.answer = async () => {}
    for (const { resolve } of held) resolve()
    expect(await stopped).toBe('stopped')
    expect(signal.aborted).toBe(false)
    expect(await sent).toBe(true)
  })

  it('ends when its time is over, and does not acknowledge what is not delivered', async () => {
    const { source, send, site } = await start(one)
    const held = site.hold()
    const sent = send(textsOf(2))
    await until(() => held.length > 0, 'a delivery')
    const begun_ms = performance.now()
    await source.stop(AbortSignal.timeout(100))
    expect(performance.now() - begun_ms).toBeLessThan(10_000)
    if (one.hasNoAck === undefined) expect(await outcomeWithin(sent, NOTHING_MS)).not.toBe(true)
    for (const { reject } of held) reject(stopping())
  })

  it('takes nothing after its end', async () => {
    const { source, send, site } = await start(one)
    await source.stop(AbortSignal.timeout(5000))
    const sent = send(textsOf(2))
    const outcome = await outcomeWithin(sent, NOTHING_MS)
    if (one.hasNoAck === undefined) expect(outcome).not.toBe(true)
    expect(site.batches).toEqual([])
  })
}
