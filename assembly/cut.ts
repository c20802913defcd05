// Says whether the line in a text may go on in the next record: JavaScript then looks closer (src/worker/across).

/** Docker cuts lines there and marks nothing. */
const DOCKER_PIECE_BYTES: usize = 16384
/** A time and a stream stand in front of the flag of CRI. */
const CRI_BYTES_MIN: usize = 29

export function mayGoOn(start: usize, end: usize): bool {
  const size = end - start
  if (size < CRI_BYTES_MIN) return false
  if (size >= DOCKER_PIECE_BYTES) return true
  if (load<u8>(start + 4) !== 0x2d || load<u8>(start + 7) !== 0x2d || load<u8>(start + 10) !== 0x54) return false
  // `2026-11-21T08:00:00Z stdout P `: the time takes twenty bytes at least, and P says that the line goes on.
  for (let at = start + 20; at < end - 8 && at <= start + 40; at++) {
    if (load<u8>(at) === 0x20) return load<u8>(at + 8) === 0x50
  }
  return false
}
