// Waiting that a signal can end. What was waited for goes on; nobody hears of it any more, of its failures neither.

/** What the work gives, or undefined when `signal` aborts before it is settled. */
export async function orAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T | undefined> {
  let ended = (): void => {}
  const aborted = new Promise<undefined>((resolve) => {
    ended = () => resolve(undefined)
    if (signal.aborted) ended()
    else signal.addEventListener('abort', ended, { once: true })
  })
  try {
    return await Promise.race([work, aborted])
  } finally {
    signal.removeEventListener('abort', ended)
  }
}

/** What the work gives; rejects with what `why` makes when `signal` aborts before it is settled. */
export function unlessAborted<T>(work: Promise<T>, signal: AbortSignal, why: () => Error): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(why())
    if (signal.aborted) abort()
    else signal.addEventListener('abort', abort, { once: true })
    void work.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort))
  })
}
