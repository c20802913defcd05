// What the kernel says of the time and memory of another process; NaN where there is no /proc.
import { existsSync, readFileSync } from 'node:fs'

/** Clock ticks of /proc are 100 a second on every Linux that Node runs on. */
const TICKS_PER_S = 100
const PAGE_KIB = 1024

export interface Usage {
  /** Processor seconds of the process, and of its main thread alone. */
  readonly cpu_s: number
  readonly main_cpu_s: number
  readonly rss_mb: number
  readonly peak_rss_mb: number
}

export function usageOf(pid: number | undefined): Usage {
  const status = `/proc/${pid}/status`
  if (!existsSync(status))
    return { cpu_s: Number.NaN, main_cpu_s: Number.NaN, rss_mb: Number.NaN, peak_rss_mb: Number.NaN }
  const memory = readFileSync(status, 'utf8')
  const mb = (name: string) => (Number(new RegExp(`${name}:\\s+(\\d+)`).exec(memory)?.[1]) * PAGE_KIB) / 1e6
  return {
    cpu_s: cpuSeconds(`/proc/${pid}/stat`),
    main_cpu_s: cpuSeconds(`/proc/${pid}/task/${pid}/stat`),
    rss_mb: mb('VmRSS'),
    peak_rss_mb: mb('VmHWM'),
  }
}

/** User and system time: fields 14 and 15, counted behind the command's name, which may hold spaces. */
function cpuSeconds(path: string): number {
  const fields = readFileSync(path, 'utf8').split(') ')[1].split(' ')
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_S
}
