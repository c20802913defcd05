// A broker with TLS, every mechanism of SASL, and permissions that come and go; and records of a size that few expect.
import { randomBytes } from 'node:crypto'
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import type { Source } from '../../src/core/component.ts'
import { loadKafkajs } from '../../src/net/kafka/kafkajs/patches.ts'
import { kafka } from '../../src/sources/kafka.ts'
import { readKafkaFrame } from '../../src/wire/kafka_frame.ts'
import { Site, until as untilSoon } from '../conformance/site.ts'
import { freePort } from '../interop/free_port.mjs'
import type { Broker } from '../interop/kafka/broker.mjs'
import { hasKafka, ownKafka } from '../interop/kafka/process.ts'
import { makeCertificates } from '../net/certificates.ts'
import { batchOf, never, startSink } from '../sinks/site.ts'
import { out, record } from './records.ts'
import { clientOf, newTopic, readTopic } from './topics.ts'

const USER = { username: 'app', password: 'made-up-for-the-tests' }
const PLAIN = 'org.apache.kafka.common.security.plain.PlainLoginModule'
const SCRAM = 'org.apache.kafka.common.security.scram.ScramLoginModule'
const OAUTH = 'org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginModule'
const READ = 3
const WRITE = 4
const TOPIC = 2
const GROUP = 3

let broker: Broker
let folder: string
let secure: string

describe.runIf(hasKafka())('a secured broker', { timeout: 90_000 }, () => {
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'logveil-kafka-tls-'))
    makeCertificates(folder)
    const pem = ['server.key', 'server.pem', 'ca.pem'].map((name) => readFileSync(join(folder, name), 'utf8')).join('')
    writeFileSync(join(folder, 'keystore.pem'), pem)
    const port = await freePort()
    secure = `localhost:${port}`
    broker = await ownKafka({ ports: { secure: port }, properties: SECURED })
    const user = ['--entity-type', 'users', '--entity-name', USER.username]
    for (const mechanism of ['SCRAM-SHA-256', 'SCRAM-SHA-512']) {
      const add = ['--alter', '--add-config', `${mechanism}=[password=${USER.password}]`, ...user]
      await broker.tool('kafka.admin.ConfigCommand', ['--bootstrap-server', broker.brokers, ...add])
    }
    await allow(GROUP, '*', READ)
  }, 180_000)
  afterAll(() => broker?.remove())

  it.each(['plain', 'scram-sha-256', 'scram-sha-512', 'oauthbearer'])('takes %s over TLS', async (mechanism) => {
    const topic = await newTopic(broker.brokers)
    await allow(TOPIC, topic, READ)
    await allow(TOPIC, topic, WRITE)
    const token_file = join(folder, 'token')
    writeFileSync(token_file, unsecuredToken(USER.username))
    const sasl = mechanism === 'oauthbearer' ? { mechanism, token_file } : { mechanism, ...USER }
    const { sink } = await startSink('kafka', { ...secured(), sasl, topic })
    await sink.send(batchOf('json', '{"a":1}'), 'id', never)
    const { site } = await start({ ...secured(), sasl, topics: [topic] })
    await until(() => site.batches.length === 1)
  })

  it('refuses a wrong password, and nothing is said of it', async () => {
    const topic = await newTopic(broker.brokers)
    const sasl = { mechanism: 'plain', username: 'app', password: 'wrong-and-secret' }
    const { site, source } = await start({ ...secured(), sasl, topics: [topic] })
    await until(() => site.count('kafka_failed') > 0)
    expect(source.ready).toBe(false)
    const { sink } = await startSink('kafka', { ...secured(), sasl, topic })
    const failure = await sink.send(batchOf('json', '{}'), 'id', never).catch((error: unknown) => error)
    expect(failure).toMatchObject({ retryable: true })
    expect(`${(failure as Error).message} ${JSON.stringify(site.said)}`).not.toContain('secret')
  })

  it('waits when a permission is taken away, and goes on when it is given back', async () => {
    const topic = await newTopic(broker.brokers)
    const sasl = { mechanism: 'plain', ...USER }
    await allow(TOPIC, topic, READ)
    const { site, source } = await start({ ...secured(), sasl, topics: [topic], topics_refresh_ms: 300 })
    const { sink } = await startSink('kafka', { ...secured(), sasl, topic })
    const refused = { code: 'SINK_REFUSED', retryable: true, message: expect.stringContaining('AUTHORIZATION') }
    await expect(sink.send(batchOf('json', '"one"'), 'one', never)).rejects.toMatchObject(refused)
    await allow(TOPIC, topic, WRITE)
    await until(() => isSent(sink.send(batchOf('json', '"one"'), 'one', never)))
    await until(() => site.batches.length === 1)
    await forbid(topic, READ)
    await until(() => site.count('kafka_failed') > 0)
    expect(source.ready).toBe(false)
    await allow(TOPIC, topic, READ)
    await sink.send(batchOf('json', '"two"'), 'two', never)
    await until(() => site.bytes.includes('two'))
    expect(site.said.map(({ facts }) => facts.code)).toContain('TOPIC_AUTHORIZATION_FAILED')
  })

  it('carries a record of 20 MiB, and the others when the next topic takes none of that size', async () => {
    const topic = await newTopic(broker.brokers, 1, { 'max.message.bytes': '30000000' })
    const next = await newTopic(broker.brokers, 1, { 'max.message.bytes': '1048588' })
    const client = clientOf(broker.brokers)
    const producer = client.producer({ idempotent: true, compression: 'none', retries: 3 })
    await producer.connect()
    const large = `"${randomBytes(15 * 1024 * 1024).toString('base64')}"`
    for (const value of ['"before"', large, '"behind"']) await producer.send([out(topic, record('k', value))])
    await producer.close()
    const { site } = await start({ brokers: [broker.brokers], topics: [topic] })
    await until(() => site.batches.reduce((count, { ends }) => count + ends.length, 0) === 3)
    const sizes = site.batches.flatMap(({ bytes, ends }) => {
      return Array.from(ends, (_, n) => readKafkaFrame(bytes, n === 0 ? 0 : ends[n - 1]).value?.length)
    })
    expect(sizes).toEqual([8, large.length, 8])
    const { sink, said } = await startSink('kafka', { brokers: [broker.brokers], topic: next })
    for (const [n, batch] of site.batches.entries()) await sink.send(batch, `id${n}`, never)
    expect((await readTopic(client, next)).map(({ value }) => Buffer.from(value ?? []).toString())).toEqual([
      '"before"',
      '"behind"',
    ])
    expect(said).toEqual([{ name: 'too_large', facts: { rejected_records: 1 } }])
  })
})

const SECURED = {
  listeners: 'PLAINTEXT://127.0.0.1:{port},CONTROLLER://127.0.0.1:{controller},SECURE://127.0.0.1:{secure}',
  'advertised.listeners': 'PLAINTEXT://127.0.0.1:{port},SECURE://localhost:{secure}',
  'listener.security.protocol.map': 'CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT,SECURE:SASL_SSL',
  'sasl.enabled.mechanisms': 'PLAIN,SCRAM-SHA-256,SCRAM-SHA-512,OAUTHBEARER',
  'listener.name.secure.plain.sasl.jaas.config': `${PLAIN} required user_app="${USER.password}";`,
  'listener.name.secure.scram-sha-256.sasl.jaas.config': `${SCRAM} required;`,
  'listener.name.secure.scram-sha-512.sasl.jaas.config': `${SCRAM} required;`,
  'listener.name.secure.oauthbearer.sasl.jaas.config': `${OAUTH} required unsecuredLoginStringClaim_sub="broker";`,
  'ssl.keystore.type': 'PEM',
  get 'ssl.keystore.location'() {
    return join(folder, 'keystore.pem')
  },
  'authorizer.class.name': 'org.apache.kafka.metadata.authorizer.StandardAuthorizer',
  'super.users': 'User:ANONYMOUS',
  'message.max.bytes': 30_000_000,
}

function secured() {
  return { brokers: [secure], tls: { ca: join(folder, 'ca.pem'), server_name: 'localhost' }, request_timeout_ms: 5000 }
}

async function start(settings: object): Promise<{ site: Site; source: Source }> {
  const site = new Site()
  const group = `g${randomBytes(4).toString('hex')}`
  const timeouts = { session_timeout_ms: 6000, rebalance_timeout_ms: 6000, wait_ms_max: 200 }
  const source = kafka.create(kafka.settings.parse({ group, ...timeouts, ...settings }), site)
  onTestFinished(() => source.stop(AbortSignal.timeout(2000)))
  await source.start()
  return { site, source }
}

/** As nobody but a test's broker takes it. */
function unsecuredToken(sub: string): string {
  const part = (of: object) => Buffer.from(JSON.stringify(of)).toString('base64url')
  const now = Math.floor(Date.now() / 1000)
  return `${part({ alg: 'none' })}.${part({ sub, iat: now, exp: now + 3600 })}.`
}

const ACL = { principal: 'User:app', host: '*', permissionType: 3 }

async function allow(resourceType: number, resourceName: string, operation: number): Promise<void> {
  const acl = [{ ...ACL, resourceType, resourceName, resourcePatternType: 3, operation }]
  await asAdmin((admin) => admin.createAcls({ acl }))
}

async function forbid(resourceName: string, operation: number): Promise<void> {
  const filters = [{ ...ACL, resourceType: TOPIC, resourceName, resourcePatternType: 3, operation }]
  await asAdmin((admin) => admin.deleteAcls({ filters }))
}

type KafkajsAdmin = ReturnType<InstanceType<ReturnType<typeof loadKafkajs>['Kafka']>['admin']>

async function asAdmin(work: (admin: KafkajsAdmin) => Promise<unknown>): Promise<void> {
  const { Kafka, logLevel } = loadKafkajs()
  const admin = new Kafka({ brokers: [broker.brokers], logLevel: logLevel.NOTHING, retry: { retries: 5 } }).admin()
  await admin.connect()
  await work(admin)
  await admin.disconnect()
}

function isSent(sent: Promise<void>): Promise<boolean> {
  return sent.then(
    () => true,
    () => false,
  )
}

function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  return untilSoon(holds, 'it', 60_000)
}
