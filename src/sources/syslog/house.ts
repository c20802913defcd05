// What the streams and the datagrams of one syslog source share.
import { systemClock } from '../../core/clock.ts'
import type { SourceSite } from '../../core/component.ts'
import { Output } from '../../wire/transcode/output.ts'
import { LegacyTime } from './legacy_time.ts'
import { Messages } from './message.ts'
import { Outlet } from './outlet.ts'
import type { SyslogSettings } from './settings.ts'

export interface House {
  readonly site: SourceSite
  readonly settings: SyslogSettings
  readonly outlet: Outlet
  readonly times: LegacyTime
}

export function openHouse(settings: SyslogSettings, site: SourceSite): House {
  const times = new LegacyTime(settings.timezone, systemClock)
  return { site, settings, outlet: new Outlet(site, settings.in_flight_bytes_max), times }
}

/** Collects the records of what was read at once, and gives them on together. */
export class Collected {
  private readonly house: House
  private out: Output
  private messages: Messages
  private tooLong = 0

  constructor(house: House) {
    this.house = house
    this.out = new Output(0)
    this.messages = new Messages(this.out, house.times)
  }

  add(bytes: Uint8Array, start: number, end: number, peer: string | null): void {
    this.messages.add(bytes, start, end, peer)
  }

  addTooLong(size: number, peer: string | null): void {
    this.messages.addTooLong(size, peer)
    this.tooLong++
  }

  /** Begins anew. */
  deliver(): void {
    const { site, outlet } = this.house
    const { malformed } = this.messages
    if (malformed > 0) {
      const message = 'Messages have no header that can be read: all of them is in `message`'
      site.emit('debug', 'malformed', message, { times: malformed })
    }
    if (this.tooLong > 0) {
      const message = 'Messages are over message_bytes_max: a marker stands for each'
      site.emit('warn', 'message_too_long', message, { times: this.tooLong })
    }
    if (this.out.used > 0) outlet.add({ format: 'json', ...this.out.finish() })
    this.messages.malformed = 0
    this.tooLong = 0
    this.out.empty()
  }
}
