// One table of errors: code, what happened, what to do. Messages never hold bytes of a record.

export const ERRORS = {
  LISTEN_FAILED: ['Cannot listen there', 'free the port, or choose another address in `listen`'],
  TLS_FILE: ['A TLS file cannot be used', 'check that the path exists, is readable, and holds PEM of the right kind'],
  SINK_UNREACHABLE: ['The sink cannot be reached', 'check address and network; the batch is kept and retried'],
  SINK_REFUSED: ['The sink refused the batch', 'see its reason; check credentials and limits there'],
  SINK_TIMEOUT: ['The sink did not answer in time', 'check its health; the batch is kept and retried'],
  SINK_CLOSED: ['The sink is closed', 'nothing: the process is stopping'],
  DEPENDENCY: ['A package that this needs is not installed', 'install it beside logveil: npm install NAME'],
  FILE_WRITE: ['A file cannot be written', 'free disk space or mend its permissions; the batch is kept and retried'],
  CENSUS_STATE: [
    'The state of the census cannot be used',
    'mend the folder, or move the file away and lose its counts',
  ],
  COMMAND: ['A command cannot be run', 'install it, or write its path in the settings'],
  STATE_FILE: [
    'What was delivered before cannot be read',
    'mend the file, or move it away to read from the beginning again',
  ],
  AUTH_FAILED: ['The peer did not authenticate', 'give both sides the same shared_key, user and password'],
  STOPPING: ['The pipeline is stopping', 'send it again: it was not acknowledged'],
  POLICY: ['The policy does not compile', 'mend the named rule; `logveil check FILE` shows it again'],
  WORKER_LOST: ['A worker was lost twice on one batch', 'see on_error in the policy: the batch failed closed'],
  INTERNAL: ['A defect in logveil', 'please report it with the version and the code'],
} as const

export type ErrorCode = keyof typeof ERRORS

export class LogveilError extends Error {
  readonly code: ErrorCode
  readonly remedy: string

  constructor(code: ErrorCode, detail: string, cause?: unknown) {
    super(`${ERRORS[code][0]}: ${detail}`, cause === undefined ? undefined : { cause })
    this.name = 'LogveilError'
    this.code = code
    this.remedy = ERRORS[code][1]
  }
}

export class SinkError extends LogveilError {
  readonly retryable: boolean
  /** The receiver asks not to be tried again for so long. */
  readonly retry_after_ms: number | undefined

  constructor(code: ErrorCode, detail: string, retryable: boolean, cause?: unknown, retry_after_ms?: number) {
    super(code, detail, cause)
    this.name = 'SinkError'
    this.retryable = retryable
    this.retry_after_ms = retry_after_ms
  }
}
