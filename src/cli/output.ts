// Standard output of a command that is one of several in a pipe: it waits for a slow reader, and a reader that has had
// enough (`| head`) is no error.
import { EXIT, Quit } from './exits.ts'
import { reasonOf } from './inputs.ts'
import { complain } from './terminal.ts'

export class Output {
  /** True when nobody reads any more. */
  gone = false

  constructor() {
    // Without a listener the event would end the process; `write` has told of it.
    process.stdout.on('error', () => {})
  }

  /** Resolves when the bytes are handed over, so that their buffer may be used again. */
  async write(bytes: Uint8Array | string): Promise<void> {
    if (this.gone || bytes.length === 0) return
    const error = await new Promise<Error | null | undefined>((resolve) => process.stdout.write(bytes, resolve))
    if (!error) return
    if ((error as NodeJS.ErrnoException).code !== 'EPIPE') {
      complain(`standard output cannot be written: ${reasonOf(error)}`)
      throw new Quit(EXIT.failed)
    }
    this.gone = true
  }
}
