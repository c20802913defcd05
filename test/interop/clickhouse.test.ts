// The clickhouse sink and a real ClickHouse. Debian's is old: it knows neither inserts that are put off nor tokens, so
// those two settings are taken away here; the strict stand-in of test/sinks looks at them.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { batchOf, never, startSink } from '../sinks/site.ts'
import { type Clickhouse, hasClickhouse, PASSWORD, startClickhouse } from './clickhouse/process.ts'

const OLD = { async_insert: '', insert_deduplication_token: '' }
const COLUMNS = ['id', 'timestamp', 'service', 'severity', 'source', 'record'].map((name) => `${name} String`)
const record = (n: number, more = {}) => JSON.stringify({ timestamp: '2026-11-21T15:00:00.123456789Z', n, ...more })

describe.skipIf(!hasClickhouse())('a real ClickHouse', () => {
  let clickhouse: Clickhouse
  beforeAll(async () => {
    clickhouse = await startClickhouse()
    await clickhouse.ask(`CREATE TABLE logs (${COLUMNS}) ENGINE = MergeTree() ORDER BY id`)
    await clickhouse.ask('CREATE TABLE numbers (n UInt8) ENGINE = Memory')
  }, 90_000)
  afterAll(() => clickhouse?.remove())

  const sink = (more: object) => {
    const account = { user: 'writer', password: PASSWORD, settings: OLD }
    return startSink('clickhouse', { endpoint: clickhouse.endpoint, table: 'logs', ...account, ...more })
  }

  it.each(['gzip', 'none'])('stores records as rows, whatever is in them (%s)', async (compression) => {
    await clickhouse.ask('TRUNCATE TABLE logs')
    const { sink: store, said } = await sink({ compression })
    const odd = record(1, { service: 'pay', level: 'warn', text: 'tab\t quote" back\\slash \u2028 🙂 \n' })
    await store.send(batchOf('json', record(0), odd, '"line"', '[1]'), 'b1', never)
    const rows = await clickhouse.ask('SELECT * FROM logs ORDER BY id FORMAT JSONEachRow')
    const [first, second, third] = rows
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
    const timestamp = '2026-11-21 15:00:00.123456789'
    expect(first).toEqual({ id: 'b1-0', timestamp, service: '', severity: '', source: 'app', record: record(0) })
    expect(second).toMatchObject({ service: 'pay', severity: 'warn', record: odd })
    expect(third.record).toBe('"line"')
    expect(said).toEqual([])
  })

  it('a bad row is rejected and counted while the others are stored', async () => {
    const { sink: store, said } = await sink({ table: 'numbers', rows: 'documents' })
    const numbers = Array.from({ length: 50 }, (_, n) => (n === 31 ? '{"n":"not a number"}' : `{"n":${n}}`))
    await store.send(batchOf('json', ...numbers), 'b1', never)
    expect(await clickhouse.ask('SELECT count(), sum(n) FROM numbers')).toBe('49\t1194\n')
    expect(said.at(-1)).toEqual({ name: 'records_rejected', facts: { rejected_records: 1 } })
  })

  it.each([
    ['a wrong password', { password: 'wrong' }, 'code 193'],
    ['a table that is not there', { table: 'missing' }, 'code 60'],
    ['a setting that it does not know', { settings: { nonsense: 1 } }, 'code 115'],
  ])('%s keeps the batch, and says so', async (_, more, code) => {
    const { sink: store, said } = await sink(more)
    const kept = { retryable: true, retry_after_ms: 30_000 }
    await expect(store.send(batchOf('json', record(0)), 'b1', never)).rejects.toMatchObject(kept)
    expect(said).toMatchObject([{ name: 'no_entry', facts: { reason: expect.stringContaining(code) } }])
  })
})
