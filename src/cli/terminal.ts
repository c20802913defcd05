// What people read: colours only where a terminal shows them, and no control character that a record or a file name
// could smuggle into one.
import type { WriteStream } from 'node:tty'
import picocolors from 'picocolors'

export type Colours = ReturnType<typeof picocolors.createColors>

/** Colours for what is written to `stream`. NO_COLOR (no-color.org) and a dumb terminal switch them off. */
export function coloursFor(stream: Partial<Pick<WriteStream, 'isTTY'>>): Colours {
  const { NO_COLOR, FORCE_COLOR, TERM } = process.env
  const wants = FORCE_COLOR !== undefined && FORCE_COLOR !== '' && FORCE_COLOR !== '0'
  const shows = stream.isTTY === true && TERM !== 'dumb'
  return picocolors.createColors((NO_COLOR === undefined || NO_COLOR === '') && (wants || shows))
}

/** Text from outside, fit for a terminal: control characters and those that turn its direction as `\u{1b}`. */
export function plain(text: string): string {
  return text.replace(/[\p{Cc}\p{Bidi_Control}]/gu, (char) => `\\u{${char.codePointAt(0)!.toString(16)}}`)
}

/** Tells what went wrong, and what to do about it. Neither ever holds bytes of a record. */
export function complain(message: string, remedy?: string): void {
  const { red, bold, dim } = coloursFor(process.stderr)
  process.stderr.write(`${bold('logveil:')} ${red(plain(message))}${remedy ? dim(` (${plain(remedy)})`) : ''}\n`)
}
