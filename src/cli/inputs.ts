// Opens what a command is to read: files by name, and standard input. It tells what is wrong with a name in words.
import { type FileHandle, open, readFile } from 'node:fs/promises'
import type { Readable } from 'node:stream'
import { EXIT, Quit } from './exits.ts'
import { complain } from './terminal.ts'

const READ_BYTES = 1024 * 1024

/** What `-` and no name at all are called. */
const STDIN = '<stdin>'

export interface Input {
  /** As it was given, or `<stdin>`. */
  readonly name: string
  readonly stream: Readable
  /** Absent for pipes and devices. */
  readonly size: number | undefined
}

const REASONS = new Map([
  ['ENOENT', 'there is no such file'],
  ['EACCES', 'it may not be read'],
  ['EPERM', 'it may not be read'],
  ['EISDIR', 'it is a directory'],
  ['ENOTDIR', 'a part of its path is no directory'],
  ['ELOOP', 'its symbolic links go in a circle'],
  ['EMFILE', 'too many files are open'],
  ['EIO', 'the device failed'],
  ['ENOSPC', 'no space is left'],
])

/** The reason of a failed system call in words. Its own message may name more than is wanted. */
export function reasonOf(error: unknown): string {
  const { code } = error as NodeJS.ErrnoException
  return REASONS.get(code ?? '') ?? code ?? 'unknown reason'
}

/** Undefined when it cannot be opened; that was told then. */
export async function openInput(file: string): Promise<Input | undefined> {
  if (file === '-') return { name: STDIN, stream: process.stdin, size: undefined }
  let handle: FileHandle | undefined
  try {
    handle = await open(file)
    const stats = await handle.stat()
    if (stats.isDirectory()) throw Object.assign(new Error(), { code: 'EISDIR' })
    const stream = handle.createReadStream({ highWaterMark: READ_BYTES })
    return { name: file, stream, size: stats.isFile() ? stats.size : undefined }
  } catch (error) {
    await handle?.close()
    complain(`${file}: ${reasonOf(error)}`)
    return undefined
  }
}

/** The text of a settings file. Undefined when it cannot be read; that was told then. */
export async function readSettings(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    complain(`${file}: ${reasonOf(error)}`)
    return undefined
  }
}

/** Ends the command when a settings file cannot be read. */
export async function needSettings(file: string): Promise<string> {
  const text = await readSettings(file)
  if (text === undefined) throw new Quit(EXIT.usage)
  return text
}
