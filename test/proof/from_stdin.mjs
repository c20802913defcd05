// The half of a client process that is not the client: takes records from standard input, JSON lines of
// [tag, time in ms, record], and says on standard output how many more are acknowledged, a number a line.
import { createInterface } from 'node:readline'

const TELL_MS = 100

/**
 * Resolves when all of standard input is acknowledged. These clients queue without a limit and never say "wait": at
 * most `window` records are unacknowledged, and standard input is not read meanwhile.
 * @param {number} window
 * @param {(tag: string, time_ms: number, body: Record<string, unknown>, serial: number) => Promise<unknown>} send
 */
export async function sendFromStdin(window, send) {
  let serial = 0
  let unacknowledged = 0
  let untold = 0
  let wake = () => {}
  const acknowledged = () => {
    unacknowledged--
    untold++
    wake()
  }
  const change = () => new Promise((/** @type {(value?: undefined) => void} */ resolve) => (wake = resolve))
  const tell = () => {
    if (untold > 0) process.stdout.write(`${untold}\n`)
    untold = 0
  }
  const telling = setInterval(tell, TELL_MS)
  for await (const line of createInterface({ input: process.stdin })) {
    const [tag, time_ms, body] = JSON.parse(line)
    unacknowledged++
    send(tag, time_ms, body, serial++).then(acknowledged, fail)
    while (unacknowledged >= window) await change()
  }
  while (unacknowledged > 0) await change()
  clearInterval(telling)
  tell()
}

/** @param {unknown} error */
function fail(error) {
  process.stderr.write(`${error}\n`)
  process.exit(1)
}
