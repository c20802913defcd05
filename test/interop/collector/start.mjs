// Starts the built Collector as a process of its own. What it is told and what becomes of it is its caller's business.
import { spawn } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

const READY = 'Everything is ready'
/** It takes one second on an idle machine. */
const START_MS_MAX = 60_000

/**
 * `config` as the Collector reads it; `${env:FOLDER}` in it is the folder. `stop` resolves when the process has ended:
 * SIGTERM lets it drain, SIGKILL does not.
 * @param {string} otelcol @param {unknown} config @param {string} folder
 */
export async function startOtelcol(otelcol, config, folder, name = 'collector') {
  const file = join(folder, `${name}.json`)
  writeFileSync(file, JSON.stringify(config))
  const child = spawn(otelcol, ['--config', file], {
    env: { ...process.env, FOLDER: folder },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let log = ''
  child.stderr.setEncoding('utf8').on('data', (text) => {
    log += text
  })
  /** @type {Promise<void>} */
  const ended = new Promise((resolve) => child.once('exit', () => resolve()))
  const stop = async (/** @type {NodeJS.Signals} */ signal = 'SIGTERM') => {
    if (child.exitCode === null && child.signalCode === null) child.kill(signal)
    await ended
  }
  // Whoever starts it and goes does not leave it behind.
  const orphaned = () => void child.kill('SIGKILL')
  process.once('exit', orphaned)
  void ended.then(() => process.off('exit', orphaned))
  const since = performance.now()
  while (!log.includes(READY)) {
    if (child.exitCode !== null || performance.now() - since > START_MS_MAX) {
      await stop('SIGKILL')
      throw new Error(`the Collector does not start:\n${log.slice(-3000)}`)
    }
    await sleep(50)
  }
  /** It does nothing until it is told to go on. */
  const pause = () => void child.kill('SIGSTOP')
  const goOn = () => void child.kill('SIGCONT')
  return { log: () => log, stop, pause, goOn }
}
