// The source for syslog: rsyslog, syslog-ng, journald's forwarders, network devices. It listens for datagrams, streams
// or both. A message becomes a JSON record (syslog/message.ts). Nobody is acknowledged: syslog has no answers.
import { orAborted } from '../core/abort.ts'
import type { Source, SourceSite, SourceSpec } from '../core/component.ts'
import { LogveilError } from '../core/errors.ts'
import { addressOf } from '../net/address.ts'
import { loadServerTls } from '../net/tls.ts'
import { Datagrams } from './syslog/datagrams.ts'
import { type House, openHouse } from './syslog/house.ts'
import { type SyslogSettings, syslogSettings } from './syslog/settings.ts'
import { Streams } from './syslog/streams.ts'

export const syslog: SourceSpec<SyslogSettings> = {
  type: 'syslog',
  summary: 'Takes syslog messages (RFC 5424 and RFC 3164) over UDP, TCP, TLS and Unix sockets.',
  settings: syslogSettings,
  example: { type: 'syslog', udp: '127.0.0.1:5514', tcp: '127.0.0.1:5514' },
  create: (settings, site) => new SyslogSource(settings, site),
}

class SyslogSource implements Source {
  addresses: readonly string[] = []
  private readonly house: House
  private datagrams: Datagrams | null = null
  private streams: Streams | null = null
  private starting: Promise<void> | null = null
  private stopping: Promise<void> | null = null

  constructor(settings: SyslogSettings, site: SourceSite) {
    this.house = openHouse(settings, site)
  }

  start(): Promise<void> {
    this.starting ??= this.open()
    return this.starting
  }

  stop(signal: AbortSignal): Promise<void> {
    this.stopping ??= this.shut(signal)
    return this.stopping
  }

  private async open(): Promise<void> {
    const { settings, site } = this.house
    if (this.stopping !== null) throw new LogveilError('STOPPING', 'it was stopped before it started')
    const tls = settings.tls === undefined ? null : await loadServerTls(settings.tls)
    const addresses: string[] = []
    const at = settings.udp === undefined ? null : addressOf(settings.udp)
    if (at?.kind === 'tcp') {
      this.datagrams = new Datagrams(at, this.house)
      addresses.push(await this.datagrams.start(at))
    }
    if (settings.tcp !== undefined) {
      this.streams = new Streams(tls, this.house)
      addresses.push(await this.streams.start(addressOf(settings.tcp)))
    }
    this.addresses = addresses
    for (const address of addresses) site.emit('info', 'listening', 'Listening for syslog', { address })
  }

  private async shut(signal: AbortSignal): Promise<void> {
    // A start that failed has said so to its caller; what it opened is closed here all the same.
    await this.starting?.catch(() => {})
    const settled = Promise.all([this.datagrams?.finish(), this.streams?.finish()]).then(() => this.house.outlet.idle())
    await orAborted(settled, signal)
    this.streams?.drop()
  }
}
