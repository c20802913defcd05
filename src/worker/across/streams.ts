// Which stream a record belongs to (the file, pod, container or tag that its line was written to), which of its members
// holds the line, and whether the line goes on in the next record. It is asked only while something is open across
// records, so it looks at the whole record once more, with leaves and paths of its own.
import type { Format } from '../../core/batch.ts'
import { ATTRIBUTE_PREFIXES, CUT_FLAGS } from '../../core/cut_flags.ts'
import { grownBytes } from '../../core/growable.ts'
import { Kind, Leaves } from '../../core/leaves.ts'
import { Paths } from '../../core/paths.ts'
import type { Walk, Within } from '../../core/wire.ts'
import { eventsHeader } from '../../wire/msgpack_frame.ts'

/** Members whose values tell streams apart; what changes from line to line of one stream may not be here. */
const NAMES = [
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
]

/** Members that say `true` when the piece is the last one, though it has a flag. */
const LASTS = ['partial_last', 'CONTAINER_PARTIAL_LAST']
/** Members whose value is the same for all pieces of one line, and no other. */
const IDS = ['partial_id', 'CONTAINER_PARTIAL_ID']
/** Members that hold the line, best first. */
const TEXTS = ['log', 'message', 'MESSAGE', 'msg', 'body', 'text', 'line']

/** Longer values are cut: names of streams are kept, and so they must be short. */
const VALUE_BYTES_MAX = 256

/** What a path is; from TEXT on, the lower the better it is for the line. */
const Role = { unknown: 0, none: 1, name: 2, flag: 3, last: 4, id: 5, text: 6 } as const

const ROLES = new Map<string, number>([
  ...NAMES.map((name) => [name, Role.name] as const),
  ...[...CUT_FLAGS].map((name) => [name, Role.flag] as const),
  ...LASTS.map((name) => [name, Role.last] as const),
  ...IDS.map((name) => [name, Role.id] as const),
  ...TEXTS.map((name, at) => [name, Role.text + at] as const),
])

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
  private roles = new Uint8Array(1024)
  /** The name of its stream. It is made of values: it is never shown. */
  name = ''
  /** The leaf that holds its line, or -1. */
  text = -1
  /** Whether a member says that the line goes on; undefined when none says anything. */
  goesOn: boolean | undefined
  /** What all pieces of its line have in common, if a member says it. */
  id = ''

  /** Forgets where values lay: that was in another batch. */
  nextBatch(): void {
    this.paths.forgetValues()
  }

  /** Looks at the record that `walk` found last. */
  again(walk: Walk, place: Place): void {
    this.begin()
    walk.again(this.leaves, this.paths)
    this.read(place, walk.within)
  }

  /** Has `walk` find the next record, of a batch that nobody else walks. */
  next(walk: Walk, place: Place): number {
    this.begin()
    const step = walk.next(this.leaves, this.paths)
    if (step > 0) this.read(place, walk.within)
    return step
  }

  private begin(): void {
    this.leaves.reset()
    if (!this.paths.full) return
    this.paths = new Paths()
    this.roles.fill(Role.unknown)
  }

  private read(place: Place, within: Within | undefined): void {
    const { leaves } = this
    const { bytes } = place
    const format = within?.format ?? place.format
    if (within !== undefined) this.name = cut(bytes, within.nameStart, within.nameEnd)
    else this.name = format === 'msgpack' ? tagOf(place) : ''
    if (place.groupEnd > place.groupStart) this.name += `\n${hash(bytes, place.groupStart, place.groupEnd)}`
    this.id = ''
    this.text = -1
    this.goesOn = undefined
    let isLast = false
    let best = Number.POSITIVE_INFINITY
    for (let leaf = 0; leaf < leaves.count; leaf++) {
      if (leaves.kind[leaf] !== Kind.text) continue
      const role = format === 'text' ? Role.text : this.roleOf(leaves.path[leaf])
      if (role === Role.none) continue
      const [start, end] = [leaves.start[leaf], leaves.end[leaf]]
      if (role === Role.name) this.name += `\n${cut(bytes, start, end)}`
      else if (role === Role.flag) this.goesOn = saysYes(bytes, start, end)
      else if (role === Role.last) isLast = saysYes(bytes, start, end)
      else if (role === Role.id) this.id = cut(bytes, start, end)
      else if (role < best) {
        best = role
        this.text = leaf
      }
    }
    if (isLast) this.goesOn = false
  }

  private roleOf(path: number): number {
    if (path >= this.roles.length) this.roles = grownBytes(this.roles, path + 1)
    if (this.roles[path] === Role.unknown) this.roles[path] = roleOfName(this.paths.render(path))
    return this.roles[path]
  }
}

/** `P` of CRI, or `true`. */
export function saysYes(bytes: Uint8Array, start: number, end: number): boolean {
  const byte = bytes[start]
  return end > start && (byte === 0x50 || byte === 0x74 || byte === 0x54 || byte === 0x31)
}

function roleOfName(path: string): number {
  const known = ROLES.get(path)
  if (known !== undefined) return known
  const prefix = ATTRIBUTE_PREFIXES.find((one) => path.startsWith(one))
  const role = prefix === undefined ? undefined : ROLES.get(path.slice(prefix.length))
  return role === undefined || role >= Role.text ? Role.none : role
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
