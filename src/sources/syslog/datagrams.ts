// Syslog over UDP: a datagram is a message. Nobody can be told to wait, so what there is no room for is lost; it is
// counted, here and where the kernel does it.
import { createSocket, type RemoteInfo, type Socket } from 'node:dgram'
import { isIPv6 } from 'node:net'
import { LogveilError } from '../../core/errors.ts'
import { type Address, formatAddress, formatBound } from '../../net/address.ts'
import { Collected, type House } from './house.ts'
import { kernelDrops } from './kernel_drops.ts'
import { plainAddress } from './streams.ts'

const LOOK_MS = 2000

export class Datagrams {
  private readonly house: House
  private readonly socket: Socket
  private readonly collected: Collected
  private scheduled = false
  /** What had no room in this turn of the loop. */
  private lost = 0
  /** What the kernel has counted so far; null: it does not say. */
  private kernelLost: number | null = null
  private looking: NodeJS.Timeout | undefined

  constructor(address: Extract<Address, { kind: 'tcp' }>, house: House) {
    this.house = house
    this.collected = new Collected(house)
    this.socket = createSocket({ type: isIPv6(address.host) ? 'udp6' : 'udp4', reuseAddr: false })
    this.socket.on('message', (bytes, from) => this.take(bytes, from))
  }

  /** Resolves with where it listens. Rejects with LISTEN_FAILED. */
  async start({ host, port }: Extract<Address, { kind: 'tcp' }>): Promise<string> {
    const { socket, house } = this
    await new Promise<void>((resolve, reject) => {
      const fail = (error: NodeJS.ErrnoException): void => {
        const where = formatAddress({ kind: 'tcp', host, port })
        reject(new LogveilError('LISTEN_FAILED', `${where}, UDP (${error.code ?? 'unknown'})`, error))
      }
      socket.once('error', fail)
      socket.bind(port, host, () => {
        socket.off('error', fail)
        resolve()
      })
    })
    socket.on('error', (error: NodeJS.ErrnoException) => {
      house.site.emit('error', 'udp_failed', 'Datagrams can not be read', { code: error.code })
    })
    this.widen()
    this.kernelLost = await kernelDrops(socket.address())
    this.looking = setInterval(() => void this.look(), LOOK_MS)
    this.looking.unref()
    return formatBound(socket.address())
  }

  /** Everything that was read is then with the outlet. */
  async finish(): Promise<void> {
    clearInterval(this.looking)
    if (this.kernelLost !== null) await this.look()
    this.flush()
    await new Promise<void>((resolve) => {
      this.socket.once('close', resolve)
      try {
        this.socket.close()
      } catch {
        // It was closed before, or never bound.
        resolve()
      }
    })
  }

  private take(bytes: Uint8Array, from: RemoteInfo): void {
    if (!this.scheduled) {
      this.scheduled = true
      setImmediate(() => this.flush())
    }
    if (!this.house.outlet.hasRoom) this.lost++
    else if (bytes.length > this.house.settings.message_bytes_max) {
      this.collected.addTooLong(bytes.length, plainAddress(from.address))
    } else this.collected.add(bytes, 0, bytes.length, plainAddress(from.address))
  }

  private flush(): void {
    this.scheduled = false
    this.collected.deliver()
    if (this.lost === 0) return
    const message = 'Datagrams were lost: too many bytes are not delivered yet'
    this.house.site.emit('warn', 'udp_lost', message, { times: this.lost })
    this.lost = 0
  }

  /** What comes while nobody reads waits in the kernel. */
  private widen(): void {
    const { udp_buffer_bytes } = this.house.settings
    try {
      this.socket.setRecvBufferSize(udp_buffer_bytes)
    } catch {
      // Some systems refuse more than they allow, others give what they can.
    }
    // Linux gives twice what it says, for its own books.
    const given = this.socket.getRecvBufferSize() / (process.platform === 'linux' ? 2 : 1)
    if (given >= udp_buffer_bytes) return
    const message = 'The kernel holds fewer datagrams than udp_buffer_bytes asks for: see net.core.rmem_max'
    this.house.site.emit('info', 'udp_buffer_small', message, { bytes: given })
  }

  private async look(): Promise<void> {
    let drops: number | null
    try {
      drops = await kernelDrops(this.socket.address())
    } catch {
      return
    }
    if (drops === null || this.kernelLost === null || drops <= this.kernelLost) return
    const times = drops - this.kernelLost
    this.kernelLost = drops
    this.house.site.emit('warn', 'udp_dropped', 'Datagrams were dropped by the kernel: its buffer was full', { times })
  }
}
