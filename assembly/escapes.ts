// JSON's escapes decoded, as src/wire/views.ts decodes them but without the way back: enough to see whether something
// may be found in a text. An escape that is none is kept.
const BACKSLASH: u32 = 0x5c

let room: usize = 4096
let decoded: usize = heap.alloc(room)
let used: usize = 0

/** Decodes [start, end); the text lies at `decodedStart` and ends at `decodedEnd`. */
export function decode(start: usize, end: usize): void {
  // Sixteen bytes are written at once, and sixteen may be read behind the end.
  if (end - start + 64 > room) {
    heap.free(decoded)
    room = (end - start) * 2 + 64
    decoded = heap.alloc(room)
  }
  let out = decoded
  let at = start
  const backslashes = i8x16.splat(<i8>BACKSLASH)
  while (at < end) {
    const some = v128.load(at)
    v128.store(out, some)
    const found = i8x16.bitmask(i8x16.eq(some, backslashes))
    const plain = min<usize>(found === 0 ? 16 : ctz(found), end - at)
    at += plain
    out += plain
    if (at < end && found !== 0) {
      out = unescaped(at, end, out)
      at += taken
    }
  }
  v128.store(out, i8x16.splat(0))
  used = out
}

export function decodedStart(): usize {
  return decoded
}

export function decodedEnd(): usize {
  return used
}

/** Bytes that the last escape took. */
let taken: usize = 0

/** Writes what the backslash at `at` and what is behind it stand for; returns where the next byte goes. */
function unescaped(at: usize, end: usize, out: usize): usize {
  const next: u32 = at + 1 < end ? load<u8>(at + 1) : 0
  if (next === 0x75) return unicode(at, end, out)
  const plain = simple(next)
  taken = plain === 0 ? 1 : 2
  store<u8>(out, plain === 0 ? <u8>BACKSLASH : <u8>plain)
  return out + 1
}

function simple(letter: u32): u32 {
  switch (letter) {
    case 0x22:
    case 0x5c:
    case 0x2f:
      return letter
    case 0x62:
      return 8
    case 0x66:
      return 12
    case 0x6e:
      return 10
    case 0x72:
      return 13
    case 0x74:
      return 9
    default:
      return 0
  }
}

function unicode(at: usize, end: usize, out: usize): usize {
  let code = hex4(at + 2, end)
  if (code < 0) {
    taken = 1
    store<u8>(out, <u8>BACKSLASH)
    return out + 1
  }
  taken = 6
  if (code >= 0xd800 && code < 0xdc00 && load<u8>(at + 6) === <u8>BACKSLASH && load<u8>(at + 7) === 0x75) {
    const low = hex4(at + 8, end)
    if (low >= 0xdc00 && low < 0xe000) {
      code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00)
      taken = 12
    }
  }
  if (code >= 0xd800 && code < 0xe000) code = 0xfffd
  return putCodePoint(code, out)
}

function hex4(at: usize, end: usize): i32 {
  if (at + 4 > end) return -1
  let value: i32 = 0
  for (let i: usize = 0; i < 4; i++) {
    const byte: u32 = load<u8>(at + i)
    const lower = byte | 0x20
    if (byte - 0x30 < 10) value = (value << 4) + (byte - 0x30)
    else if (lower - 0x61 < 6) value = (value << 4) + (lower - 0x57)
    else return -1
  }
  return value
}

function putCodePoint(code: i32, out: usize): usize {
  if (code < 0x80) {
    store<u8>(out, <u8>code)
    return out + 1
  }
  let at = out
  if (code >= 0x10000) {
    store<u8>(at++, <u8>(0xf0 | (code >> 18)))
    store<u8>(at++, <u8>(0x80 | ((code >> 12) & 0x3f)))
  } else if (code >= 0x800) store<u8>(at++, <u8>(0xe0 | (code >> 12)))
  else store<u8>(at++, <u8>(0xc0 | (code >> 6)))
  if (code >= 0x800) store<u8>(at++, <u8>(0x80 | ((code >> 6) & 0x3f)))
  store<u8>(at, <u8>(0x80 | (code & 0x3f)))
  return at + 1
}
