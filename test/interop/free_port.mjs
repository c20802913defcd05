// Ports for programs that cannot be asked which one they got, and for those that have to come back on the same one.
import { createServer } from 'node:net'

/** Below the ports that systems give to those who ask for any: nobody else gets one meanwhile. */
const [FIRST, LAST] = [20_000, 32_000]
const TRIES_MAX = 200

/** @type {Set<number>} */
const given = new Set()

/** A port of this machine on which nobody listens, and which is given only once. @returns {Promise<number>} */
export async function freePort() {
  for (let tries = 0; tries < TRIES_MAX; tries++) {
    const port = FIRST + Math.floor(Math.random() * (LAST - FIRST))
    if (given.has(port) || !(await isFree(port))) continue
    given.add(port)
    return port
  }
  throw new Error(`no port between ${FIRST} and ${LAST} is free`)
}

/** @param {number} port @returns {Promise<boolean>} */
function isFree(port) {
  return new Promise((resolve) => {
    const server = createServer().once('error', () => resolve(false))
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)))
  })
}
