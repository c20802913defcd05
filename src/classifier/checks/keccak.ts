// Keccak-256 as Ethereum and Monero use it: the sponge before NIST changed the padding. On 32-bit halves of its words.
// Source: G. Bertoni and others, The Keccak reference, version 3.0.

const RATE_BYTES = 136
const ROUNDS = 24
/** Of each step of the walk over the words: rotation, and the word that it comes to. */
const ROTATIONS = [1, 3, 6, 10, 15, 21, 28, 36, 45, 55, 2, 14, 27, 41, 56, 8, 25, 43, 62, 18, 39, 61, 20, 44]
const WAY = [10, 7, 11, 17, 18, 3, 5, 16, 8, 21, 24, 4, 15, 23, 19, 13, 12, 2, 20, 14, 22, 9, 6, 1]

/** Round constants, low and high half: bits of a shift register. */
const CONSTANTS = new Uint32Array(ROUNDS * 2)
for (let round = 0, register = 1; round < ROUNDS; round++) {
  for (let power = 0; power < 7; power++) {
    const bit = (1 << power) - 1
    if ((register & 1) === 1) CONSTANTS[round * 2 + (bit >> 5)] ^= 1 << (bit & 31)
    register = (register << 1) ^ ((register >> 7) * 0x171)
  }
}

const state = new Uint32Array(50)
const column = new Uint32Array(10)
const row = new Uint32Array(10)

/** The 32 bytes of the hash of [start, end). The array is one for all. */
export function keccak256(bytes: Uint8Array, start: number, end: number): Uint8Array {
  state.fill(0)
  const view = new Uint8Array(state.buffer)
  let filled = 0
  for (let at = start; at < end; at++) {
    view[filled++] ^= bytes[at]
    if (filled === RATE_BYTES) {
      permute()
      filled = 0
    }
  }
  view[filled] ^= 1
  view[RATE_BYTES - 1] ^= 0x80
  permute()
  return view.subarray(0, 32)
}

function permute(): void {
  for (let round = 0; round < ROUNDS; round++) {
    theta()
    rotate()
    for (let y = 0; y < 50; y += 10) {
      row.set(state.subarray(y, y + 10))
      for (let x = 0; x < 10; x++) state[y + x] = row[x] ^ (~row[(x + 2) % 10] & row[(x + 4) % 10])
    }
    state[0] ^= CONSTANTS[round * 2]
    state[1] ^= CONSTANTS[round * 2 + 1]
  }
}

function theta(): void {
  for (let x = 0; x < 10; x++) column[x] = state[x] ^ state[x + 10] ^ state[x + 20] ^ state[x + 30] ^ state[x + 40]
  for (let x = 0; x < 10; x += 2) {
    const [low, high] = [column[(x + 2) % 10], column[(x + 3) % 10]]
    const mixLow = column[(x + 8) % 10] ^ ((low << 1) | (high >>> 31))
    const mixHigh = column[(x + 9) % 10] ^ ((high << 1) | (low >>> 31))
    for (let y = x; y < 50; y += 10) {
      state[y] ^= mixLow
      state[y + 1] ^= mixHigh
    }
  }
}

function rotate(): void {
  let [low, high] = [state[2], state[3]]
  for (let i = 0; i < ROUNDS; i++) {
    const to = WAY[i] * 2
    const by = ROTATIONS[i]
    const [nextLow, nextHigh] = [state[to], state[to + 1]]
    const [a, b] = by < 32 ? [low, high] : [high, low]
    const bits = by & 31
    state[to] = (a << bits) | (b >>> (32 - bits))
    state[to + 1] = (b << bits) | (a >>> (32 - bits))
    low = nextLow
    high = nextHigh
  }
}
