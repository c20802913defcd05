// What transcoding gives.

export interface Transcoded {
  bytes: Uint8Array
  ends: Uint32Array
  /** Frames that could not be read. The walk failed them closed before, so this only guards; they are left out. */
  unreadable: number
}
