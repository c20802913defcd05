// What a restart and a refused delivery leave: every line comes at least once, and what was delivered is known.
import { appendFileSync, existsSync, mkdirSync, readFileSync, unlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { LogveilError } from '../../../src/core/errors.ts'
import { follow, logs, offsets, place, until } from './support.ts'

describe('the place in a file', () => {
  it('is where it was after a restart, and no byte of a log is in the state', async () => {
    const here = place()
    here.append('a.log', 'one of many', 'two')
    const first = await follow(here)
    await first.comes(2)
    await first.stop()
    here.append('a.log', 'three')
    const second = await follow(here)
    expect(await second.comes(1)).toEqual(logs('three'))
    const state = readFileSync(join(here.state, 'under_test.json'), 'utf8')
    for (const text of ['one', 'many', 'three']) expect(state).not.toContain(text)
  })

  it('moves when a delivery is done, and not before', async () => {
    const here = place()
    const running = await follow(here)
    const held = running.site.hold()
    here.append('a.log', 'one')
    await until(() => held.length === 1, 'a delivery')
    await until(() => offsets(here)[here.path('a.log')] === 0, 'the file')
    held[0].resolve()
    await until(() => offsets(here)[here.path('a.log')] === 4, 'the place')
  })

  it('stays before a batch that fails, though a later one is delivered; both come again', async () => {
    const here = place()
    const running = await follow(here)
    const held = running.site.hold()
    here.append('a.log', 'one')
    await until(() => held.length === 1, 'a delivery')
    here.append('a.log', 'two')
    await until(() => held.length === 2, 'another delivery')
    held[1].resolve()
    await new Promise((resolve) => setTimeout(resolve, 100))
    expect(offsets(here)).toMatchObject({ [here.path('a.log')]: 0 })
    running.site.answer = async () => {}
    held[0].reject(new LogveilError('STOPPING', 'test'))
    expect(await running.comes(4)).toEqual(logs('one', 'two', 'one', 'two'))
    await until(() => offsets(here)[here.path('a.log')] === 8, 'the place')
  })

  it('is behind the last whole line', async () => {
    const here = place()
    appendFileSync(here.path('a.log'), 'one\nha')
    const first = await follow(here)
    await first.comes(1)
    await first.stop()
    expect(offsets(here)).toEqual({ [here.path('a.log')]: 4 })
    appendFileSync(here.path('a.log'), 'lf\n')
    const second = await follow(here)
    expect(await second.comes(1)).toEqual(logs('half'))
  })

  it('at the very first start may be the end of what is there, from the beginning of its last line', async () => {
    const here = place()
    appendFileSync(here.path('a.log'), 'old\nbegun ')
    const running = await follow(here, { read_from: 'end' })
    appendFileSync(here.path('a.log'), 'before\nnew\n')
    here.append('b.log', 'first of a later file')
    const all = await running.comes(3)
    expect(all).toEqual(expect.arrayContaining(logs('begun before', 'new', 'first of a later file')))
    expect(all).toHaveLength(3)
  })

  it('that nobody can read any more is the beginning, and that is said', async () => {
    const here = place()
    here.append('a.log', 'one')
    mkdirSync(here.state)
    writeFileSync(join(here.state, 'under_test.json'), '{"version":1,"fil')
    const running = await follow(here, { read_from: 'end' })
    expect(await running.comes(1)).toEqual(logs('one'))
    expect(running.site.count('state_broken')).toBe(1)
    expect(existsSync(join(here.state, 'under_test.json.broken'))).toBe(true)
  })

  it('can not be kept where nothing can be written: then nothing is read', async () => {
    const here = place()
    writeFileSync(here.state, 'a file where a folder should be')
    await expect(follow(here)).rejects.toMatchObject({
      code: 'FILE_WRITE',
      message: expect.stringContaining(here.state),
    })
  })
})

it('ends when it is told to stop at the end, with the last line, whether it has an end or not', async () => {
  const here = place()
  here.append('a.log', 'one')
  appendFileSync(here.path('b.log'), 'two')
  const running = await follow(here, { at_end: 'stop' })
  await running.source.ended
  expect(
    running
      .records()
      .map(({ log }) => log)
      .sort(),
  ).toEqual(['one', 'two'])
  expect(offsets(here)).toEqual({ [here.path('a.log')]: 4, [here.path('b.log')]: 3 })
})

it('sees that a file was emptied also behind a place before which nothing is known', async () => {
  const here = place()
  here.append('a.log', 'one', 'two')
  const first = await follow(here)
  await first.comes(2)
  await first.stop()
  const path = join(here.state, 'under_test.json')
  const state = JSON.parse(readFileSync(path, 'utf8'))
  for (const file of state.files) Object.assign(file, { tail_bytes: 0, tail: '', trail: [] })
  writeFileSync(path, JSON.stringify(state))
  const second = await follow(here)
  writeFileSync(here.path('a.log'), 'new\n')
  expect(await second.comes(1)).toEqual(logs('new'))
})

it('delivers a last line without an end again, when that failed', async () => {
  const here = place()
  const running = await follow(here, { rotated_wait_ms: 50 })
  const held = running.site.hold()
  appendFileSync(here.path('a.log'), 'begun')
  await until(() => running.site.count('file_found') === 1, 'the file')
  unlinkSync(here.path('a.log'))
  await until(() => held.length === 1, 'a delivery')
  held[0].reject(new LogveilError('STOPPING', 'test'))
  await until(() => held.length === 2, 'another one')
  held[1].resolve()
  await until(() => offsets(here)[here.path('a.log')] === 5, 'the place')
  expect(running.records()).toHaveLength(2)
})

it('puts the path, and what is read out of it, in front of each record', async () => {
  const here = place()
  const name = `shop-7d9f_prod_web-${'ab'.repeat(32)}.log`
  const path_fields = '/(?P<pod_name>[^_/]+)_(?P<namespace>[^_]+)_(?P<container_name>.+)-[0-9a-f]{64}\\.log$'
  here.append(name, '2026-11-21T08:00:00.5Z stderr F {"a":1}')
  const running = await follow(here, { format: 'cri', path_fields, file_field: 'path' })
  await running.comes(1)
  expect(JSON.stringify(running.records()[0])).toBe(
    `{"path":"${here.path(name)}","pod_name":"shop-7d9f","namespace":"prod","container_name":"web",` +
      '"time":"2026-11-21T08:00:00.5Z","stream":"stderr","logtag":"F","log":"{\\"a\\":1}"}',
  )
  const bare = await follow(here, { file_field: false, state: `${here.state}2` })
  await bare.comes(1)
  expect(Object.keys(bare.records()[0])).toEqual(['log'])
})
