// A record as a row of six columns, whatever its shape: what tables are ordered and searched by, and the whole document
// as text beside it. No member of it is lost for want of a column.

import { factsOf, isoTime } from '../../net/document_facts.ts'
import type { Document } from '../../net/documents.ts'

export function rowOf(record: Document, id: string, source: string, begun_ms: number): Document {
  const { bytes, facts } = record
  const { time, service, severity } = facts ?? factsOf(bytes)
  const { seconds, nanos } = time ?? { seconds: Math.floor(begun_ms / 1000), nanos: (begun_ms % 1000) * 1e6 }
  // As DateTime64 reads it, in UTC.
  const date = isoTime(seconds * 1000)
    .slice(0, 19)
    .replace('T', ' ')
  const timestamp = `${date}.${String(nanos).padStart(9, '0')}`
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString()
  return { bytes: Buffer.from(JSON.stringify({ id, timestamp, service, severity, source, record: text })) }
}
