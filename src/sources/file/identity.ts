// Which file it is: one that was read before, under this name or another, moved, copied or compressed, or a new one.
// The inode says it for a file that stays, the bytes for one that is moved; it reads both and changes nothing.
import type { Bytes } from './bytes.ts'
import { HEAD_BYTES, type Mark, type Marks, type Place, TAIL_BYTES } from './marks.ts'

/** A shorter beginning is no proof: many logs begin with the same words. */
const HEAD_BYTES_MIN = 64

/** Device and inode. */
export interface Key {
  readonly dev: string
  readonly ino: string
}

export type Identity =
  /** It goes on behind the mark; `before` stands in front of that place. */
  | { readonly kind: 'known'; readonly mark: Mark; readonly before: Buffer }
  | { readonly kind: 'new' }
  /** It is a copy of a file that is just read; whether it holds more will be seen. */
  | { readonly kind: 'wait' }
  /** It is a copy of what is already read, up to its own end. */
  | { readonly kind: 'copy'; readonly offset: number; readonly before: Buffer }

export function keyText({ dev, ino }: Key): string {
  return `${dev}:${ino}`
}

/** `isOpen` says whether a file is just read by that mark. */
export async function identify(
  bytes: Bytes,
  head: Buffer,
  key: Key,
  marks: Marks,
  isOpen: (mark: Mark) => boolean,
): Promise<Identity> {
  let own: Mark | undefined
  for (const mark of marks.files) if (mark.ino === key.ino && mark.dev === key.dev) own = mark
  // Most marks are of beginnings of the same length.
  const hashes = new Map<number, string>()
  const beginsLike = ({ head_bytes, head: hash }: Mark): boolean => {
    if (head.length < head_bytes) return false
    if (!hashes.has(head_bytes)) hashes.set(head_bytes, marks.hash(head.subarray(0, head_bytes)))
    return hashes.get(head_bytes) === hash
  }
  if (own !== undefined && beginsLike(own)) {
    const before = await textBefore(own, bytes, marks)
    if (before !== null) return { kind: 'known', mark: own, before }
  }
  if (own !== undefined) forgetKey(own, marks)
  for (const mark of marks.files) {
    if (mark.head_bytes < HEAD_BYTES_MIN || !beginsLike(mark)) continue
    const before = await textBefore(mark, bytes, marks)
    const size = await bytes.size()
    if (before !== null && !isOpen(mark)) return { kind: 'known', mark, before }
    if (before !== null && size > mark.offset) return { kind: 'wait' }
    const isCopy = before !== null || (size < mark.offset && (await isOnTrail(mark, bytes, marks)))
    if (isCopy) return { kind: 'copy', offset: size, before: await textOf(bytes, size) }
  }
  return { kind: 'new' }
}

/** A copy was made while the file was still written to: it ends before the mark, and holds what stood there earlier. */
async function isOnTrail(mark: Mark, bytes: Bytes, marks: Marks): Promise<boolean> {
  for (const place of mark.trail) if ((await textBefore(place, bytes, marks)) !== null) return true
  return false
}

/** Its inode is another file now, or what was in it is gone. */
export function forgetKey(mark: Mark, marks: Marks): void {
  mark.dev = ''
  mark.ino = ''
  marks.isChanged = true
}

/** What stands before the place; null when it is not what stood there, or when the file is shorter. */
async function textBefore(place: Place, bytes: Bytes, marks: Marks): Promise<Buffer | null> {
  const text = Buffer.alloc(place.tail_bytes)
  if (text.length === 0) return (await bytes.size()) >= place.offset ? text : null
  const size = await bytes.read(text, place.offset - text.length)
  return size === text.length && marks.hash(text) === place.tail ? text : null
}

/** What a file begins with. */
export async function headOf(bytes: Bytes): Promise<Buffer> {
  const head = Buffer.alloc(HEAD_BYTES)
  return head.subarray(0, await bytes.read(head, 0))
}

/** What stands before that place. */
export async function textOf(bytes: Bytes, offset: number): Promise<Buffer> {
  const text = Buffer.alloc(Math.min(TAIL_BYTES, offset))
  await bytes.read(text, offset - text.length)
  return text
}
