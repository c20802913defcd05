// Every carrier mode, form of metadata and option of the protocol, sent to the real server.
import { readFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'
import { decode, ExtData, encode } from '@msgpack/msgpack'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { Client, type Running, startForward, until } from './support.ts'

let running: Running
let client: Client

beforeAll(async () => {
  running = await startForward()
})

afterAll(async () => {
  client.close()
  await running.stop()
})

beforeEach(() => {
  client?.close()
  client = new Client(running.port)
  running.site.batches.length = 0
  running.site.emitted.length = 0
})

/** Sends it and a last message with an ack; resolves when that is acknowledged. */
async function send(...values: (Uint8Array | unknown[])[]): Promise<void> {
  client.send(...values, ['last', 1, { last: true }, { chunk: 'last' }])
  await until(() => client.acks().includes('last'))
}

const seen = () => running.site.events.filter(({ tag }) => tag !== 'last')
const pack = (...events: unknown[]) => Buffer.concat(events.map((event) => encode(event)))
const eventTime = new ExtData(0, Uint8Array.of(0x60, 0, 0, 0, 0, 0, 0, 1))
const metadata = { otlp: { severity_number: 9 } }
const record = { log: 'hello' }

describe('metadata', () => {
  const forms: [string, unknown][] = [
    ['an integer', 1_700_000_000],
    ['a time after 2038', 4_000_000_000],
    ['a float', 1_700_000_000.5],
    ['an EventTime', eventTime],
    ['a time with metadata', [eventTime, metadata]],
    ['an integer with empty metadata', [1, {}]],
  ]
  it.each(forms)('may be %s in every mode', async (_name, time) => {
    const events = pack([time, record], [time, { n: 2 }])
    await send(
      ['message', time, record],
      ['message4', time, record, {}],
      [
        'forward',
        [
          [time, record],
          [7, { n: 2 }],
        ],
      ],
      ['packed', events],
      ['gzip', gzipSync(events), { compressed: 'gzip' }],
    )
    expect(seen().map(({ tag, event }) => [tag, event])).toEqual([
      ['message', [time, record]],
      ['message4', [time, record]],
      ['forward', [time, record]],
      ['forward', [7, { n: 2 }]],
      ['packed', [time, record]],
      ['packed', [time, { n: 2 }]],
      ['gzip', [time, record]],
      ['gzip', [time, { n: 2 }]],
    ])
  })

  it('may be an ext8 EventTime, which stays one', async () => {
    const time = Buffer.from([0xc7, 8, 0, 0x60, 0, 0, 0, 0, 0, 0, 1])
    await send(Buffer.concat([Buffer.of(0x93), encode('app'), time, encode(record)]))
    expect(Buffer.from(running.site.batches[0].bytes).includes(time)).toBe(true)
  })

  it('in the options of a message becomes that of its event', async () => {
    await send(
      ['app', eventTime, record, { metadata, size: 1, fluent_signal: 0 }],
      ['app', 5, record, { metadata: {} }],
    )
    expect(seen()).toEqual([
      { tag: 'app', event: [[eventTime, metadata], record], options: undefined },
      { tag: 'app', event: [5, record], options: undefined },
    ])
    expect(running.site.batches[0].ends.length).toBe(2)
  })

  it('is the present time when a message has nil', async () => {
    await send(['app', null, record])
    const [{ event }] = seen()
    const time = event[0] as ExtData
    const seconds = new DataView((time.data as Uint8Array).buffer, (time.data as Uint8Array).byteOffset).getUint32(0)
    expect(Math.abs(seconds - Math.floor(Date.now() / 1000))).toBeLessThan(60)
  })
})

describe('frames', () => {
  it('are packed with bin32, whatever came', async () => {
    await send(['app', 1, record])
    const { bytes } = running.site.batches[0]
    const event = pack([1, record])
    const want = Buffer.concat([Buffer.of(0x92), encode('app'), Buffer.of(0xc6, 0, 0, 0, event.length), event])
    expect(Buffer.from(bytes.subarray(0, want.length)).equals(want)).toBe(true)
  })

  it('hold a run of messages with one tag, in order', async () => {
    const messages = Array.from({ length: 50 }, (_, n) => ['app', n, { n }])
    await send(Buffer.concat(messages.map((message) => encode(message))))
    expect(seen().map(({ event }) => event[0])).toEqual(messages.map((_, n) => n))
    expect(running.site.batches[0].ends.length).toBe(2)
  })

  it('keep options that are not the protocol’s own, as they were', async () => {
    const options = { chunk: 'c', size: 1, compressed: 'text', fluent_signal: 0, source: 'x', nested: { secret: 'y' } }
    await send(['app', [[1, record]], options], ['app', 2, record, { team: 'a' }])
    expect(seen().map((one) => one.options)).toEqual([{ source: 'x', nested: { secret: 'y' } }, { team: 'a' }])
  })

  it('keep more options than a fixmap holds', async () => {
    const options = Object.fromEntries(Array.from({ length: 20 }, (_, n) => [`k${n}`, n]))
    await send(['app', [[1, record]], { ...options, chunk: 'x' }])
    expect(seen()[0].options).toEqual(options)
  })

  it('keep bytes that JavaScript would change', async () => {
    // {"k": uint64 1, "k": float32 1.0}
    const odd = Buffer.from('82a16bcf0000000000000001a16bca3f800000', 'hex')
    await send(Buffer.concat([Buffer.of(0x93), encode('app'), Buffer.of(0xd1, 0, 5), odd]))
    expect(Buffer.from(running.site.batches[0].bytes).includes(Buffer.concat([Buffer.of(0x92, 0xd1, 0, 5), odd]))).toBe(
      true,
    )
  })

  it('take a bin tag as str', async () => {
    await send([Buffer.from('app'), 1, record])
    expect(seen()[0].tag).toBe('app')
  })

  it('take array16 and str32 headers (fluentd packs with str32)', async () => {
    const events = pack([1, record])
    const str32 = Buffer.concat([Buffer.of(0xdb, 0, 0, 0, events.length), events])
    await send(Buffer.concat([Buffer.of(0xdc, 0, 2), encode('app'), str32]))
    expect(seen()[0].event).toEqual([1, record])
  })
})

describe('options', () => {
  it('may be nil', async () => {
    await send(['a', 1, record, null], ['b', [[1, record]], null], ['c', pack([1, record]), null])
    expect(seen().map(({ tag }) => tag)).toEqual(['a', 'b', 'c'])
  })

  it('never decide by `size`', async () => {
    await send(['app', [[1, record]], { size: 2 ** 32 - 1 }])
    expect(seen().length).toBe(1)
  })

  it('may have fluent_signal 0 in any width', async () => {
    const zeros = ['00', 'cc00', 'd000', 'd100 00', 'd30000000000000000', 'c0'].map((hex) =>
      Buffer.from(hex.replace(' ', ''), 'hex'),
    )
    const request = [Buffer.of(0x93), encode('app'), encode([[1, record]]), Buffer.of(0x81), encode('fluent_signal')]
    await send(...zeros.map((zero) => Buffer.concat([...request, zero])))
    expect(seen().map(({ options }) => options)).toEqual(zeros.map(() => undefined))
  })

  it.each([1, 2, 3])('with fluent_signal %i are acknowledged, counted and not forwarded', async (signal) => {
    const request = encode(['app', Buffer.from('cmetrics'), { chunk: 'metrics', fluent_signal: signal }])
    await send(Buffer.concat([request, request]))
    expect(seen()).toEqual([])
    expect(client.acks()).toEqual(['metrics', 'metrics', 'last'])
    expect(running.site.count('signal_refused')).toBe(2)
  })
})

describe('compressed chunks', () => {
  const events = pack([1, record], [2, record])
  const zstd = readFileSync(new URL('./events.zst', import.meta.url))

  it('may be several gzip members', async () => {
    const members = Buffer.concat([gzipSync(pack([1, record])), gzipSync(pack([2, record]))])
    await send(['app', members, { compressed: 'gzip', chunk: 'g' }])
    expect(seen().map(({ event }) => event[0])).toEqual([1, 2])
    expect(client.acks()).toEqual(['g', 'last'])
  })

  it('may be zstd, of one frame or more', async () => {
    await send(['app', zstd, { compressed: 'zstd' }], ['app', Buffer.concat([zstd, zstd]), { compressed: 'zstd' }])
    expect(seen().length).toBe(1500)
    expect(seen()[0].event).toEqual([0, { n: 0, log: 'message number 0 of many' }])
  })

  it('are known by their magic bytes when the option is absent or wrong', async () => {
    await send(
      ['a', gzipSync(events)],
      ['b', zstd, { compressed: 'gzip' }],
      ['c', gzipSync(events), { compressed: 'text' }],
    )
    expect(new Set(seen().map(({ tag }) => tag))).toEqual(new Set(['a', 'b', 'c']))
    expect(seen().length).toBe(504)
  })

  it('may be plain events in spite of the option', async () => {
    await send(['app', events, { compressed: 'gzip' }], ['app', events, { compressed: 'text' }])
    expect(seen().length).toBe(4)
  })

  it('stay in their place in the order', async () => {
    await send(['a', 1, record], ['a', gzipSync(events), { compressed: 'gzip' }], ['a', 3, record])
    expect(seen().map(({ event }) => event[0])).toEqual([1, 1, 2, 3])
  })
})

describe('acks', () => {
  it('echo the token byte for byte', async () => {
    const tokens = ['AAAAAAAAAAAAAAAAAAAAAA==', 'SlaFlzdpgZvpGlz3dEdGDA==\n', 'ü', 'x'.repeat(200)]
    const raw = Buffer.from([0xa3, 0xff, 0xfe, 0x80])
    const bin = encode(Buffer.from([0, 1, 255]))
    for (const chunk of tokens) client.send(['app', 1, record, { chunk }])
    for (const token of [raw, bin]) {
      client.send(Buffer.concat([Buffer.of(0x93), encode('a'), encode([]), Buffer.of(0x81), encode('chunk'), token]))
    }
    const want = Buffer.concat(
      [...tokens.map((token) => encode(token)), raw, bin].map((token) =>
        Buffer.concat([Buffer.of(0x81), encode('ack'), token]),
      ),
    )
    await until(() => client.received.length >= want.length)
    expect(client.received.equals(want)).toBe(true)
  })

  it('come for chunks without events too', async () => {
    await send(['app', [], { chunk: 'empty' }], ['app', Buffer.alloc(0), { chunk: 'none' }])
    expect(client.acks().toSorted()).toEqual(['empty', 'last', 'none'])
    expect(seen()).toEqual([])
  })
})

describe('a connection', () => {
  it('may send nil heartbeats between requests', async () => {
    await send(Buffer.of(0xc0), ['app', 1, record], Buffer.of(0xc0, 0xc0))
    expect(seen().length).toBe(1)
  })

  it('that opens and closes without a word is no event', async () => {
    const probe = new Client(running.port)
    probe.socket.end()
    await until(() => probe.isClosed)
    expect(running.site.emitted.filter(({ level }) => level !== 'debug')).toEqual([])
  })

  it('that is half closed still gets its acks, then the end', async () => {
    client.send(['app', 1, record, { chunk: 'half' }])
    client.socket.end()
    await until(() => client.isClosed)
    expect(client.acks()).toEqual(['half'])
  })
})

describe('JSON', () => {
  async function json(...texts: string[]): Promise<void> {
    for (const text of texts) client.send(Buffer.from(text))
    client.send(Buffer.from('["last",1,{},{"chunk":"last"}]\n'))
    await until(() => client.received.includes('{"ack":"last"}'))
  }

  it('is taken in Message and Forward mode, and acknowledged in JSON', async () => {
    await json('["a",1,{"log":"x"}]', '["b",[[1,{"n":1}],[2.5,{"n":[true,null,-1e3]}]],{"chunk":"t\\n"}]')
    expect(seen()).toEqual([
      { tag: 'a', event: [1, { log: 'x' }], options: undefined },
      { tag: 'b', event: [1, { n: 1 }], options: undefined },
      { tag: 'b', event: [2.5, { n: [true, null, -1000] }], options: undefined },
    ])
    expect(client.received.toString()).toContain('{"ack":"t\\n"}')
  })

  it('keeps big integers, duplicate and strange keys', async () => {
    await json('["a",1,{"__proto__":{"a":1},"k":1,"k":9007199254740993,"é\\u0041":"\\ud83d\\ude00"}]')
    const batch = running.site.batches[0]
    const [, events] = decode(batch.bytes.subarray(0, batch.ends[0])) as [string, Uint8Array]
    const text = Buffer.from(events)
    expect(text.includes('__proto__')).toBe(true)
    expect(text.indexOf('k')).not.toBe(text.lastIndexOf('k'))
    expect(text.includes(Buffer.from('0020000000000001', 'hex'))).toBe(true)
    expect(text.includes('éA')).toBe(true)
    expect(text.includes('😀')).toBe(true)
  })

  it('comes through byte by byte', async () => {
    for (const byte of Buffer.from('["a",1,{"log":"\\"]}x"}] ')) {
      client.send(Buffer.of(byte))
      await new Promise((resolve) => setImmediate(resolve))
    }
    await json('["b",1,{}]')
    expect(seen().map(({ tag, event }) => [tag, event[1]])).toEqual([
      ['a', { log: '"]}x' }],
      ['b', {}],
    ])
  })

  it.each(['{"a":1}', '["a",1,{"b":}]', '["a",1,{"b":01}]', '["a" 1]', '[1,2,3]', ']', '["a",1,{"b":"\u0001"}]'])(
    'that is no request closes the connection: %s',
    async (text) => {
      client.send(Buffer.from(text))
      await until(() => client.isClosed)
      expect(running.site.count('malformed_request')).toBe(1)
      expect(running.site.batches).toEqual([])
    },
  )
})
