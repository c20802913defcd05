// Asks what a group has committed as Kafka's own clients do that read within transactions (OffsetFetch version 7, with
// require_stable): while an offset is under way in a transaction the broker says so, and not what was there before.
// kafkajs knows the request up to version 4 only.
import { AsyncLocalStorage } from 'node:async_hooks'
import { createRequire } from 'node:module'
import type * as kafkajs from 'kafkajs'
import { KafkaError } from '../client.ts'

const load = createRequire(import.meta.url)

const OFFSET_FETCH = 9
const STABLE_VERSION = 7
const KNOWN_VERSION = 4

interface Encoder {
  readonly buffer: Buffer
  writeInt32(value: number): Encoder
  writeBoolean(value: boolean): Encoder
  writeUVarIntString(text: string): Encoder
  writeUVarIntArray(items: readonly Encoder[]): Encoder
  writeUVarIntBytes(bytes?: Buffer): Encoder
}

interface Decoder {
  readInt16(): number
  readInt32(): number
  readInt64(): bigint
  readUVarIntString(): string
  readUVarIntArray<T>(read: (decoder: Decoder) => T): T[]
  readTaggedFields(): unknown
}

interface Asked {
  readonly groupId: string
  readonly topics: readonly { readonly topic: string; readonly partitions: readonly { readonly partition: number }[] }[]
}

/** What kafkajs has at protocol/requests/offsetFetch. */
export interface OffsetFetch {
  versions: string[]
  protocol(given: { version: number }): (asked: Asked) => unknown
}

/** The partition that is asked for, by those who want a settled offset. */
const wanted = new AsyncLocalStorage<number>()

/**
 * The offset that the group has committed for a partition, -1 for none. Rejects with UNSTABLE_OFFSET_COMMIT while one
 * is under way, and with UNSUPPORTED_VERSION when the broker is older than 2.5.
 */
export async function settledOffset(
  admin: kafkajs.Admin,
  groupId: string,
  topic: string,
  partition: number,
): Promise<bigint> {
  const [found] = await wanted.run(partition, () => admin.fetchOffsets({ groupId, topics: [topic] }))
  return BigInt(found?.partitions.find((one) => one.partition === partition)?.offset ?? -1)
}

/** Adds the version to those that the library knows; it is used for settled offsets only. */
export function addStableVersion(api: OffsetFetch): void {
  const { protocol } = api
  api.versions.push(String(STABLE_VERSION))
  api.protocol = ({ version }) => {
    const known = protocol({ version: Math.min(version, KNOWN_VERSION) })
    return (asked) => {
      const partition = wanted.getStore()
      if (partition === undefined) return known(asked)
      if (version < STABLE_VERSION) throw new KafkaError('UNSUPPORTED_VERSION', false, false)
      const topics = asked.topics.map(({ topic }) => ({ topic, partitions: [{ partition }] }))
      return { request: requestOf({ ...asked, topics }), response: { decode, parse } }
    }
  }
}

function requestOf({ groupId, topics }: Asked) {
  const EncoderClass = load('kafkajs/src/protocol/encoder') as new () => Encoder
  const noTags = (encoder: Encoder) => encoder.writeUVarIntBytes()
  const listed = topics.map(({ topic, partitions }) => {
    const numbers = partitions.map(({ partition }) => new EncoderClass().writeInt32(partition))
    return noTags(new EncoderClass().writeUVarIntString(topic).writeUVarIntArray(numbers))
  })
  return {
    apiKey: OFFSET_FETCH,
    apiVersion: STABLE_VERSION,
    apiName: 'OffsetFetch',
    // The header of this version ends with tags, too.
    encode: async () => {
      const head = noTags(new EncoderClass()).writeUVarIntString(groupId)
      return noTags(head.writeUVarIntArray(listed).writeBoolean(true))
    },
  }
}

async function decode(raw: Buffer) {
  const DecoderClass = load('kafkajs/src/protocol/decoder') as new (raw: Buffer) => Decoder
  const decoder = new DecoderClass(raw)
  decoder.readTaggedFields()
  decoder.readInt32()
  const responses = decoder.readUVarIntArray((one) => {
    const topic = one.readUVarIntString()
    const partitions = one.readUVarIntArray(partitionOf)
    one.readTaggedFields()
    return { topic, partitions }
  })
  return { responses, errorCode: decoder.readInt16() }
}

function partitionOf(decoder: Decoder) {
  const partition = decoder.readInt32()
  const offset = decoder.readInt64().toString()
  decoder.readInt32()
  const metadata = decoder.readUVarIntString()
  const errorCode = decoder.readInt16()
  decoder.readTaggedFields()
  return { partition, offset, metadata, errorCode }
}

/** Throws the error that the response tells of. */
function parse(data: unknown): unknown {
  return load('kafkajs/src/protocol/requests/offsetFetch/v4/response').parse(data)
}
