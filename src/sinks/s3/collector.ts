// Collects the records of batches into objects, one name each. An object is sealed when it is large enough or has
// waited long enough; then it stays as it is, key and bytes, until it is stored, however often that is tried: a retry
// overwrites what an attempt before it may have left. Batches are held here as views of their bytes, as the pipeline
// holds them, and no longer than it does.
export interface Sealed {
  readonly key: string
  readonly parts: readonly Uint8Array[]
}

type State = 'open' | 'sealed' | 'stored'

export class Assembly {
  readonly key: string
  readonly parts: Uint8Array[] = []
  bytes = 0
  private state: State = 'open'
  private readonly put: (sealed: Sealed) => Promise<void>
  private readonly timer: NodeJS.Timeout
  private sealing: (() => void) | null = null
  /** Resolves when nothing is added any more. */
  readonly sealed: Promise<void>
  private putting: Promise<void> | null = null

  constructor(key: string, linger_ms: number, put: (sealed: Sealed) => Promise<void>) {
    this.key = key
    this.put = put
    this.sealed = new Promise((resolve) => {
      this.sealing = resolve
    })
    this.timer = setTimeout(() => this.seal(), linger_ms)
  }

  get isOpen(): boolean {
    return this.state === 'open'
  }

  add(part: Uint8Array): void {
    this.parts.push(part)
    this.bytes += part.length
  }

  seal(): void {
    if (this.state !== 'open') return
    this.state = 'sealed'
    clearTimeout(this.timer)
    this.sealing?.()
  }

  /** Resolves when the object is stored; who asks after a failure has it tried again. One attempt at a time. */
  async stored(): Promise<void> {
    await this.sealed
    if (this.state === 'stored') return
    this.putting ??= this.attempt().finally(() => {
      this.putting = null
    })
    await this.putting
  }

  private async attempt(): Promise<void> {
    await this.put(this)
    this.state = 'stored'
    this.parts.length = 0
  }
}
