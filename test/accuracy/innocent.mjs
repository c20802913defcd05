// Lines in which nothing is to be found: what logs are full of, and what was made to look like something.

/** @typedef {import('../../dist/cli/traffic/random.js').Random} Random */

/** @type {readonly ((random: Random) => string)[]} */
const VALUES = [
  (random) => random.uuid(),
  (random) => `${1_760_000_000 + random.int(0, 9_000_000)}${random.digits(3)}`,
  (random) => `${1_760_000_000 + random.int(0, 9_000_000)}${random.digits(6)}`,
  (random) => `${1_760_000_000 + random.int(0, 9_000_000)}${random.digits(9)}`,
  (random) => random.hex(32),
  (random) => random.hex(16),
  (random) => random.hex(40),
  (random) => `0.${random.digits(16)}`,
  (random) => `${random.int(1, 99_999)}.${random.digits(9)}`,
  (random) => `ORD-${random.digits(8)}`,
  (random) => `v${random.int(0, 20)}.${random.int(0, 40)}.${random.int(0, 99)}-rc.${random.int(1, 9)}`,
  (random) => `0x${random.hex(16)}`,
  (random) => Array.from({ length: 16 }, () => random.hex(2)).join(' '),
  (random) => `2026-11-${random.int(10, 28)}T10:${random.int(10, 59)}:00.${random.digits(6)}Z`,
  (random) => `sha256:${random.hex(64)}`,
  (random) => `${random.int(1, 900)}.${random.int(10, 99)}ms`,
  (random) => `blk_-${random.digits(19)}`,
  (random) => `/var/lib/${random.hex(12)}/overlay2/${random.hex(20)}.sock`,
  (random) => `arn:aws:s3:::bucket-${random.digits(6)}/part-${random.digits(5)}`,
  (random) => `pool-${random.int(1, 9)}-thread-${random.int(1, 200)}`,
  (random) => `${random.digits(4)}-${random.digits(4)}-${random.digits(3)}`,
  (random) => `${random.int(1, 9)}e-${random.int(10, 99)}`,
  () => '****************',
  () => `${'${'}DB_PASSWORD}`,
  (random) => `lib${random.text('abcdefghij', 6)}.so.${random.int(1, 9)}`,
  (random) => `rss ${random.digits(6)} ${random.digits(6)} ${random.digits(4)}`,
]

/** @type {readonly ((value: string, random: Random) => string)[]} */
const LINES = [
  (value) => `2026-11-21 10:00:00 info request ${value} finished`,
  (value, random) => `level=info trace=${random.hex(32)} ref=${value} took=${random.int(1, 900)}ms`,
  (value, random) => JSON.stringify({ level: 'info', message: `stored ${value}`, n: random.int(1, 1e9), ref: value }),
  (value) => JSON.stringify({ log: JSON.stringify({ ref: value, list: [[value], [1, 2.5, null]] }) }),
  (value, random) => `GET /v1/items?ref=${encodeURIComponent(value)}&n=${random.int(1, 99)} HTTP/1.1" 200`,
  (value) => JSON.stringify({ payload: Buffer.from(`request ${value} finished`).toString('base64') }),
  (value) => JSON.stringify({ error: `java.lang.Error: at ${value}\n\tat com.example.Store.put(Store.java:12)` }),
  (value) => `connecting to cluster with password authentication disabled, ref ${value}, token refresh in 30s`,
]

/** @param {Random} random */
export function innocentLine(random) {
  return random.pick(LINES)(random.pick(VALUES)(random), random)
}
