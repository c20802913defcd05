// Typed arrays that grow by doubling: the arrays of the hot loop are made once and used for every record.

export function grownInts(old: Int32Array, needed: number): Int32Array<ArrayBuffer> {
  const bigger = new Int32Array(Math.max(needed, old.length * 2))
  bigger.set(old)
  return bigger
}

export function grownBytes(old: Uint8Array, needed: number): Uint8Array<ArrayBuffer> {
  const bigger = new Uint8Array(Math.max(needed, old.length * 2))
  bigger.set(old)
  return bigger
}
