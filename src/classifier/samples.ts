// Samples of vendor tokens are put together from pieces, so that scanners of repositories do not take them for real.

export function pieced(...pieces: string[]): string {
  return pieces.join('')
}
