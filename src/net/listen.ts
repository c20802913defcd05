// Opens a listening server at an address of the settings. Never takes a socket file from a process that still uses it.
import { chmod, lstat, unlink } from 'node:fs/promises'
import { connect, type Server } from 'node:net'
import { LogveilError } from '../core/errors.ts'
import { type Address, formatAddress, formatBound } from './address.ts'

/** Resolves with the address that it has (port 0 made real). Rejects with LISTEN_FAILED. */
export async function listen(server: Server, address: Address, unix_mode: number): Promise<string> {
  if (address.kind === 'unix') await removeStale(address.path)
  await new Promise<void>((resolve, reject) => {
    const fail = (error: NodeJS.ErrnoException): void => reject(failed(address, error.code ?? 'unknown', error))
    server.once('error', fail)
    const done = (): void => {
      server.off('error', fail)
      resolve()
    }
    if (address.kind === 'unix') server.listen(address.path, done)
    else server.listen(address.port, address.host, done)
  })
  // Until here the umask decides, which lets others in less than any mode that is worth writing.
  if (address.kind === 'unix') await chmod(address.path, unix_mode)
  return formatBound(server.address())
}

/** Resolves when no connection is open and the server has let go of its address; safe before it listened. */
export function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => server.close(() => resolve()))
}

/** A socket file that nobody answers was left by a process that was killed. Anything else stays. */
async function removeStale(path: string): Promise<void> {
  const address: Address = { kind: 'unix', path }
  const found = await lstat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null
    throw failed(address, error.code ?? 'unknown', error)
  })
  if (found === null) return
  if (!found.isSocket()) throw failed(address, 'a file that is no socket is there')
  const code = await answer(path)
  if (code === 'ECONNREFUSED') await unlink(path)
  else if (code !== 'ENOENT') throw failed(address, code === null ? 'EADDRINUSE' : code)
}

/** The error code of an attempt to connect, or null when somebody answers. */
function answer(path: string): Promise<string | null> {
  return new Promise((resolve) => {
    const socket = connect(path, () => {
      socket.destroy()
      resolve(null)
    })
    socket.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? 'unknown'))
  })
}

function failed(address: Address, reason: string, cause?: unknown): LogveilError {
  return new LogveilError('LISTEN_FAILED', `${formatAddress(address)} (${reason})`, cause)
}
