// What is true of the Kafka proof: the records that are written, what each must have become, and what is found when an
// independent client reads the topics.
import { spawn, spawnSync } from 'node:child_process'
import { createInterface } from 'node:readline'

const FILLER = 'lorem ipsum dolor sit amet consectetur adipiscing elit sed do eiusmod tempor '
/** Every so many records hold something. */
const EMAIL_EACH = 7
const PASSWORD_EACH = 11
const SERVICES = ['checkout', 'payments', 'search']

/** @param {number} n @param {boolean} isRedacted */
function jsonOf(n, isRedacted) {
  const { email, password } = secretsOf(n)
  const user = email && (isRedacted ? '[REDACTED:email]' : email)
  const login = password && (isRedacted ? '[REDACTED:password_field]' : password)
  const message = `order ${n} ${FILLER.slice(0, 20 + (n % 60))}${user ? `for ${user}` : ''}`
  const record = { service: SERVICES[n % SERVICES.length], n, message }
  return JSON.stringify(login ? { ...record, db: { password: login } } : record)
}

/** @param {number} n */
function secretsOf(n) {
  const email = n % EMAIL_EACH === 0 ? `user.${n}@example.com` : ''
  const password = n % PASSWORD_EACH === 0 ? `pw-${n}-Tr0ub4dor` : ''
  return { email, password }
}

/** Record `n` as it is written. @param {number} n @param {string} topic @param {number} partitions */
export function recordOf(n, topic, partitions) {
  const headers = [{ name: Buffer.from('n'), value: Buffer.from(String(n)) }]
  const key = Buffer.from(`key-${n % 100}`)
  const value = Buffer.from(jsonOf(n, false))
  return { topic, partition: n % partitions, key, value, headers, timestamp_ms: BigInt(1_700_000_000_000 + n) }
}

/** What must be read of it at the end. @param {number} n */
function lineOf(n) {
  return `key-${n % 100}\t${1_700_000_000_000 + n}\tn=${n}\t${jsonOf(n, true)}`
}

export function hasKcat() {
  return spawnSync('kcat', ['-V']).status === 0
}

/**
 * Reads committed records of a partition from its beginning to its end, with librdkafka: as `key, timestamp, headers,
 * value`, one a line.
 * @param {string} brokers @param {string} topic @param {number} partition @returns {Promise<string[]>}
 */
export async function readPartition(brokers, topic, partition) {
  const what = ['-C', '-q', '-e', '-t', topic, '-p', String(partition), '-o', 'beginning', '-f', '%k\t%T\t%h\t%s\n']
  const child = spawn('kcat', ['-b', brokers, '-X', 'isolation.level=read_committed', ...what])
  /** @type {string[]} */
  const lines = []
  let errors = ''
  child.stderr.setEncoding('utf8').on('data', (text) => {
    errors += text
  })
  const code = new Promise((resolve) => child.once('close', resolve))
  for await (const line of createInterface({ input: child.stdout })) lines.push(line)
  if ((await code) !== 0) throw new Error(`kcat: ${errors}`)
  return lines
}

/** The number of a record that was read. @param {string} line */
function numberOf(line) {
  return Number(/\tn=(\d+)\t/.exec(line)?.[1] ?? -1)
}

/**
 * Holds what came out of a partition against what went in, one by one.
 * @param {readonly string[]} before @param {readonly string[]} after
 */
export function compared(before, after) {
  const wrong = { missing: 0, again: 0, disordered: 0, changed: 0 }
  const wanted = before.map(numberOf)
  const found = after.map(numberOf)
  const times = new Map()
  for (const n of found) times.set(n, (times.get(n) ?? 0) + 1)
  for (const n of wanted) if (!times.has(n)) wrong.missing++
  for (const count of times.values()) wrong.again += count - 1
  for (let at = 1; at < found.length; at++) if (found[at] <= found[at - 1]) wrong.disordered++
  for (const line of after) if (line !== lineOf(numberOf(line))) wrong.changed++
  return wrong
}

/** @param {readonly string[]} lines of the input topic */
export function countsOf(lines) {
  const counts = { records: lines.length, email: 0, password_field: 0 }
  for (const line of lines) {
    const { email, password } = secretsOf(numberOf(line))
    if (email) counts.email++
    if (password) counts.password_field++
  }
  return counts
}

/** @param {readonly string[]} lines of the census topic */
export function countedIn(lines) {
  /** @type {Record<string, number>} */
  const counts = { records: 0, email: 0, password_field: 0 }
  const ids = new Set()
  for (const line of lines) {
    const event = JSON.parse(line.slice(line.indexOf('\t{') + 1))
    ids.add(event.id)
    if (event.event === 'coverage') counts.records += event.records_seen
    else counts[event.rule] = (counts[event.rule] ?? 0) + event.matches
  }
  return { counts, ids: ids.size }
}
