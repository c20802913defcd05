// A worker that does what the frames tell it, so that tests can lose it on purpose. It redacts the word SECRET.
// `!hang`, `!throw`, `!exit`, `!oom`, `!sleep:MS`; with `@PATH` behind it only while that file does not exist yet.
import { writeFileSync } from 'node:fs'
import { move, transferableSymbol, valueSymbol } from 'piscina'

/** @param {string | undefined} path */
function isFirst(path) {
  if (path === undefined) return true
  try {
    writeFileSync(path, '', { flag: 'wx' })
    return true
  } catch {
    return false
  }
}

/** @param {string} text */
function obey(text) {
  for (const [, order, number, path] of text.matchAll(/!(hang|throw|exit|oom|sleep)(?::(\d+))?(?:@([^\s"]+))?/g)) {
    if (!isFirst(path)) continue
    if (order === 'throw') throw new Error(`told to, by ${text}`)
    if (order === 'exit') process.exit(3)
    if (order === 'hang') for (;;);
    if (order === 'sleep') Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, Number(number))
    if (order === 'oom') {
      const hoard = []
      for (;;) hoard.push(new Array(1_000).fill({ text }).map((item) => ({ ...item })))
    }
  }
}

/** @param {string} service */
function emptyService(service) {
  return { service, records: 0, affected: 0, dropped: 0, failures: {} }
}

/** @param {string[]} texts */
function count(texts) {
  /** @type {Map<string, import('../../../src/core/counts.ts').ServiceCount>} */
  const services = new Map()
  /** @type {Map<string, import('../../../src/core/counts.ts').FindingCount>} */
  const findings = new Map()
  for (const text of texts) {
    const service = /svc=(\w+)/.exec(text)?.[1] ?? 'unknown_service'
    const row = services.get(service) ?? emptyService(service)
    services.set(service, row)
    row.records++
    const matches = text.split('SECRET').length - 1
    if (matches === 0) continue
    row.affected++
    const kind = {
      rule: 'word',
      rule_version: 'w1',
      category: 'secret',
      severity: 'high',
      confidence: { high: 1 },
      action: 'mask',
      paths: ['text'],
    }
    const found = findings.get(service) ?? { service, ...kind, matches: 0, records: 0, fingerprints: [] }
    findings.set(service, found)
    found.matches += matches
    found.records++
  }
  return { findings: [...findings.values()], services: [...services.values()] }
}

/**
 * @param {import('../../../src/worker/types.ts').WorkerTask} task
 * @returns {unknown}
 */
export default function work({ bytes, ends, also, mode }) {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
  /** @type {string[]} */
  const texts = []
  for (let at = 0; at < ends.length; at++) texts.push(buffer.toString('latin1', at === 0 ? 0 : ends[at - 1], ends[at]))
  if (mode === 'inspect') obey(buffer.toString('latin1'))
  else if (buffer.includes('!unmaskable')) process.exit(4)
  const counts = count(texts)
  if (mode === 'mask_all') for (let at = 0; at < buffer.length; at++) if (buffer[at] !== 10) buffer[at] = 42
  for (let at = buffer.indexOf('SECRET'); at >= 0; at = buffer.indexOf('SECRET', at)) buffer.fill('*', at, at + 6)
  /** @type {Record<string, { bytes: Uint8Array, ends: Uint32Array }>} */
  const others = {}
  for (const format of also) {
    others[format] = { bytes: new Uint8Array(Buffer.from(buffer.toString('latin1').toUpperCase())), ends: ends.slice() }
  }
  const value = { same: { bytes, ends }, also: others, counts, worked_ms: 1 }
  const buffers = [bytes.buffer, ends.buffer]
  for (const frames of Object.values(others)) buffers.push(frames.bytes.buffer, frames.ends.buffer)
  return move(/** @type {any} */ ({ [transferableSymbol]: buffers, [valueSymbol]: value }))
}
