// The Kafka client by kafkajs 2.2.4: the only door to that library. What it gets wrong is mended in
// kafkajs/patches.ts and kept from others in kafkajs/consumer.ts and producer.ts. Its log is not ours to print: it
// quotes what it is given.
import type { ConnectionOptions } from 'node:tls'
import type * as kafkajs from 'kafkajs'
import type { KafkaClient } from './client.ts'
import { KafkajsAdmin } from './kafkajs/admin.ts'
import { KafkajsConsumer } from './kafkajs/consumer.ts'
import { loadKafkajs } from './kafkajs/patches.ts'
import { KafkajsProducer } from './kafkajs/producer.ts'

export type Sasl =
  | { readonly mechanism: 'plain' | 'scram-sha-256' | 'scram-sha-512'; username: string; password: string }
  | { readonly mechanism: 'oauthbearer'; token(): Promise<string> }

export interface KafkaConnection {
  /** `host:port` of some of the brokers. */
  readonly brokers: readonly string[]
  readonly client_id: string
  readonly tls: ConnectionOptions | null
  readonly sasl: Sasl | null
  readonly connect_timeout_ms: number
  readonly request_timeout_ms: number
}

export function connectKafka(connection: KafkaConnection): KafkaClient {
  const { Kafka, logLevel } = loadKafkajs()
  const { sasl, tls } = connection
  const kafka = new Kafka({
    brokers: [...connection.brokers],
    clientId: connection.client_id,
    connectionTimeout: connection.connect_timeout_ms,
    authenticationTimeout: connection.connect_timeout_ms,
    requestTimeout: connection.request_timeout_ms,
    logLevel: logLevel.NOTHING,
    // All of them: what is left out is something else when NODE_ENV is `test`.
    retry: { initialRetryTime: 100, maxRetryTime: 5_000, factor: 0.2, multiplier: 2, retries: 5 },
    ...(tls === null ? {} : { ssl: tls }),
    ...(sasl === null ? {} : { sasl: saslOf(sasl) }),
  })
  return {
    consumer: (options) => new KafkajsConsumer(kafka, options),
    producer: (options) => new KafkajsProducer(kafka, options),
    admin: () => new KafkajsAdmin(kafka),
  }
}

function saslOf(sasl: Sasl): kafkajs.SASLOptions {
  if (sasl.mechanism !== 'oauthbearer') return sasl
  const { token } = sasl
  return { mechanism: 'oauthbearer', oauthBearerProvider: async () => ({ value: await token() }) }
}
