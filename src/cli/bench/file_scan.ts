// A rival of the file section, in a process of its own: reads a file and runs ordinary patterns over it, all in one
// alternation of RE2. It finds and does nothing about it.
import { open } from 'node:fs/promises'
import RE2 from 're2'
import { valuePatterns } from './usual_way.ts'

const READ_BYTES = 1024 * 1024
/** RE2 may look a few bytes behind the end of what it is given. */
const PAD_BYTES = 8

export interface ScanOrder {
  readonly path: string
}

export interface ScanResult {
  readonly matches: number
  readonly seconds: number
  readonly cpu_s: number
}

export function runFileScan(): void {
  process.on('message', async ({ path }: ScanOrder) => process.send?.(await scan(path)))
  process.send?.('ready')
}

async function scan(path: string): Promise<ScanResult> {
  const pattern = new RE2(valuePatterns().join('|'), 'g')
  const buffer = Buffer.alloc(READ_BYTES + PAD_BYTES)
  const cpu = process.cpuUsage()
  const began_ms = performance.now()
  const file = await open(path)
  let matches = 0
  let rest = 0
  for (;;) {
    const { bytesRead } = await file.read(buffer, rest, READ_BYTES - rest)
    if (bytesRead === 0) break
    const size = rest + bytesRead
    const end = buffer.subarray(0, size).lastIndexOf(0x0a) + 1
    const lines = buffer.subarray(0, end)
    pattern.lastIndex = 0
    while (pattern.exec(lines) !== null) matches++
    rest = buffer.copy(buffer, 0, end, size)
  }
  await file.close()
  const { user, system } = process.cpuUsage(cpu)
  return { matches, seconds: (performance.now() - began_ms) / 1000, cpu_s: (user + system) / 1e6 }
}
