// What an operator may write about a Kafka sink.
import { z } from 'zod'
import { clusterFields } from '../../net/kafka/settings.ts'

const TEMPLATE = /^(?:[a-zA-Z0-9._-]|\{(?:topic|source|service)\})+$/

export const kafkaSettings = z.strictObject({
  ...clusterFields,
  topic: z
    .string()
    .regex(TEMPLATE, { error: 'letters, digits, . _ and -, with {topic}, {source} and {service} in it' })
    .describe(
      'Where to write; {topic} stands for the topic that a record came from, {source} for its source, {service} for ' +
        'the service that a JSON record names',
    ),
  create_topics: z
    .boolean()
    .default(false)
    .describe('Lets the brokers make topics that are missing (`auto.create.topics.enable`); else they are waited for'),
  partition: z
    .enum(['same', 'by_key'])
    .default('same')
    .describe(
      'Partition of records from Kafka: the `same` as there, so the topic needs as many; or `by_key`, as it is now',
    ),
  format: z
    .enum(['json', 'text', 'otlp_proto', 'otlp_json'])
    .default('json')
    .describe('How records from other sources are written; those from Kafka stay as they are'),
  compression: z.enum(['none', 'gzip', 'snappy', 'lz4', 'zstd']).default('lz4').describe('Compresses each batch'),
  batch_bytes_max: z
    .int()
    .min(1024)
    .default(900_000)
    .describe(
      'Bytes of a request before compression; brokers take 1 MiB unless told otherwise. One larger record goes alone',
    ),
})

export type KafkaSettings = z.infer<typeof kafkaSettings>
