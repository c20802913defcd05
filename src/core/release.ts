// Gives memory back at once that the collector would find in its own time: megabytes outside the heap make it go
// through the whole heap, again and again, however little there is in it.
import { MessageChannel, type MessagePort } from 'node:worker_threads'

/** Less is not worth it, and may lie in the buffer that others share: Node cuts small ones out of one. */
const BYTES_MIN = Math.max(32 * 1024, Buffer.poolSize + 1)

let nobody: MessagePort | null = null

/** `bytes` has its buffer for itself, and nobody looks at either again: they are empty now. */
export function release(bytes: Uint8Array): void {
  const { buffer } = bytes
  if (!(buffer instanceof ArrayBuffer) || buffer.byteLength < BYTES_MIN) return
  nobody ??= closedPort()
  // What is moved to where nobody listens is gone.
  nobody.postMessage(null, [buffer])
}

function closedPort(): MessagePort {
  const { port1, port2 } = new MessageChannel()
  port2.close()
  port1.unref()
  return port1
}
