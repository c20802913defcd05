// One line on a terminal that says how far a long read has come. Nothing when nobody would see it, or when what is
// read is written to the same terminal.
import { performance } from 'node:perf_hooks'

const FIRST_MS = 1_000
const EVERY_MS = 200
const MIB = 1024 * 1024

export class Progress {
  private readonly shows = process.stderr.isTTY === true && process.stdout.isTTY !== true
  private readonly began_ms = performance.now()
  private next_ms = this.began_ms + FIRST_MS
  private bytes = 0
  private shown = false

  add(name: string, bytes: number): void {
    this.bytes += bytes
    const now_ms = performance.now()
    if (!this.shows || now_ms < this.next_ms) return
    this.next_ms = now_ms + EVERY_MS
    this.shown = true
    const mib = this.bytes / MIB
    const perSecond = mib / ((now_ms - this.began_ms) / 1000)
    process.stderr.write(`\r\x1b[K${mib.toFixed(0)} MiB, ${perSecond.toFixed(0)} MiB/s, ${name.slice(-60)}`)
  }

  /** Takes the line away; call it before anything else is written to the terminal. */
  clear(): void {
    if (this.shown) process.stderr.write('\r\x1b[K')
    this.shown = false
  }
}
