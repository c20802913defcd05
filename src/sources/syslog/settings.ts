// What an operator may write about a syslog source.
import { z } from 'zod'
import { LIMITS } from '../../core/limits.ts'
import { addressSetting, parseAddress } from '../../net/address.ts'
import { serverTls } from '../../net/tls.ts'

const bytes = z.int().min(1024)

export const syslogSettings = z
  .strictObject({
    udp: addressSetting
      .refine((text) => parseAddress(text)?.kind === 'tcp', { error: 'write host:port or [ipv6]:port' })
      .optional()
      .describe('Where to listen for datagrams, usually port 514: host:port or [ipv6]:port'),
    tcp: addressSetting
      .optional()
      .describe(
        'Where to listen for streams, usually port 514, or 6514 with TLS: host:port, [ipv6]:port or unix:/path',
      ),
    tls: serverTls.optional().describe('TLS for the streams; absent: none'),
    unix_mode: z
      .string()
      .regex(/^0?[0-7]{3}$/, { error: 'write an octal mode such as 0660' })
      .default('0660')
      .describe('Mode of the socket file when `tcp` is unix:/path'),
    timezone: z
      .string()
      .regex(/^(local|Z|[+-]\d\d:\d\d)$/, { error: 'write local, Z or an offset such as +02:00' })
      .default('local')
      .describe('Where the clocks of senders are whose times have no zone (RFC 3164): local, Z or an offset'),
    connections_max: z
      .int()
      .min(1)
      .default(LIMITS.connections_max)
      .describe('Open connections; more are closed at once'),
    message_bytes_max: bytes
      .max(16 * 1024 * 1024)
      .default(LIMITS.syslog_message_bytes_max)
      .describe('Bytes of one message; a marker with its size stands for a longer one'),
    in_flight_bytes_max: bytes
      .default(LIMITS.syslog_in_flight_bytes_max)
      .describe('Bytes that are not delivered yet; beyond it streams are not read, and datagrams are lost and counted'),
    udp_buffer_bytes: bytes
      .default(4 * 1024 * 1024)
      .describe('What the kernel is asked to hold of datagrams that were not read yet (net.core.rmem_max bounds it)'),
  })
  .refine((settings) => settings.udp !== undefined || settings.tcp !== undefined, {
    error: 'give `udp`, `tcp` or both',
    path: ['udp'],
  })
  .refine((settings) => settings.tls === undefined || settings.tcp !== undefined, {
    error: 'tls is for streams: give `tcp`',
    path: ['tls'],
  })

export type SyslogSettings = z.infer<typeof syslogSettings>
