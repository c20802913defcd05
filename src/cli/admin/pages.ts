// What the admin port answers: a line for each path. It answers nobody with a byte of a record but `/tap`, which shows
// redacted ones only.

import type { Running } from '../../pipeline/lifecycle.ts'
import type { ConfigState, Flaw, Outcome } from '../../pipeline/reloads.ts'
import type { TapLine } from '../../pipeline/tap.ts'

export interface Answer {
  readonly status: number
  readonly type: string
  readonly body: string
}

/** An answer that goes on until one side ends it. */
export interface Stream {
  readonly type: string
  /** `send` takes lines; returns what ends the stream. */
  open(send: (line: string) => void): () => void
}

export interface Question {
  /** Of the query string. */
  readonly search: URLSearchParams
  /** Of a PUT or POST. */
  readonly body: string
  /** False: it may only know whether the process is alive and ready. */
  readonly isKnown: boolean
}

/** The log of the process, as far as it can be changed. */
export interface LogLevel {
  get(): string
  set(level: string): void
}

export interface Behind {
  readonly running: Running
  readonly log?: LogLevel
}

type Page = (behind: Behind, question: Question) => Answer | Stream | Promise<Answer>

const LEVELS = ['debug', 'info', 'warn', 'error']

/** Answered to whoever asks. */
export const OPEN_PATHS = new Set(['/health', '/ready'])

export const PAGES: Readonly<Record<string, Partial<Record<'GET' | 'POST' | 'PUT' | 'DELETE', Page>>>> = {
  '/health': { GET: () => ({ status: 200, type: 'text/plain; charset=utf-8', body: 'ok\n' }) },
  '/ready': { GET: ready },
  '/metrics': { GET: metrics },
  '/census': { GET: census },
  '/alerts': { GET: ({ running }) => json(200, running.alerts.view()), DELETE: release },
  '/config': { GET: config },
  '/reload': { POST: reload },
  '/tap': { GET: tap },
  '/log-level': { GET: logLevel, PUT: setLogLevel },
}

export function json(status: number, value: unknown): Answer {
  return { status, type: 'application/json', body: `${JSON.stringify(value)}\n` }
}

function ready({ running }: Behind, { isKnown }: Question): Answer {
  const health = running.health()
  const status = health.ready ? 200 : 503
  return json(status, isKnown ? { ...health, config: stateOf(running.config) } : { ready: health.ready })
}

async function metrics({ running }: Behind): Promise<Answer> {
  return { status: 200, type: 'text/plain; version=0.0.4; charset=utf-8', body: `${await running.metrics()}\n` }
}

function census({ running }: Behind): Answer {
  return json(200, { totals: running.census.totals(), windows: running.census.windows() })
}

function config({ running }: Behind): Answer {
  const { written, policy } = running.plan
  const { settings = null, hash = null } = written ?? {}
  return json(200, { hash, policy_version: policy.version, ...stateOf(running.config), settings })
}

/** Ends before its time what a rule on counts has tightened. */
function release({ running }: Behind, { search }: Question): Answer {
  const rule = search.get('alert')
  if (rule === null) return json(400, { error: 'say which: ?alert=RULE, and &service=NAME for one service' })
  const lifted = running.alerts.release(rule, search.get('service') ?? undefined)
  return lifted > 0 ? json(200, { lifted }) : json(404, { error: 'that rule has tightened nothing' })
}

/** 422 when the settings were refused: nothing is changed then. */
async function reload({ running }: Behind): Promise<Answer> {
  const outcome = await running.reload('the admin port')
  return json(outcome.outcome === 'refused' ? 422 : 200, shown(outcome))
}

function logLevel({ log }: Behind): Answer {
  return json(200, { level: log?.get() ?? null })
}

/** `debug` or `{"level":"debug"}`; it holds until the next change of `log.level` in the settings. */
function setLogLevel(behind: Behind, { body }: Question): Answer {
  const level = levelIn(body)
  if (level === null || !behind.log) return json(400, { error: `write one of ${LEVELS.join(', ')}` })
  behind.log.set(level)
  return logLevel(behind)
}

function levelIn(body: string): string | null {
  let level: unknown = body.trim()
  if (body.trim().startsWith('{')) {
    try {
      level = (JSON.parse(body) as { level?: unknown }).level
    } catch {
      return null
    }
  }
  return LEVELS.find((known) => known === level) ?? null
}

/** NDJSON: a line for each record, as many as the reader keeps up with and the rate allows. */
function tap({ running }: Behind, { search }: Question): Answer | Stream {
  const { service, rule } = Object.fromEntries(search)
  let see = (_line: TapLine) => {}
  const end = running.tap.watch({ service, rule }, (line) => see(line))
  if (end === null) return json(429, { error: 'too many watch already' })
  const open = (send: (line: string) => void) => {
    see = (line) => send(tapLine(line))
    return end
  }
  return { type: 'application/x-ndjson', open }
}

/** The record goes in as it is: it is JSON. */
function tapLine({ source, service, findings, record }: TapLine): string {
  const time = new Date().toISOString()
  const head = JSON.stringify({ time, source, service, findings })
  return `${head.slice(0, -1)},"record":${isJson(record) ? record : null}}\n`
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

function stateOf({ ok, loaded_ms, refused, needs_restart }: ConfigState) {
  const loaded_at = new Date(loaded_ms).toISOString()
  return { ok, loaded_at, needs_restart, ...(refused ? { refused: shown(refused) } : {}) }
}

function shown(outcome: Outcome) {
  if (outcome.outcome !== 'refused') return { ...outcome, warnings: outcome.warnings.map(placed) }
  return { ...outcome, complaints: outcome.complaints.map(placed) }
}

function placed({ file, line, column, message, remedy }: Flaw) {
  return { file, line, column, message, remedy }
}
