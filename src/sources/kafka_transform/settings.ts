// What an operator may write about a kafka_transform source.
import { z } from 'zod'
import { clusterFields, readingFields } from '../../net/kafka/settings.ts'

const TOPIC_PLACE = '{topic}'
const TOPIC = /^[a-zA-Z0-9._-]{1,249}$/

// Its topics are named one by one: a pattern would match what it writes, too.
const { patterns: _patterns, topics, ...reading } = readingFields

const topicName = z.string().regex(TOPIC, { error: 'it is no name of a topic' })

const deadLetter = z.strictObject({
  topic: topicName.describe('The topic; it must exist'),
  encrypt: z
    .strictObject({
      id: z.string().min(1).describe('Name of the key, which goes along'),
      key: z
        .string()
        .refine((key) => Buffer.from(key, 'base64').length === 32, 'it must be 32 bytes in base64')
        .describe('AES-256 key in base64; write it as ${ENV} or ${file:…}'),
    })
    .optional()
    .describe('Seals the record as it came (AES-256-GCM). Absent: only what `on_error` leaves of it goes there'),
})

export const kafkaTransformSettings = z
  .strictObject({
    ...clusterFields,
    topics: topics.unwrap().min(1).describe('Topics to read; one that does not exist is waited for'),
    to: z
      .string()
      .min(1)
      .refine((to) => TOPIC.test(to.replaceAll(TOPIC_PLACE, 't')), 'it is no name of a topic')
      .describe('Topic to write to, with `{topic}` for the name of the one that was read; it must exist'),
    ...reading,
    guarantee: z
      .enum(['exactly_once', 'at_least_once'])
      .default('exactly_once')
      .describe(
        'exactly_once: records, counts and offsets in one transaction, with a producer for each partition; ' +
          'at_least_once: one producer for all, and what was under way when an instance was killed comes twice',
      ),
    partition: z
      .enum(['same', 'by_key'])
      .default('same')
      .describe('same: a record keeps the number of its partition; by_key: its key decides, as it was redacted'),
    census_topic: topicName
      .optional()
      .describe('Topic for the counts, as events in JSON; they are written together with the records'),
    dead_letter: deadLetter
      .optional()
      .describe('Where records go that can not be inspected. Absent: to the output, as `on_error` leaves them'),
    compression: z
      .enum(['none', 'gzip', 'snappy', 'lz4', 'zstd'])
      .default('lz4')
      .describe('How what is written is compressed'),
    transaction_timeout_ms: z
      .int()
      .min(1_000)
      .max(900_000)
      .default(60_000)
      .describe('How long a transaction may take before the broker gives it up'),
  })
  .superRefine(({ topics, to, census_topic, dead_letter }, context) => {
    const outputs = topics.map((topic) => outputOf(to, topic))
    const read = [...outputs, census_topic, dead_letter?.topic].find(
      (output) => output !== undefined && topics.includes(output),
    )
    if (read === undefined) return
    const message = `${read} is read and written: its records would come again for ever`
    context.addIssue({
      code: 'custom',
      path: [read === census_topic ? 'census_topic' : outputs.includes(read) ? 'to' : 'dead_letter'],
      message,
    })
  })

export type KafkaTransformSettings = z.infer<typeof kafkaTransformSettings>

export function outputOf(to: string, topic: string): string {
  return to.replaceAll(TOPIC_PLACE, topic)
}
