// Docker's json-file: `{"log":"text\n","stream":"stdout","time":"…"}`. A text without a line feed goes on in the next
// line. It takes a line apart where it lies and decodes nothing but the text.
import { skipJson, skipSpace, skipString } from '../transcode/json_skip.ts'
import { jsonText, text } from '../transcode/json_text.ts'

const LOG = '"log"'
const STREAM = '"stream"'
const LF = 0x0a

export interface DockerLine {
  readonly text: Buffer
  /** The other members as they stand, each with a comma behind it. */
  readonly head: Buffer
  readonly stream: string
  readonly goesOn: boolean
}

/** Null when the object in [start, end), which is known to be whole, has no text. */
export function dockerLine(bytes: Buffer, start: number, end: number): DockerLine | null {
  let log: Buffer | null = null
  let stream = ''
  const others: string[] = []
  let at = skipSpace(bytes, skipSpace(bytes, start, end) + 1, end)
  while (bytes[at] === 0x22) {
    const nameEnd = skipString(bytes, at, end)
    const value = skipSpace(bytes, skipSpace(bytes, nameEnd, end) + 1, end)
    const stop = skipJson(bytes, value, end)
    const name = bytes.toString('latin1', at, nameEnd)
    if (name === LOG && bytes[value] === 0x22) {
      jsonText(bytes, value + 1, stop - 1)
      log = Buffer.from(text.bytes.subarray(text.start, text.end))
    } else {
      if (name === STREAM) stream = bytes.toString('latin1', value, stop)
      others.push(bytes.toString('latin1', at, stop))
    }
    at = skipSpace(bytes, stop, end)
    if (bytes[at] === 0x2c) at = skipSpace(bytes, at + 1, end)
  }
  if (log === null) return null
  const goesOn = log.at(-1) !== LF
  const head = Buffer.from(others.map((member) => `${member},`).join(''), 'latin1')
  return { text: goesOn ? log : log.subarray(0, -1), head, stream, goesOn }
}
