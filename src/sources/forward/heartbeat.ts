// Answers UDP heartbeats: one byte 0x00 for each datagram, whatever it holds (fluentd's `heartbeat_type udp`).
import { createSocket, type Socket } from 'node:dgram'
import type { SourceSite } from '../../core/component.ts'

const BEAT = Buffer.of(0)

/** Resolves with the open socket, or with null when the port is not to be had: logs flow without heartbeats too. */
export function openHeartbeat(host: string, port: number, site: SourceSite): Promise<Socket | null> {
  return new Promise((resolve) => {
    const socket = createSocket(host.includes(':') ? 'udp6' : 'udp4')
    socket.on('message', (_message, peer) => socket.send(BEAT, peer.port, peer.address, () => {}))
    socket.on('error', (error: NodeJS.ErrnoException) => {
      site.emit('warn', 'heartbeat_failed', 'UDP heartbeats are not answered', { code: error.code })
      socket.close()
      resolve(null)
    })
    socket.bind(port, host, () => resolve(socket))
  })
}
