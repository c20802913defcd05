// An rsyslogd of our own, and what is put into it.
import { execFile, spawn } from 'node:child_process'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, onTestFinished } from 'vitest'
import { until } from '../conformance/site.ts'

const execute = promisify(execFile)

/** An rsyslogd that reads a socket of its own and does `action` with what comes, for as long as it takes. */
export async function startRsyslog(action: string, global = ''): Promise<{ input: string; stop(): Promise<void> }> {
  const modules = action.includes('omelasticsearch') ? 'module(load="omelasticsearch")' : ''
  const folder = mkdtempSync(join(tmpdir(), 'logveil-rsyslog-'))
  const input = join(folder, 'in.sock')
  const config = join(folder, 'rsyslog.conf')
  writeFileSync(
    config,
    `global(workDirectory="${folder}" ${global})
module(load="imuxsock" SysSock.Use="off")
input(type="imuxsock" Socket="${input}" CreatePath="on"
  RateLimit.Interval="0" UsePIDFromSystem="off")
${modules}
action(${action}
  action.resumeRetryCount="-1" action.resumeInterval="1" queue.type="LinkedList")
`,
  )
  const child = spawn('rsyslogd', ['-n', '-f', config, '-i', join(folder, 'pid'), '-C'], { stdio: 'pipe' })
  let said = ''
  child.stderr.on('data', (chunk) => {
    said += chunk
  })
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()))
  const stop = async (): Promise<void> => {
    child.kill('SIGTERM')
    const killing = setTimeout(() => child.kill('SIGKILL'), 5000)
    await ended
    clearTimeout(killing)
  }
  onTestFinished(stop)
  const test = () =>
    execute('test', ['-S', input]).then(
      () => true,
      () => false,
    )
  await until(test, `rsyslogd to start (${said})`)
  return { input, stop }
}

/** Sends lines into the socket of rsyslogd, as the programs of its machine do. */
export async function feed(input: string, from: number, to: number): Promise<void> {
  const lines = Array.from({ length: to - from }, (_, n) => `number ${from + n}, of jane@example.com`).join('\n')
  const child = spawn('logger', ['-u', input, '-t', 'shop', '-p', 'user.info'], {
    stdio: ['pipe', 'ignore', 'inherit'],
  })
  child.stdin.end(`${lines}\n`)
  expect(await new Promise((resolve) => child.once('close', resolve))).toBe(0)
}

export const numbersOf = (records: Record<string, unknown>[]) =>
  records.map(({ message }) => Number(/number (\d+),/.exec(String(message))?.[1] ?? Number.NaN))
export const upTo = (count: number) => Array.from({ length: count }, (_, n) => n)
