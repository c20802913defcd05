// The log of `run`: JSON lines for machines, short lines for whoever sits at a terminal.
import { type Logger, pino } from 'pino'
import { stderrLogger } from '../pipeline/emit.ts'
import { type Colours, coloursFor, plain } from './terminal.ts'

export function runLogger(level: string): Logger {
  if (process.stderr.isTTY !== true) return stderrLogger(level)
  const colours = coloursFor(process.stderr)
  const options = { level, base: undefined, timestamp: pino.stdTimeFunctions.isoTime }
  return pino(options, { write: (line) => void process.stderr.write(lineForPeople(line, colours)) })
}

/** `12:34:56 INFO  app: Listening for the forward protocol address=127.0.0.1:24224` */
function lineForPeople(line: string, { dim, bold, red, yellow }: Colours): string {
  const { level, time, component, event, msg, ...facts } = JSON.parse(line)
  const name = (pino.levels.labels[level] ?? '').toUpperCase().padEnd(5)
  const colour = level >= 50 ? red : level >= 40 ? yellow : bold
  const rest = Object.entries(facts).map(([key, value]) => dim(` ${key}=${plain(shown(value))}`))
  const who = component === undefined ? '' : `${plain(component)}: `
  return `${dim(String(time).slice(11, 19))} ${colour(name)} ${who}${plain(String(msg))}${rest.join('')}\n`
}

function shown(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}
