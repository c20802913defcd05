// Puts encoded LogRecords into requests: those that follow one another with the same resource and scope go into one
// ResourceLogs and ScopeLogs. A request ends when it is large enough.
import { FieldOutput } from './field_output.ts'
import type { Output } from './output.ts'

/** What receivers take is 4 MiB by default, and other encodings of a record are longer. */
const FRAME_BYTES_MAX = 1024 * 1024

export class OtlpFrames {
  private readonly fields: FieldOutput
  private start = 0
  private isOpen = false
  private resource: Uint8Array = new Uint8Array(0)
  private scope: Uint8Array = this.resource

  constructor(size_hint: number) {
    this.fields = new FieldOutput(size_hint)
  }

  get out(): Output {
    return this.fields.out
  }

  /** `resource` and `scope` are the fields beside ScopeLogs and LogRecords, encoded: the message and its schema URL. */
  record(resource: Uint8Array, scope: Uint8Array, record: Output): void {
    this.open(resource, scope)
    this.fields.range(0x12, record.bytes, 0, record.used)
    if (this.out.used - this.start > FRAME_BYTES_MAX) this.end()
  }

  /** Opens what a record of this resource and scope goes into, unless it is open. */
  open(resource: Uint8Array, scope: Uint8Array): void {
    const { fields } = this
    const isSameResource = this.isOpen && isSame(this.resource, resource)
    if (isSameResource && isSame(this.scope, scope)) return
    if (this.isOpen) fields.close()
    if (!isSameResource) {
      if (this.isOpen) fields.close()
      fields.open(0x0a)
      this.out.append(resource)
    }
    fields.open(0x12)
    this.out.append(scope)
    this.isOpen = true
    this.resource = resource
    this.scope = scope
  }

  /** Ends the open request, if there is one. */
  end(): void {
    if (!this.isOpen) return
    this.fields.close()
    this.fields.close()
    this.isOpen = false
    this.out.endFrame()
    this.start = this.out.used
  }
}

export function isSame(left: Uint8Array, right: Uint8Array): boolean {
  if (left === right) return true
  if (left.length !== right.length) return false
  for (let at = 0; at < left.length; at++) if (left[at] !== right[at]) return false
  return true
}
