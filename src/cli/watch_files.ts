// Notices that one of a few files has changed. It looks at what they hold, every so often: that sees every way in which
// files are exchanged (renames, links of a mounted Kubernetes volume, network file systems), and no other event.
import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'

const LOOK_MS = 1_000

export interface WatchedFiles {
  close(): void
}

/** `paths` is asked each time. Calls `onChange` when they hold something else than before, and have held it twice. */
export function watchFiles(paths: () => readonly string[], onChange: () => void, look_ms = LOOK_MS): WatchedFiles {
  let known: string | undefined
  let seen: string | undefined
  let isOpen = true
  const look = async () => {
    const now = await digest(paths())
    known ??= now
    // What is just being written looks different at the next look.
    if (now !== known && now === seen) {
      known = now
      onChange()
    }
    seen = now
    if (isOpen) schedule()
  }
  const schedule = () => setTimeout(() => void look(), look_ms).unref()
  void look()
  return {
    close: () => {
      isOpen = false
    },
  }
}

async function digest(paths: readonly string[]): Promise<string> {
  const hash = createHash('sha256')
  for (const path of paths) {
    const content = await readFile(path).catch(() => 'not readable')
    hash.update(path).update('\0').update(content).update('\0')
  }
  return hash.digest('hex')
}
