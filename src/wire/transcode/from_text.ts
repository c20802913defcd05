// Reads lines as records.
import { Field, type RecordWriter } from '../record.ts'

const LOG = new TextEncoder().encode('log')

/** One line, with its line feed or without. `now` is a time for writers that need one; a line itself has none. */
export function readTextLine(
  bytes: Uint8Array,
  start: number,
  end: number,
  now: { seconds: number; nanos: number } | null,
  to: RecordWriter,
): void {
  if (end > start && bytes[end - 1] === 0x0a) end--
  if (end > start && bytes[end - 1] === 0x0d) end--
  to.openRecord()
  if (now === null) {
    to.field(Field.body)
    to.str(bytes, start, end)
  } else {
    to.field(Field.timestamp)
    to.time(now.seconds, now.nanos)
    to.field(Field.body)
    to.openMap()
    to.key(LOG, 0, LOG.length)
    to.str(bytes, start, end)
    to.closeMap()
  }
  to.closeRecord()
}
