// The forward sink against our own forward source.
import { ExtData, encode } from '@msgpack/msgpack'
import { expect, it, onTestFinished } from 'vitest'
import type { Batch } from '../../src/core/batch.ts'
import { sources } from '../../src/sources/index.ts'
import { frame } from './receiver.ts'
import { batchOf, never, startSink } from './site.ts'

async function startSource(settings: object): Promise<{ address: string; taken: Batch[] }> {
  const spec = sources.find(({ type }) => type === 'forward')
  if (spec === undefined) throw new Error('there is no forward source')
  const taken: Batch[] = []
  const source = spec.create(spec.settings.parse({ listen: '127.0.0.1:0', ...settings }), {
    name: 'app',
    emit: () => {},
    deliver: async (batch) => void taken.push(batch),
    room: async () => {},
    hasRoom: () => true,
  })
  await source.start()
  onTestFinished(() => source.stop(AbortSignal.timeout(500)))
  return { address: source.addresses[0], taken }
}

it.each([{}, { compress: 'gzip' }, { shared_key: 'key', username: 'u', password: 'p' }])(
  'passes events byte for byte from a logveil to the next, %j',
  async (settings) => {
    const { shared_key, username, password } = settings
    const secured = shared_key === undefined ? {} : { shared_key, users: [{ username, password }] }
    const { address, taken } = await startSource(secured)
    const { sink } = await startSink('forward', { server: address, metadata: 'v1.5', ...settings })
    const marker = (byte: number) => new ExtData(0, Uint8Array.of(255, 255, 255, byte, 0, 0, 0, 0))
    const events = [
      [[marker(0xff), { schema: 'otlp' }], { resource: { attributes: { 'service.name': 'shop' } } }],
      [[5, { otlp: { severity_text: 'INFO' } }], { msg: 'x'.repeat(300) }],
      [[marker(0xfe), {}], {}],
    ]
    await sink.send(batchOf('msgpack', frame('app', events)), 'id', never)
    const bytes = Buffer.concat(taken.map((batch) => batch.bytes))
    expect(bytes.includes(Buffer.concat(events.map((event) => encode(event))))).toBe(true)
  },
)
