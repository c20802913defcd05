import { expect, it } from 'vitest'
import { FORMATS } from '../../src/core/batch.ts'
import { batchOf, makeSink, never } from './site.ts'

it('a blackhole takes every format as it is, until it is closed', async () => {
  const { sink } = makeSink('blackhole', {})
  expect(sink.accepts).toEqual(FORMATS)
  await sink.start()
  for (const format of FORMATS) await sink.send(batchOf(format, 'x'), 'b1', never)
  await sink.close(never)
  await sink.close(never)
  await expect(sink.send(batchOf('json', '{}'), 'b2', never)).rejects.toMatchObject({ retryable: false })
})
