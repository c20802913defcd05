// The names of OTLP's JSON as the numbers that Paths gives to keys: which field of its message a member is, and the
// path that its value has. Made once for each Paths.
import type { Paths } from '../core/paths.ts'
import { OtlpNames } from './otlp_names.ts'
import {
  ANY_VALUE,
  ENTITY_REF,
  KEY_VALUE,
  LOG_RECORD,
  type OtlpField,
  type OtlpMessage,
  REQUEST,
  RESOURCE,
  RESOURCE_LOGS,
  SCOPE,
  SCOPE_LOGS,
} from './otlp_schema.ts'
import { seen, skipString } from './transcode/json_skip.ts'
import { jsonText, text } from './transcode/json_text.ts'

const encoder = new TextEncoder()

export class OtlpJsonNames extends OtlpNames {
  private readonly paths: Paths
  private readonly fields = new Map<OtlpMessage, Map<number, OtlpField>>()
  private readonly fieldPaths = new Map<OtlpField, number>()

  constructor(paths: Paths) {
    super(paths)
    this.paths = paths
    const values = ANY_VALUE.fields.map(({ message }) => message)
    this.add(REQUEST, 0)
    this.add(RESOURCE_LOGS, this.resource)
    this.add(RESOURCE, this.resource)
    this.add(ENTITY_REF, this.entities)
    this.add(SCOPE_LOGS, this.scope)
    this.add(SCOPE, this.scope)
    this.add(LOG_RECORD, this.record)
    for (const message of [KEY_VALUE, ANY_VALUE, ...values]) this.add(message, 0)
  }

  private add(message: OtlpMessage, base: number): void {
    const byKey = new Map<number, OtlpField>()
    for (const field of message.fields) {
      for (const name of [field.name, field.snake]) {
        const bytes = encoder.encode(name)
        byKey.set(this.paths.keyOf(bytes, 0, bytes.length), field)
      }
      this.fieldPaths.set(field, this.paths.childNamed(base, field.snake))
    }
    this.fields.set(message, byKey)
  }

  /** The field that the name at `at` (its quote) stands for; undefined when the message has none of that name. */
  fieldOf(bytes: Uint8Array, at: number, message: OtlpMessage): OtlpField | undefined {
    return this.fields.get(message)?.get(this.keyOf(bytes, at))
  }

  /** Number of the key that is written in the JSON string at `at`. */
  keyOf(bytes: Uint8Array, at: number): number {
    const end = skipString(bytes, at, bytes.length) - 1
    if (!seen.escape) return this.paths.keyOf(bytes, at + 1, end)
    jsonText(bytes, at + 1, end)
    return this.paths.keyOf(text.bytes, text.start, text.end)
  }

  pathOf(field: OtlpField): number {
    return this.fieldPaths.get(field) ?? 0
  }
}
