// What an operator writes about a Kafka cluster and what is read from it: the settings that sources and sinks share.
// Opens nothing but the files that the settings name.
import { readFile } from 'node:fs/promises'
import { z } from 'zod'
import { globTest } from '../../core/glob.ts'
import { addressSetting } from '../address.ts'
import { clientTls, loadClientTls } from '../tls.ts'
import type { KafkaConnection, Sasl } from './kafkajs.ts'

const milliseconds = z
  .int()
  .min(1)
  .max(2 ** 31 - 1)

const sasl = z
  .strictObject({
    mechanism: z
      .enum(['plain', 'scram-sha-256', 'scram-sha-512', 'oauthbearer'])
      .describe('How we prove who we are; without TLS, `plain` and `oauthbearer` tell a secret to everybody'),
    username: z.string().min(1).optional().describe('User, for all but `oauthbearer`'),
    password: z.string().optional().describe('Its password; write it as ${ENV} or ${file:…}'),
    token_file: z
      .string()
      .min(1)
      .optional()
      .describe('File with the token of `oauthbearer`; it is read anew for each connection'),
  })
  .refine((given) => (given.mechanism === 'oauthbearer') === (given.token_file !== undefined), {
    error: '`oauthbearer` needs `token_file`, and the other mechanisms have none',
    path: ['token_file'],
  })
  .refine(
    (given) => given.mechanism === 'oauthbearer' || (given.username !== undefined && given.password !== undefined),
    {
      error: 'this mechanism needs `username` and `password`',
      path: ['username'],
    },
  )

const broker = addressSetting.refine((text) => !text.startsWith('unix:'), { error: 'a broker is host:port' })

/** Where the cluster is and how to talk to it. */
export const clusterFields = {
  brokers: z.array(broker).min(1).describe('Some of the brokers, as host:port; the others are learned from them'),
  client_id: z.string().min(1).default('logveil').describe('Our name in the logs and quotas of the brokers'),
  tls: clientTls.optional().describe('TLS; absent: none'),
  sasl: sasl.optional().describe('Authentication; absent: none'),
  connect_timeout_ms: milliseconds.default(10_000).describe('Time to connect to a broker and to authenticate'),
  request_timeout_ms: milliseconds.default(30_000).describe('Time for an answer of a broker'),
}

const topic = z
  .string()
  .regex(/^[a-zA-Z0-9._-]{1,249}$/, { error: 'a topic has letters, digits, . _ and - (at most 249)' })

/** `otlp_proto` is what the Collector's exporter calls it. */
const valueFormat = z.enum(['json', 'text', 'msgpack', 'otlp_proto', 'otlp_json', 'auto'])

type ValueFormatName = 'json' | 'text' | 'msgpack' | 'otlp' | 'otlp_json' | 'auto'

/** What is read, by whom, from where on. */
export const readingFields = {
  topics: z.array(topic).default([]).describe('Topics to read; one that does not exist is waited for'),
  patterns: z
    .array(z.string().min(1).refine(isPattern, { error: 'this is no regular expression' }))
    .default([])
    .describe('Regular expressions; every topic is read whose whole name fits one. New topics are noticed'),
  group: z.string().min(1).describe('Consumer group: its members share the partitions, and it keeps the offsets'),
  start: z
    .enum(['earliest', 'latest'])
    .default('earliest')
    .describe('Where a group begins that has no offset, or whose offset is gone; `latest` passes over what is there'),
  format: valueFormat
    .default('json')
    .describe('How values are written; `auto` tells it from the first bytes of each, which is a guess'),
  formats: z
    .record(z.string().min(1), valueFormat)
    .default({})
    .describe('The same for some topics: names, or patterns with `*`, in front of their format'),
  partitions_max: z.int().min(1).max(4096).default(16).describe('Partitions that are worked on at the same time'),
  fetch_bytes_max: z
    .int()
    .min(1024)
    .default(10 * 1024 * 1024)
    .describe('Bytes of one fetch from a broker. One larger batch of records is fetched alone'),
  partition_bytes_max: z
    .int()
    .min(1024)
    .default(4 * 1024 * 1024)
    .describe('The same for one partition in it'),
  wait_ms_max: milliseconds.default(500).describe('How long a broker may wait for records before it answers a fetch'),
  session_timeout_ms: milliseconds
    .default(30_000)
    .describe('A member that is not heard of for so long loses its partitions'),
  rebalance_timeout_ms: milliseconds
    .default(60_000)
    .describe('Time for all members to join when partitions are shared out anew'),
  topics_refresh_ms: milliseconds.default(60_000).describe('How often it is looked for new topics'),
  rack: z.string().min(1).optional().describe('Our rack (`client.rack`): replicas in it are read'),
}

export interface ClusterSettings {
  readonly brokers: readonly string[]
  readonly client_id: string
  readonly tls?: z.infer<typeof clientTls> | undefined
  readonly sasl?: z.infer<typeof sasl> | undefined
  readonly connect_timeout_ms: number
  readonly request_timeout_ms: number
}

interface ValueSettings {
  readonly format: z.infer<typeof valueFormat>
  readonly formats: Readonly<Record<string, z.infer<typeof valueFormat>>>
}

/** The format of a topic's values, as the pipeline calls it. */
export function formatsOf({ format, formats }: ValueSettings): (topic: string) => ValueFormatName {
  const known = Object.entries(formats).map(([glob, ofThese]) => ({ fits: globTest([glob]), ofThese }))
  return (topic) => {
    const found = known.find(({ fits }) => fits(topic))?.ofThese ?? format
    return found === 'otlp_proto' ? 'otlp' : found
  }
}

/** Rejects with TLS_FILE when a file of TLS can not be used. */
export async function connectionOf(settings: ClusterSettings): Promise<KafkaConnection> {
  const { brokers, client_id, connect_timeout_ms, request_timeout_ms } = settings
  const tls = settings.tls === undefined ? null : await loadClientTls(settings.tls)
  return { brokers, client_id, tls, sasl: saslOf(settings.sasl), connect_timeout_ms, request_timeout_ms }
}

function saslOf(given: ClusterSettings['sasl']): Sasl | null {
  if (given === undefined) return null
  const { mechanism, username = '', password = '', token_file = '' } = given
  if (mechanism !== 'oauthbearer') return { mechanism, username, password }
  return { mechanism, token: async () => (await readFile(token_file, 'utf8')).trim() }
}

function isPattern(text: string): boolean {
  try {
    return new RegExp(text) !== null
  } catch {
    return false
  }
}
