// Forward events in place. A frame is a chunk in the one form that the source brings every carrier mode to:
//
//   Frame    ::= [ Tag, bin32 Event*, Options? ]
//   Event    ::= [ Metadata, Record ]
//   Metadata ::= integer | float | EventTime | [ Time, map ]
//
// Fluent Bit marks groups by events whose EventTime has -1 (open) or -2 (close) as seconds; the resource and scope of
// an OTLP group lie in the record of the opening marker.
import { Kind, type Leaves } from '../core/leaves.ts'
import { type Paths, ROOT } from '../core/paths.ts'
import { Step, type Walk, type Wire } from '../core/wire.ts'
import { BIN32, eventsHeader } from './msgpack_frame.ts'
import { encodeStr, spliceMsgpack } from './msgpack_splice.ts'
import { HEADER, lengthAt, MsgpackValue, SHAPE, Shape, uint32 } from './msgpack_value.ts'
import { walkerOf } from './walker.ts'

/** EventTime as ext: type 0, eight bytes of payload. */
const FIXEXT8 = 0xd7
const EXT8 = 0xc7
const EMPTY_MAP = 0x80

/** Names of the parts of a chunk that are not its records. A record's own keys never begin a path with these. */
const TAG_PATH = '@tag'
const OPTIONS_PATH = '@options'
const METADATA_PATH = '@metadata'
const GROUP_PATH = '@group'

const Stage = { tag: 0, events: 1, options: 2, done: 3 } as const

class MsgpackWalk implements Walk {
  recordStart = 0
  recordEnd = 0
  private bytes: Uint8Array = new Uint8Array(0)
  private start = 0
  private end = 0
  private eventsEnd = 0
  private at = 0
  private stage: number = Stage.done
  /** Stage of the part that was walked last. */
  private walked: number = Stage.done
  private named: Paths | undefined
  private tagPath = 0
  private optionsPath = 0
  private metadataPath = 0
  private groupPath = 0
  private readonly value = new MsgpackValue()

  begin(bytes: Uint8Array, start: number, end: number): void {
    this.bytes = bytes
    this.start = start
    this.end = end
    this.stage = Stage.tag
  }

  next(leaves: Leaves, paths: Paths): number {
    if (this.stage === Stage.events && this.at >= this.eventsEnd) {
      this.stage = this.eventsEnd < this.end ? Stage.options : Stage.done
    }
    this.walked = this.stage
    return this.stage === Stage.done ? Step.end : this.part(this.stage, leaves, paths)
  }

  quietRecords(paths: Paths, root: number): void {
    if (this.stage !== Stage.events || this.at >= this.eventsEnd) return
    this.at = walkerOf(paths).runEvents(this.bytes, this.at, this.eventsEnd, root)
  }

  again(leaves: Leaves, paths: Paths): void {
    this.at = this.recordStart
    this.part(this.walked, leaves, paths)
  }

  private part(stage: number, leaves: Leaves, paths: Paths): number {
    if (paths !== this.named) this.name(paths)
    if (stage === Stage.events) return this.event(leaves, paths)
    return stage === Stage.tag ? this.tag(leaves) : this.options(leaves, paths)
  }

  private name(paths: Paths): void {
    this.named = paths
    this.tagPath = paths.childNamed(ROOT, TAG_PATH)
    this.optionsPath = paths.childNamed(ROOT, OPTIONS_PATH)
    this.metadataPath = paths.childNamed(ROOT, METADATA_PATH)
    this.groupPath = paths.childNamed(ROOT, GROUP_PATH)
  }

  private tag(leaves: Leaves): number {
    const header = eventsHeader(this.bytes, this.start, this.end)
    if (header < 0) return this.fail(this.start, this.end, Step.malformed)
    const tag = this.start + 1
    const first = tag + HEADER[this.bytes[tag]]
    leaves.add(first, header, this.tagPath, Kind.text, tag, -1, -1)
    this.at = header + 5
    this.eventsEnd = this.at + uint32(this.bytes, header + 1)
    this.stage = Stage.events
    return Step.envelope
  }

  private event(leaves: Leaves, paths: Paths): number {
    const bytes = this.bytes
    const start = this.at
    this.recordStart = start
    const header = HEADER[bytes[start]]
    const isPair =
      SHAPE[bytes[start]] === Shape.array && start + header <= this.eventsEnd && lengthAt(bytes, start) === 2
    // What is behind something unreadable cannot be found: it fails with it.
    if (!isPair) return this.fail(start, this.eventsEnd, Step.malformed)
    const group = this.metadata(start + header, leaves, paths)
    if (group < 0) return this.fail(start, this.eventsEnd, group)
    const root = group === Step.group ? this.groupPath : ROOT
    const step = this.value.walk(bytes, this.value.at, this.eventsEnd, leaves, paths, root)
    if (step < 0) return this.fail(start, this.eventsEnd, step)
    this.at = this.value.at
    this.recordEnd = this.at
    return group
  }

  /** Walks the metadata's map if there is one; says whether the event is a group marker. */
  private metadata(at: number, leaves: Leaves, paths: Paths): number {
    const bytes = this.bytes
    if (at >= this.eventsEnd) return Step.malformed
    let time = at
    const hasMap = bytes[at] === 0x92
    if (hasMap) time = at + 1
    const byte = bytes[time]
    const shape = SHAPE[byte]
    if (shape !== Shape.number && byte !== FIXEXT8 && byte !== EXT8) return Step.malformed
    const stop = time + HEADER[byte] + (shape === Shape.number ? 0 : 8)
    if (stop > this.eventsEnd || (byte === EXT8 && bytes[time + 1] !== 8)) return Step.malformed
    this.value.at = stop
    if (hasMap && bytes[stop] === EMPTY_MAP) this.value.at = stop + 1
    else if (hasMap) {
      const root = this.metadataPath
      const step = this.value.walk(bytes, stop, this.eventsEnd, leaves, paths, root)
      if (step < 0) return step
    }
    return shape !== Shape.number && isGroupTime(bytes, stop - 8) ? Step.group : Step.record
  }

  private options(leaves: Leaves, paths: Paths): number {
    this.stage = Stage.done
    this.recordStart = this.eventsEnd
    this.recordEnd = this.end
    const step = this.value.walk(this.bytes, this.eventsEnd, this.end, leaves, paths, this.optionsPath)
    if (step < 0) return this.fail(this.start, this.end, step)
    if (this.value.at !== this.end || this.bytes[this.start] !== 0x93)
      return this.fail(this.start, this.end, Step.malformed)
    return Step.envelope
  }

  /** The bytes that fail closed together; the walk goes on behind them. */
  private fail(start: number, end: number, step: number): number {
    this.recordStart = start
    this.recordEnd = end
    if (start === this.start) this.stage = Stage.done
    else this.at = end
    return step
  }
}

/** True for the times -1 and -2 by which Fluent Bit opens and closes a group. */
export function isGroupTime(bytes: Uint8Array, payload: number): boolean {
  const seconds = uint32(bytes, payload)
  return (seconds === 0xffffffff || seconds === 0xfffffffe) && uint32(bytes, payload + 4) === 0
}

export function isGroupOpen(bytes: Uint8Array, payload: number): boolean {
  return uint32(bytes, payload) === 0xffffffff
}

export const msgpack: Wire = {
  walk: () => new MsgpackWalk(),
  splice: spliceMsgpack,
  encodeText: encodeStr,
  marker(reason, size, place) {
    const event = concat([
      Uint8Array.of(0x92, 0x00, 0x82),
      encodeStr(ascii('logveil_unreadable')),
      encodeStr(ascii(reason)),
      encodeStr(ascii('bytes')),
      Uint8Array.of(0xce, size >>> 24, (size >> 16) & 255, (size >> 8) & 255, size & 255),
    ])
    if (place !== 'frame') return event
    return concat([
      Uint8Array.of(0x92),
      encodeStr(ascii('logveil.unreadable')),
      Uint8Array.of(BIN32, 0, 0, 0, event.length),
      event,
    ])
  },
}

function ascii(text: string): Uint8Array {
  return Uint8Array.from(text, (letter) => letter.charCodeAt(0))
}

function concat(parts: Uint8Array[]): Uint8Array {
  const out = new Uint8Array(parts.reduce((size, part) => size + part.length, 0))
  let at = 0
  for (const part of parts) {
    out.set(part, at)
    at += part.length
  }
  return out
}
