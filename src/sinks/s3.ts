// The `s3` sink: records as objects of lines in a bucket. Several batches go into one object; each counts as stored
// when its object is, and the key of an object is made once, so that a retry overwrites.
import { setMaxListeners } from 'node:events'
import { promisify } from 'node:util'
import { constants, gzip } from 'node:zlib'
import { unlessAborted } from '../core/abort.ts'
import type { Batch, Format } from '../core/batch.ts'
import { systemClock } from '../core/clock.ts'
import type { Sink, SinkSpec, Site } from '../core/component.ts'
import { SinkError } from '../core/errors.ts'
import { holdsEvents } from '../core/siem_event.ts'
import { factsOf } from '../net/document_facts.ts'
import { type Document, documentsOf } from '../net/documents.ts'
import { HalfSent } from '../net/half_sent.ts'
import { NoEntry } from '../net/http_verdict.ts'
import { NameTemplate } from '../net/name_template.ts'
import { Sends } from '../net/sends.ts'
import { eventDocuments } from './formats/index.ts'
import { Assembly, type Sealed } from './s3/collector.ts'
import { type S3Settings, s3Settings } from './s3/settings.ts'
import { Store } from './s3/store.ts'

export const s3: SinkSpec<S3Settings> = {
  type: 's3',
  summary: 'Stores records as compressed lines in objects of S3, or of a store that speaks its protocol',
  settings: s3Settings,
  example: { bucket: 'logs', region: 'eu-central-1', key: 'app/{yyyy}/{MM}/{dd}/{service}/{batch}.ndjson.gz' },
  create: (settings, site) => new S3Sink(settings, site),
}

const FEED = Uint8Array.of(0x0a)

const compress = promisify(gzip)

class S3Sink implements Sink {
  readonly accepts: readonly Format[] = ['json']
  private readonly settings: S3Settings
  private readonly site: Site
  private readonly names: NameTemplate
  /** By service, when the key names it. */
  private readonly open = new Map<string, Assembly>()
  /** The objects of batches that wait for a retry. One that is forgotten makes objects of its own then. */
  private readonly halfSent = new HalfSent<readonly Assembly[]>()
  private readonly sends = new Sends()
  private readonly end = new AbortController()
  private readonly perService: boolean
  private readonly perSource: boolean
  private store: Store | null = null
  private closed = false

  constructor(settings: S3Settings, site: Site) {
    this.settings = settings
    this.site = site
    this.names = new NameTemplate(settings.key)
    // Every object that is under way listens to it.
    setMaxListeners(0, this.end.signal)
    this.perService = settings.key.includes('{service}')
    this.perSource = settings.key.includes('{source}')
  }

  async start(): Promise<void> {
    this.store = await Store.open(this.settings)
  }

  send(batch: Batch, id: string, signal: AbortSignal): Promise<void> {
    if (this.closed || this.store === null) return Promise.reject(new SinkError('SINK_CLOSED', 's3', false))
    return this.sends.begin(signal, () => this.stored(batch, id, signal))
  }

  /** Nothing waits for more batches any more. */
  async close(signal: AbortSignal): Promise<void> {
    this.closed = true
    for (const assembly of this.open.values()) assembly.seal()
    await this.sends.settled(signal)
    // Sends that are still under way fail by it.
    this.end.abort()
    await this.sends.settled()
    this.store?.close()
  }

  private async stored(batch: Batch, id: string, signal: AbortSignal): Promise<void> {
    const objects = this.halfSent.get(id) ?? this.collect(batch, id)
    this.halfSent.forget(id)
    try {
      const gaveUp = () => new SinkError('SINK_CLOSED', 'given up before the object was stored', true)
      // The work goes on, but is not waited for.
      await unlessAborted(Promise.all(objects.map((object) => object.stored())), signal, gaveUp)
    } catch (error) {
      this.halfSent.keep(id, objects, batch.bytes.length)
      throw error
    }
  }

  private collect(batch: Batch, id: string): readonly Assembly[] {
    const found = new Set<Assembly>()
    const documents = holdsEvents(batch) ? eventDocuments(batch, this.settings.format, false) : documentsOf(batch)
    for (const document of documents) {
      const assembly = this.assemblyFor(document, batch.origin, id)
      assembly.add(document.bytes)
      assembly.add(FEED)
      found.add(assembly)
    }
    for (const assembly of found) if (assembly.bytes >= this.settings.object_bytes) assembly.seal()
    return [...found]
  }

  private assemblyFor(document: Document, origin: string, id: string): Assembly {
    const service = this.perService ? (document.facts ?? factsOf(document.bytes)).service : ''
    const time_ms = systemClock.now_ms()
    // The name without its time and its batch.
    const group = this.names.of({ service, origin: this.perSource ? origin : '', time_ms: 0 })
    const open = this.open.get(group)
    if (open?.isOpen) return open
    const key = this.names.of({ service, origin, time_ms, batch: id })
    const assembly = new Assembly(key, this.settings.linger_ms, (sealed) => this.put(sealed))
    this.open.set(group, assembly)
    // Services come and go: of one that is silent nothing is kept.
    void assembly.sealed.then(() => this.open.get(group) === assembly && this.open.delete(group))
    return assembly
  }

  private async put({ key, parts }: Sealed): Promise<void> {
    const { store, settings, end } = this
    if (store === null) throw new SinkError('SINK_CLOSED', 's3', false)
    const bytes = Buffer.concat(parts)
    const body = settings.gzip ? await compress(bytes, { level: constants.Z_BEST_SPEED }) : bytes
    try {
      await store.put(key, body, end.signal)
    } catch (error) {
      this.complain(error)
      throw error
    }
  }

  private complain(error: unknown): void {
    if (!(error instanceof SinkError) || error.code !== 'SINK_REFUSED') return
    const { message, retryable, retry_after_ms } = error
    const facts = { reason: message, retryable, retry_after_ms }
    if (error instanceof NoEntry) {
      const help = 'The store does not let us in; mend bucket, region, keys or permissions: the batch is kept till then'
      this.site.emit('error', 'no_entry', help, facts)
    } else this.site.emit('warn', 'request_refused', 'The store refused an object', facts)
  }
}
