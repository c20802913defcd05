// Reads records of Kafka: those in the value, as the reader of its format tells them, with where they came from beside
// them (kafka_fields.ts). A tombstone is a record without a body.
import { readKafkaFrame, type ValueFormat } from '../kafka_frame.ts'
import { guessFormat } from '../kafka_value.ts'
import { Field, type RecordWriter } from '../record.ts'
import { readJsonDocument } from './from_json.ts'
import { readOtlpRequest } from './from_otlp.ts'
import { readTextLine } from './from_text.ts'
import { KafkaFields } from './kafka_fields.ts'
import { skip } from './msgpack_skip.ts'
import { tellValue } from './msgpack_values.ts'
import { otlpFromJson } from './otlp_from_json.ts'

/** False when the value can not be read: then nothing was told. */
export function readKafkaRecord(bytes: Uint8Array, start: number, end: number, to: RecordWriter): boolean {
  const frame = readKafkaFrame(bytes, start)
  const fields = new KafkaFields(frame, end - start, to)
  if (frame.value !== null) return readAs(frame.format, frame.value, fields)
  fields.openRecord()
  fields.closeRecord()
  return true
}

function readAs(format: ValueFormat, value: Uint8Array, to: RecordWriter): boolean {
  switch (format) {
    case 'json':
      return readJsonDocument(value, 0, value.length, to)
    case 'msgpack':
      return readMsgpackValues(value, to)
    case 'otlp':
      return readOtlpRequest(value, 0, value.length, to)
    case 'otlp_json': {
      const request = otlpFromJson(value, Uint32Array.of(value.length))
      return request.unreadable === 0 && readOtlpRequest(request.bytes, 0, request.bytes.length, to)
    }
    case 'auto': {
      const guess = guessFormat(value, 0, value.length)
      return readAs(guess, value, to) || (guess === 'json' && readAs('text', value, to))
    }
    default:
      readTextLine(value, 0, value.length, to)
      return true
  }
}

function readMsgpackValues(value: Uint8Array, to: RecordWriter): boolean {
  for (let at = 0; at < value.length; ) {
    at = skip(value, at, value.length)
    if (at < 0) return false
  }
  for (let at = 0; at < value.length; ) {
    to.openRecord()
    to.field(Field.body)
    at = tellValue(to, value, at)
    to.closeRecord()
  }
  return true
}
