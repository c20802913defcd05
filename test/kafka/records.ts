// Records of tests, and how they are compared: bytes are bytes, whatever holds them.
import type { KafkaRecord, OutRecord } from '../../src/net/kafka/client.ts'

function text(given: string | null): Uint8Array | null {
  return given === null ? null : Buffer.from(given)
}

export function record(key: string | null, value: string | null, ...headers: [string, string | null][]): KafkaRecord {
  const named = headers.map(([name, content]) => ({ name: Buffer.from(name), value: text(content) }))
  return { key: text(key), value: text(value), headers: named, timestamp_ms: 1_700_000_000_000n }
}

export function out(topic: string, given: KafkaRecord, partition: number | null = null): OutRecord {
  return { ...given, topic, partition }
}

export function shown({ key, value, headers, timestamp_ms }: KafkaRecord): unknown {
  const hex = (bytes: Uint8Array | null) => bytes && Buffer.from(bytes).toString('hex')
  return [hex(key), hex(value), headers.map((one) => [hex(one.name), hex(one.value)]), timestamp_ms]
}
