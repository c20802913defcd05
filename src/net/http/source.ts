// A source whose clients send requests, from its start to its end, whatever it listens for. It decides nothing about a
// request.
import type { Source, SourceSite } from '../../core/component.ts'
import { LogveilError } from '../../core/errors.ts'
import type { HttpHouse } from './call.ts'

/** One way in. */
export interface Listener {
  /** Where it listens. Rejects with a LogveilError. */
  start(): Promise<string>
  /** Takes no more connections and requests; resolves when the last answer is out and every connection closed. */
  finish(): Promise<void>
  /** Closes what is still open. */
  drop(): void
}

/** How long the last answers may take to reach their clients. */
const LINGER_MS = 200

export class RequestSource implements Source {
  addresses: readonly string[] = []
  private readonly site: SourceSite
  private readonly house: HttpHouse
  private readonly makeListeners: () => Promise<Listener[]>
  private listeners: readonly Listener[] = []
  private starting: Promise<void> | null = null
  private stopping: Promise<void> | null = null

  constructor(site: SourceSite, house: HttpHouse, makeListeners: () => Promise<Listener[]>) {
    this.site = site
    this.house = house
    this.makeListeners = makeListeners
  }

  start(): Promise<void> {
    this.starting ??= this.open()
    return this.starting
  }

  stop(signal: AbortSignal): Promise<void> {
    const { intake } = this.house
    const giveUp = (): void => {
      intake.stop()
      setTimeout(() => this.drop(), LINGER_MS)
    }
    if (signal.aborted) giveUp()
    else signal.addEventListener('abort', giveUp, { once: true })
    this.stopping ??= this.shut()
    return this.stopping.finally(() => signal.removeEventListener('abort', giveUp))
  }

  private async open(): Promise<void> {
    if (this.stopping !== null) throw new LogveilError('STOPPING', 'it was stopped before it started')
    this.listeners = await this.makeListeners()
    const addresses: string[] = []
    for (const listener of this.listeners) addresses.push(await listener.start())
    this.addresses = addresses
    for (const address of addresses) this.site.emit('info', 'listening', 'Listening for requests', { address })
  }

  private async shut(): Promise<void> {
    // A start that failed has said so to its caller; what it opened is closed here all the same.
    await this.starting?.catch(() => {})
    this.house.stopping = true
    await Promise.all(this.listeners.map((listener) => listener.finish()))
  }

  private drop(): void {
    for (const listener of this.listeners) listener.drop()
  }
}
