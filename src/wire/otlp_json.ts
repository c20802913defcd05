// OTLP's JSON in place: a frame is one ExportLogsServiceRequest as a JSON document.

import type { Place, Wire } from '../core/wire.ts'
import { json } from './json.ts'

const encoder = new TextEncoder()

export const otlpJson: Wire = {
  walk: json.walk,
  splice: json.splice,
  encodeText: json.encodeText,
  marker: (reason, size, place) => encoder.encode(marker(reason, size, place)),
}

function marker(reason: string, size: number, place: Place): string {
  const reasonValue = `{"key":"logveil_unreadable","value":{"stringValue":"${reason}"}}`
  const values = `[${reasonValue},{"key":"bytes","value":{"intValue":"${size}"}}]`
  const record = `{"body":{"kvlistValue":{"values":${values}}}}`
  return place === 'frame' ? `{"resourceLogs":[{"scopeLogs":[{"logRecords":[${record}]}]}]}\n` : record
}
