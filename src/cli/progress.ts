// One line on a terminal that says how far a long read has come. Nothing when nobody would see it, or when what is
// read is written to the same terminal.
import { performance } from 'node:perf_hooks'
import { plain } from './terminal.ts'

const FIRST_MS = 1_000
const EVERY_MS = 200
const MIB = 1024 * 1024
const NAME_LENGTH_MAX = 60

export class Progress {
  private readonly shows = process.stderr.isTTY === true && process.stdout.isTTY !== true
  private readonly began_ms = performance.now()
  private next_ms = this.began_ms + FIRST_MS
  private bytes = 0
  private name = ''
  private fileBytes = 0
  private fileSize: number | undefined
  private shown = false

  /** Of a file whose size is known it says how much of it is done. */
  begin(name: string, size: number | undefined): void {
    this.name = name
    this.fileBytes = 0
    this.fileSize = size
  }

  add(bytes: number): void {
    this.bytes += bytes
    this.fileBytes += bytes
    const now_ms = performance.now()
    if (!this.shows || now_ms < this.next_ms) return
    this.next_ms = now_ms + EVERY_MS
    this.shown = true
    const mib = this.bytes / MIB
    const perSecond = mib / ((now_ms - this.began_ms) / 1000)
    const done = `${mib.toFixed(0)} MiB, ${perSecond.toFixed(0)} MiB/s`
    process.stderr.write(`\r\x1b[K${done}, ${this.left(perSecond * MIB)}${plain(this.name.slice(-NAME_LENGTH_MAX))}`)
  }

  /** `58 %, 12 s left, `, or nothing. A file may have grown meanwhile. */
  private left(bytesPerSecond: number): string {
    if (this.fileSize === undefined || this.fileSize < this.fileBytes) return ''
    const share = (this.fileBytes / this.fileSize) * 100
    const left_s = (this.fileSize - this.fileBytes) / bytesPerSecond
    return `${share.toFixed(0)} %, ${left_s.toFixed(0)} s left, `
  }

  /** Takes the line away; call it before anything else is written to the terminal. */
  clear(): void {
    if (this.shown) process.stderr.write('\r\x1b[K')
    this.shown = false
  }
}
