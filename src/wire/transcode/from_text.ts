// Reads lines as records.
import { Field, type RecordWriter } from '../record.ts'

/** One line, with its line feed or without: it is the body. */
export function readTextLine(bytes: Uint8Array, start: number, end: number, to: RecordWriter): void {
  if (end > start && bytes[end - 1] === 0x0a) end--
  if (end > start && bytes[end - 1] === 0x0d) end--
  to.openRecord()
  to.field(Field.body)
  to.str(bytes, start, end)
  to.closeRecord()
}
