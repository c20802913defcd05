// Which stream a record belongs to: the file, pod, container or tag that its line was written to. It is asked only while
// something is open across records, so it looks at the whole record once more, with leaves and paths of its own.
import type { Format } from '../../core/batch.ts'
import { grownBytes } from '../../core/growable.ts'
import { Kind, Leaves } from '../../core/leaves.ts'
import { Paths } from '../../core/paths.ts'
import type { Walk } from '../../core/wire.ts'
import { eventsHeader } from '../../wire/msgpack_frame.ts'

/** Members whose values tell streams apart; what changes from line to line of one stream may not be here. */
const NAMES: ReadonlySet<string> = new Set([
  'stream',
  'log.iostream',
  'container_id',
  'container_name',
  'container.id',
  'container.name',
  'kubernetes.namespace_name',
  'kubernetes.pod_name',
  'kubernetes.pod_id',
  'kubernetes.container_name',
  'kubernetes.docker_id',
  'kubernetes.container.name',
  'kubernetes.pod.name',
  'kubernetes.pod.uid',
  'k8s.pod.name',
  'k8s.pod.uid',
  'k8s.namespace.name',
  'k8s.container.name',
  'file',
  'filename',
  'file_path',
  'filepath',
  'log.file.path',
  'log.file.name',
  'host',
  'hostname',
  'host.name',
  '_SYSTEMD_UNIT',
  'SYSLOG_IDENTIFIER',
  'CONTAINER_ID_FULL',
  'CONTAINER_NAME',
])

/** In front of these the names of OpenTelemetry and of Fluent Bit's groups stand. */
const PREFIXES = ['attributes.', 'resource.attributes.', '@metadata.otlp.attributes.']

/** Longer values are cut: names of streams are kept, and so they must be short. */
const VALUE_BYTES_MAX = 256

const UNKNOWN = 0
const NO = 1
const YES = 2

/** Where the record at hand stands. */
export interface Place {
  readonly format: Format
  readonly bytes: Uint8Array
  readonly frameStart: number
  readonly frameEnd: number
  /** The marker of the group that the record is in; empty when there is none. */
  readonly groupStart: number
  readonly groupEnd: number
}

export class Streams {
  /** All leaves of the record that was looked at last, strings not decoded. */
  readonly leaves = new Leaves()
  paths = new Paths()
  private names = new Uint8Array(1024)

  /** The name of the stream of the record that `walk` found last. It is made of values: it is never shown. */
  of(walk: Walk, place: Place): string {
    const { format, bytes } = place
    this.leaves.reset()
    if (this.paths.full) this.forget()
    walk.again(this.leaves, this.paths)
    let name = format === 'msgpack' ? tagOf(place) : ''
    if (place.groupEnd > place.groupStart) name += `\n${hash(bytes, place.groupStart, place.groupEnd)}`
    const { leaves } = this
    for (let leaf = 0; leaf < leaves.count; leaf++) {
      if (leaves.kind[leaf] !== Kind.text || !this.isName(leaves.path[leaf])) continue
      name += `\n${cut(bytes, leaves.start[leaf], leaves.end[leaf])}`
    }
    return name
  }

  private isName(path: number): boolean {
    if (path >= this.names.length) this.names = grownBytes(this.names, path + 1)
    if (this.names[path] === UNKNOWN) this.names[path] = isStreamName(this.paths.render(path)) ? YES : NO
    return this.names[path] === YES
  }

  private forget(): void {
    this.paths = new Paths()
    this.names.fill(UNKNOWN)
  }
}

function isStreamName(path: string): boolean {
  if (NAMES.has(path)) return true
  return PREFIXES.some((prefix) => path.startsWith(prefix) && NAMES.has(path.slice(prefix.length)))
}

function tagOf({ bytes, frameStart, frameEnd }: Place): string {
  const header = eventsHeader(bytes, frameStart, frameEnd)
  return header < 0 ? '' : cut(bytes, frameStart + 1, header)
}

function cut(bytes: Uint8Array, start: number, end: number): string {
  const stop = Math.min(end, start + VALUE_BYTES_MAX)
  return Buffer.from(bytes.buffer, bytes.byteOffset + start, stop - start).toString('latin1')
}

/** FNV-1a: groups of one batch are few. */
function hash(bytes: Uint8Array, start: number, end: number): number {
  let value = 0x811c9dc5
  for (let at = start; at < end; at++) value = Math.imul(value ^ bytes[at], 0x01000193)
  return value >>> 0
}
