// Owns what OpenTelemetry's libraries say of themselves (an export that failed, a receiver that took only a part): they
// have one place for it in a process, and several parts of this program want to hear it.
import { DiagLogLevel, diag } from '@opentelemetry/api'
import { setGlobalErrorHandler } from '@opentelemetry/core'

/** `more` is what a library adds to its message: an error, or a text. */
export type Notice = (level: 'warn' | 'error', message: string, more: readonly unknown[]) => void

const listeners = new Set<Notice>()

/** Returns how to stop listening. */
export function onOtelNotice(notice: Notice): () => void {
  if (listeners.size === 0) {
    const tell =
      (level: 'warn' | 'error') =>
      (message: string, ...more: unknown[]) => {
        for (const listener of listeners) listener(level, message, more)
      }
    const quiet = () => {}
    const logger = { error: tell('error'), warn: tell('warn'), info: quiet, debug: quiet, verbose: quiet }
    // By default it would be written as JSON, with the stack.
    setGlobalErrorHandler((error) => logger.error(typeof error === 'string' ? error : String(error.message)))
    diag.setLogger(logger, { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true })
  }
  listeners.add(notice)
  return () => void listeners.delete(notice)
}
