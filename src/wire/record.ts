// One record model for sinks that store another format than they are given: the OpenTelemetry log data model, told as
// a stream of calls. Readers tell it, writers put it down; neither makes an object or a string for a record, and
// neither checks what the other is there for: a reader looks at a frame whole before it makes the first call.
//
//   stream ::= ( record | group )*
//   group  ::= openGroup ( field(resource | scope) value )* closeGroup  record*  endGroup
//   record ::= openRecord ( field value )* closeRecord        fields in the order of `Field`, each at most once
//   value  ::= none | bool | int | wide | double | time | id | str | bin | ext
//            | openMap ( name value )* closeMap  |  openArray value* closeArray
//   name   ::= key | openKey value closeKey                   the second form: a key that is no text

/** What a value belongs to. Fields of the data model, and two more: the tag of a forward chunk and its options. */
export const Field = {
  timestamp: 0,
  tag: 1,
  observed_timestamp: 2,
  severity_text: 3,
  severity_number: 4,
  event_name: 5,
  trace_id: 6,
  span_id: 7,
  trace_flags: 8,
  dropped_attributes_count: 9,
  attributes: 10,
  body: 11,
  resource: 12,
  scope: 13,
  options: 14,
} as const

/** Byte ranges are given as buffer, start and exclusive end; they are read before the call returns. */
export interface RecordWriter {
  openRecord(): void
  closeRecord(): void
  /** The records up to `endGroup` share a resource and a scope. */
  openGroup(): void
  closeGroup(): void
  endGroup(): void
  field(field: number): void

  none(): void
  bool(value: boolean): void
  /** A safe integer. */
  int(value: number): void
  /** An integer of 64 bits: its magnitude in two halves of 32 bits, and its sign. */
  wide(high: number, low: number, negative: boolean): void
  double(value: number): void
  /** Seconds since 1970, UTC, and nanoseconds below 1e9. */
  time(seconds: number, nanos: number): void
  /** A trace or span id: its raw bytes. */
  id(bytes: Uint8Array, start: number, end: number): void
  /** Text that claims to be UTF-8. */
  str(bytes: Uint8Array, start: number, end: number): void
  bin(bytes: Uint8Array, start: number, end: number): void
  ext(type: number, bytes: Uint8Array, start: number, end: number): void
  openMap(): void
  closeMap(): void
  openArray(): void
  closeArray(): void
  /** The name of the next member. Names may repeat, and come in any order. */
  key(bytes: Uint8Array, start: number, end: number): void
  openKey(): void
  closeKey(): void
}
