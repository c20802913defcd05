// Loaded into a real `logveil run` with `node --import`: remembers the worker threads that it starts, and ends one of
// them when the parent says so, as if it had crashed. The product itself has no such door.
import { createRequire, syncBuiltinESMExports } from 'node:module'
import { isMainThread } from 'node:worker_threads'

// Also loaded into each worker; only the main thread has any to kill.
if (isMainThread) {
  const threads = createRequire(import.meta.url)('node:worker_threads')
  /** @type {Set<import('node:worker_threads').Worker>} */
  const alive = new Set()
  threads.Worker = new Proxy(threads.Worker, {
    construct(target, args) {
      const worker = Reflect.construct(target, args)
      alive.add(worker)
      worker.once('exit', () => alive.delete(worker))
      return worker
    },
  })
  syncBuiltinESMExports()
  process.on('message', (message) => {
    if (message === 'kill a worker') void [...alive][0]?.terminate()
  })
  process.once('disconnect', () => process.exit(1))
  // Waiting for the parent must not keep the process alive.
  process.channel?.unref()
}
