// Reads what the file sink wrote, while it is written, and holds every line against what the record must have become.
// Lines that were redacted are what the demo shows.
import { existsSync } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { recordAt, type TrafficOptions } from '../traffic/records.ts'

/** One record before and after: the same stretch of both, from a little before the first difference. */
export interface Pair {
  readonly service: string
  readonly rule: string
  /** What both begin with. */
  readonly before: string
  readonly raw: string
  readonly redacted: string
  /** What follows the secret in both. */
  readonly behind: string
}

const READ_BYTES = 1024 * 1024
const BEFORE_CHARS = 44
const BEHIND_CHARS = 400

export class Watch {
  /** Lines that are exactly as they must be, and others. */
  exact = 0
  wrong = 0
  /** The last redacted record, for whoever wants to show one. */
  latest: Pair | null = null
  private readonly path: string
  private readonly options: TrafficOptions
  private readonly buffer = Buffer.allocUnsafe(READ_BYTES)
  private file: FileHandle | null = null
  private at = 0
  private rest = Buffer.alloc(0)

  constructor(path: string, options: TrafficOptions) {
    this.path = path
    this.options = options
  }

  /** Reads on to the end of the file. */
  async read(): Promise<void> {
    // The sink makes the file with its first batch.
    if (this.file === null && !existsSync(this.path)) return
    this.file ??= await open(this.path)
    for (;;) {
      const { bytesRead } = await this.file.read(this.buffer, 0, READ_BYTES, this.at)
      if (bytesRead === 0) return
      this.at += bytesRead
      const bytes = Buffer.concat([this.rest, this.buffer.subarray(0, bytesRead)])
      const end = bytes.lastIndexOf(0x0a) + 1
      this.rest = Buffer.from(bytes.subarray(end))
      for (const line of bytes.toString('utf8', 0, end).split('\n')) if (line !== '') this.line(line)
    }
  }

  async close(): Promise<void> {
    await this.file?.close()
  }

  private line(line: string): void {
    const stored = JSON.stringify(JSON.parse(line).body)
    const number = Number(/"seq":(\d+)/.exec(stored)?.[1])
    const wanted = recordAt(number, this.options, 'redacted')
    if (stored !== JSON.stringify(wanted.body)) {
      this.wrong++
      return
    }
    this.exact++
    const [secret] = wanted.secrets
    if (secret === undefined || secret.value === secret.redacted) return
    this.latest = pairOf(wanted.service, secret.rule, JSON.stringify(recordAt(number, this.options).body), stored)
  }
}

function pairOf(service: string, rule: string, raw: string, redacted: string): Pair {
  let start = 0
  while (raw[start] === redacted[start]) start++
  let rawEnd = raw.length
  let redactedEnd = redacted.length
  while (rawEnd > start && redactedEnd > start && raw[rawEnd - 1] === redacted[redactedEnd - 1]) {
    rawEnd--
    redactedEnd--
  }
  return {
    service,
    rule,
    before: raw.slice(Math.max(0, start - BEFORE_CHARS), start),
    raw: raw.slice(start, rawEnd),
    redacted: redacted.slice(start, redactedEnd),
    behind: raw.slice(rawEnd, rawEnd + BEHIND_CHARS),
  }
}
