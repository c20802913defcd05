// The chain of an audit log: how a line is made from an entry and the line before it, and what is wrong with lines that
// somebody else gives. It does no I/O.
//
//   Line ::= {"seq":N,"time":…,"event":…,…,"prev":HASH,"hash":HASH}
//
// `hash` is the SHA-256 of the line without it, or its HMAC when there is a key; `prev` is the hash of the line before.
import { createHash, createHmac } from 'node:crypto'

/** `prev` of the first line. */
const GENESIS = '0'.repeat(64)
const TAIL = /,"hash":"([0-9a-f]{64})"\}$/
const TAIL_CHARS = `,"hash":"${GENESIS}"}`.length

/** Names, versions, numbers and lists of names; never a value of a record. */
export type AuditFacts = Readonly<Record<string, string | number | boolean | readonly string[] | undefined>>

/** Where a chain ends. */
export interface Head {
  readonly seq: number
  readonly hash: string
}

const START: Head = { seq: 0, hash: GENESIS }

export interface Problem {
  /** 1-based; of the last line when something is missing behind it. */
  readonly line: number
  readonly what: string
}

export interface Verdict {
  readonly entries: number
  readonly problems: readonly Problem[]
  readonly head: Head
  /** Bytes behind the last line feed: a line that its writer did not end. */
  readonly torn_bytes: number
}

/** The next line, with its line feed, and where the chain ends then. */
export function chained(entry: AuditFacts, head: Head, key: string | undefined): { line: string; head: Head } {
  const seq = head.seq + 1
  const body = JSON.stringify({ seq, ...entry, prev: head.hash })
  const hash = digest(body, key)
  return { line: `${body.slice(0, -1)},"hash":"${hash}"}\n`, head: { seq, hash } }
}

/** Looks at every line. `known` is where its writer said that the chain ends: a log that ends before it was cut off. */
export function verified(text: string, key: string | undefined, known?: Head): Verdict {
  const end = text.lastIndexOf('\n') + 1
  const lines = text.slice(0, end).split('\n').slice(0, -1)
  const problems: Problem[] = []
  let head = START
  let met = known === undefined || known.seq === 0
  for (const [at, line] of lines.entries()) {
    const read = linkOf(line)
    const complain = (what: string): void => void problems.push({ line: at + 1, what })
    if (read === null) {
      complain('this is no entry of an audit log')
      continue
    }
    if (digest(read.body, key) !== read.hash) complain('this entry was changed, or the key is another one')
    if (read.prev !== head.hash) complain(brokenLink(read.seq, head))
    head = { seq: read.seq, hash: read.hash }
    if (known?.seq === head.seq && known.hash === head.hash) met = true
  }
  if (!met && known !== undefined) problems.push({ line: lines.length, what: cutOff(head, known) })
  return { entries: lines.length, problems, head, torn_bytes: Buffer.byteLength(text.slice(end)) }
}

function brokenLink(seq: number, head: Head): string {
  if (seq <= head.seq) return `entry ${seq} stands behind entry ${head.seq}: entries were reordered or repeated`
  if (seq === head.seq + 1) return `entry ${seq} does not follow from the one before it, which was changed or exchanged`
  const missing = seq - head.seq - 1
  const which = missing === 1 ? `entry ${head.seq + 1} is` : `entries ${head.seq + 1} to ${seq - 1} are`
  return `${which} missing before entry ${seq}`
}

function cutOff(head: Head, known: Head): string {
  if (head.seq >= known.seq) return `entry ${known.seq} is another one than was written: the log was rewritten`
  return `the end is cut off: entry ${known.seq} was written, and the log ends with entry ${head.seq}`
}

function linkOf(line: string): { body: string; seq: number; prev: string; hash: string } | null {
  const hash = TAIL.exec(line)?.[1]
  if (hash === undefined) return null
  const body = `${line.slice(0, -TAIL_CHARS)}}`
  try {
    const { seq, prev } = JSON.parse(body)
    return Number.isSafeInteger(seq) && typeof prev === 'string' ? { body, seq, prev, hash } : null
  } catch {
    return null
  }
}

function digest(body: string, key: string | undefined): string {
  const hash = key === undefined ? createHash('sha256') : createHmac('sha256', key)
  return hash.update(body).digest('hex')
}
