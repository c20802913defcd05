// Files: `file` source to `file` sink over one large file of JSON lines, beside `jq`, which only reads and writes it
// again, and beside a process that only looks for ordinary patterns. They read the same file one after the other.
import { spawnSync } from 'node:child_process'
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { recordAt } from '../traffic/records.ts'
import type { ScanOrder, ScanResult } from './file_scan.ts'
import { LogveilProcess } from './logveil_process.ts'
import { Part } from './parts.ts'
import type { Report } from './report.ts'

const TRAFFIC = { seed: 5, share: 0.05 }
/** About what a line of a log has. */
const LINE_BYTES = 300
/** Made once, and written again and again: a file of a gigabyte is not made record by record. */
const BLOCK_LINES = 40_000
/** 300 MiB. */
const PEAK_MB_MAX = 314.6
const SAMPLE_MS = 50

const config = (path: string): string => `sources:
  app: { type: file, include: ${path}, state: ./state, at_end: stop }
sinks:
  store: { type: file, path: ./out/logs.ndjson, sync: never, rotate_bytes: 8589934592 }
policy:
  packs: [default]
admin: false
log: { level: info }
`

export async function benchFiles(report: Report, bytes: number): Promise<void> {
  report.section(`A file of ${Math.round(bytes / 1e6)} MB of JSON lines, ${LINE_BYTES} bytes each: file → file`)
  const folder = mkdtempSync(join(tmpdir(), 'logveil-bench-files-'))
  const path = join(folder, 'app.log')
  try {
    const size = writeLines(path, bytes)
    const own = await throughLogveil(path)
    const scan = await throughScan(path)
    const jq = throughJq(path)
    const mb = size / 1e6
    report.figure('files_mb_s', 'logveil', mb / own.seconds, 'MB/s')
    report.figure('files_cpu_ms_per_mb', 'logveil, processor time', (own.cpu_s / mb) * 1000, 'CPU ms/MB')
    report.figure('files_main_share', 'logveil, its main thread', (own.main_cpu_s / own.seconds) * 100, '% of a core')
    report.figure('files_scan_mb_s', 'one process that only scans, by RE2', mb / scan.seconds, 'MB/s')
    report.figure('files_scan_cpu_ms_per_mb', 'the same, processor time', (scan.cpu_s / mb) * 1000, 'CPU ms/MB')
    if (jq === null) report.note('jq is not installed')
    else {
      report.figure('files_jq_mb_s', 'cat | jq -c .', mb / jq, 'MB/s')
      report.ratio('files_x_jq', 'Files: × cat | jq -c .', jq / own.seconds, 1)
    }
    report.figure('files_peak_rss_mb', 'Peak memory (RSS) of logveil', own.peak_rss_mb, 'MB')
    report.ratio('files_300_mib_by_rss', 'Files: 300 MiB by the peak memory', PEAK_MB_MAX / own.peak_rss_mb, 1)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Returns the size. Each line has a number of its own, so that lines do not repeat. */
function writeLines(path: string, bytes: number): number {
  const bodies = Array.from({ length: BLOCK_LINES }, (_, at) => JSON.stringify(recordAt(at, TRAFFIC).body).slice(1))
  const file = openSync(path, 'w')
  let written = 0
  for (let number = 0; written < bytes; ) {
    let block = ''
    for (const body of bodies) {
      const line = `{"n":${number++},${body}`
      const missing = LINE_BYTES - line.length - ',"filler":""\n'.length
      block += missing > 0 ? `${line.slice(0, -1)},"filler":"${'-'.repeat(missing)}"}\n` : `${line}\n`
    }
    written += writeSync(file, block)
  }
  closeSync(file)
  return written
}

interface Took {
  readonly seconds: number
  readonly cpu_s: number
  readonly main_cpu_s: number
  readonly peak_rss_mb: number
}

async function throughLogveil(path: string): Promise<Took> {
  const logveil = await LogveilProcess.start(config(path))
  const began_ms = performance.now()
  const began = logveil.usage()
  const ended = logveil.ended.then(() => 'ended')
  try {
    // What the kernel knows of a process is gone when it is.
    let usage = began
    while ((await Promise.race([ended, sleep(SAMPLE_MS)])) !== 'ended') {
      const now = logveil.usage()
      if (now.cpu_s >= usage.cpu_s && now.peak_rss_mb > 0) usage = now
    }
    const seconds = (performance.now() - began_ms) / 1000
    const cpu_s = usage.cpu_s - began.cpu_s
    return { seconds, cpu_s, main_cpu_s: usage.main_cpu_s - began.main_cpu_s, peak_rss_mb: usage.peak_rss_mb }
  } finally {
    await logveil.stop()
  }
}

async function throughScan(path: string): Promise<ScanResult> {
  const part = await Part.start<ScanOrder, ScanResult>('file_scan')
  const result = await part.ask({ path })
  part.stop()
  return result
}

/** Seconds, or null when there is no jq. */
function throughJq(path: string): number | null {
  if (spawnSync('jq', ['--version']).status !== 0) return null
  const out = openSync(`${path}.jq`, 'w')
  const began_ms = performance.now()
  const { status } = spawnSync('sh', ['-c', 'cat "$0" | jq -c .', path], { stdio: ['ignore', out, 'ignore'] })
  closeSync(out)
  return status === 0 ? (performance.now() - began_ms) / 1000 : null
}
