// What may be said of an error that nobody foresaw: its class, its code and where it was. Never its message, which
// could hold bytes of a record.

const PLACES_MAX = 8

export function describeDefect(error: unknown): string {
  if (!(error instanceof Error)) return typeof error
  const { code } = error as NodeJS.ErrnoException
  const places = (error.stack ?? '').split('\n').filter((line) => /^ {4}at /.test(line))
  return [error.name, code, ...places.slice(0, PLACES_MAX).map((place) => place.trim())].filter(Boolean).join(' ')
}
