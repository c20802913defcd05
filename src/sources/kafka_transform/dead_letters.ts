// Records that could not be inspected, or that no topic takes, as they go to the topic for such: with nothing in them
// that was not redacted, or sealed for who has the key. Headers say why, and where they came from.
//
//   sealed ::= iv(12 bytes) AES-256-GCM(JSON {key, value, headers: [[name, value]…], all in base64}) tag(16 bytes)
import { createCipheriv, randomBytes } from 'node:crypto'
import type { FetchedRecord, KafkaHeader, OutRecord } from '../../net/kafka/client.ts'
import type { KafkaFrame } from '../../wire/kafka_frame.ts'
import type { KafkaTransformSettings } from './settings.ts'

const IV_BYTES = 12
/** A key that is longer may be what is too large. */
const KEY_KEPT_BYTES_MAX = 4_096

/** `redacted` is what the policy has left of it, if anything. */
export function deadLetter(
  settings: KafkaTransformSettings,
  { topic, partition }: { readonly topic: string; readonly partition: number },
  record: FetchedRecord,
  reason: string,
  redacted: KafkaFrame | null,
): OutRecord {
  const { topic: to = '', encrypt } = settings.dead_letter ?? {}
  const why = { reason, topic, partition: String(partition), offset: String(record.offset) }
  const sealed = encrypt === undefined ? null : seal(record, Buffer.from(encrypt.key, 'base64'))
  const named = encrypt === undefined ? why : { ...why, key_id: encrypt.id }
  const headers = Object.entries(named).map(([name, text]) => header(name, text))
  const left = sealed === null && redacted !== null ? redacted : { key: null, value: sealed, headers: [] }
  // The key says where it came from, so that it goes to the same partition when it is sent again.
  const key = Buffer.from(`${topic}-${partition}@${record.offset}`)
  const own = left.key === null ? [] : [{ name: Buffer.from('logveil.key'), value: left.key }]
  return {
    topic: to,
    partition: null,
    key,
    value: left.value,
    headers: [...headers, ...own, ...left.headers],
    timestamp_ms: record.timestamp_ms,
  }
}

/** What stands for a record that the broker finds too large: a note of that, in the topic of its choice. */
export function tooLarge(settings: KafkaTransformSettings, record: OutRecord): OutRecord {
  const { dead_letter } = settings
  const isApart = dead_letter !== undefined && record.topic !== dead_letter.topic
  const bytes = (record.value?.length ?? 0) + (record.key?.length ?? 0)
  return {
    ...record,
    topic: isApart ? dead_letter.topic : record.topic,
    partition: isApart ? null : record.partition,
    key: (record.key?.length ?? 0) > KEY_KEPT_BYTES_MAX ? null : record.key,
    value: Buffer.from(JSON.stringify({ logveil_unreadable: 'too_large', bytes })),
    headers: [header('reason', 'too_large'), header('topic', record.topic)],
  }
}

function header(name: string, text: string): KafkaHeader {
  return { name: Buffer.from(`logveil.${name}`), value: Buffer.from(text) }
}

function seal({ key, value, headers }: FetchedRecord, secret: Buffer): Uint8Array {
  const shown = {
    key: base64(key),
    value: base64(value),
    headers: headers.map(({ name, value }) => [base64(name), base64(value)]),
  }
  const iv = randomBytes(IV_BYTES)
  const cipher = createCipheriv('aes-256-gcm', secret, iv)
  const text = Buffer.concat([cipher.update(JSON.stringify(shown)), cipher.final()])
  return Buffer.concat([iv, text, cipher.getAuthTag()])
}

function base64(bytes: Uint8Array | null): string | null {
  return bytes === null ? null : Buffer.from(bytes).toString('base64')
}
