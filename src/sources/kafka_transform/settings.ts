// What an operator may write about a kafka_transform source.
import { z } from 'zod'
import { LIMITS } from '../../core/limits.ts'

const topicSettings = z.strictObject({
  to: z.string().min(1).describe('The topic that the redacted records are written to; it must exist'),
  value: z
    .enum(['json', 'text', 'msgpack', 'otlp', 'otlp_json'])
    .default('json')
    .describe('What the values are: json, text, msgpack, otlp (protobuf) or otlp_json'),
})

export const kafkaTransformSettings = z.strictObject({
  brokers: z.array(z.string().min(1)).min(1).describe('host:port of some of the brokers'),
  group: z.string().min(1).describe('Consumer group; instances of one group share the partitions of the topics'),
  topics: z
    .record(z.string().min(1), topicSettings)
    .refine((topics) => Object.keys(topics).length > 0, 'give at least one topic')
    .describe('Topics to read, each with where its records go'),
  start: z
    .enum(['earliest', 'latest'])
    .default('earliest')
    .describe('Where a group begins that has committed nothing yet: earliest or latest'),
  guarantee: z
    .enum(['exactly_once', 'at_least_once'])
    .default('exactly_once')
    .describe(
      'exactly_once: records, counts and offsets in one transaction, with a producer for each partition; ' +
        'at_least_once: one producer for all of them, and what was written when an instance ends badly comes twice',
    ),
  partition: z
    .enum(['same', 'by_key'])
    .default('same')
    .describe('same: a record keeps the number of its partition; by_key: its redacted key decides'),
  census_topic: z
    .string()
    .min(1)
    .optional()
    .describe('Topic for the counts of each chunk, as events in JSON, written together with its records'),
  compression: z
    .enum(['none', 'gzip', 'snappy', 'lz4', 'zstd'])
    .default('lz4')
    .describe('How what is written is compressed'),
  transaction_timeout_ms: z
    .int()
    .min(1_000)
    .default(60_000)
    .describe('How long a transaction may take before the broker gives it up'),
  session_timeout_ms: z
    .int()
    .min(1_000)
    .default(30_000)
    .describe('An instance that is not heard of for so long has lost its partitions'),
  rebalance_timeout_ms: z
    .int()
    .min(1_000)
    .default(60_000)
    .describe('How long the others wait for an instance that is still at work when the partitions are shared out'),
  partitions_max: z
    .int()
    .min(1)
    .default(16)
    .describe('Partitions that are worked on at the same time; the others wait their turn'),
  partition_bytes_max: z
    .int()
    .min(1_024)
    .default(LIMITS.batch_bytes_target)
    .describe('What is fetched of a partition at once, compressed as it is; it becomes one transaction'),
})

export type KafkaTransformSettings = z.infer<typeof kafkaTransformSettings>
