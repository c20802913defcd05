// What an operator may write about a Kafka source.
import { z } from 'zod'
import { clusterFields, readingFields } from '../../net/kafka/settings.ts'

export const kafkaSettings = z
  .strictObject({
    ...clusterFields,
    ...readingFields,
    commit_interval_ms: z
      .int()
      .min(10)
      .max(600_000)
      .default(1_000)
      .describe('How often the offsets of what was delivered are committed'),
    refused: z
      .enum(['retry', 'skip'])
      .default('retry')
      .describe('What becomes of records that a required sink refuses for good: `retry` waits with the partition'),
  })
  .refine((given) => given.topics.length + given.patterns.length > 0, {
    error: 'give `topics` or `patterns`',
    path: ['topics'],
  })

export type KafkaSettings = z.infer<typeof kafkaSettings>
