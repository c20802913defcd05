// What an operator may write about a syslog sink.
import { z } from 'zod'
import { addressSetting } from '../../net/address.ts'
import { clientTls } from '../../net/tls.ts'
import { formatSetting } from '../formats/index.ts'

/** RFC 5424, table 1: a facility's place is its number. */
export const FACILITIES = [
  ...['kern', 'user', 'mail', 'daemon', 'auth', 'syslog', 'lpr', 'news', 'uucp', 'cron', 'authpriv', 'ftp'],
  ...['ntp', 'audit', 'alert', 'clock'],
  ...['local0', 'local1', 'local2', 'local3', 'local4', 'local5', 'local6', 'local7'],
] as const

/** RFC 5424, table 2: a severity's place is its number. */
export const SEVERITIES = ['emerg', 'alert', 'crit', 'err', 'warning', 'notice', 'info', 'debug'] as const

/** Printable ASCII without a space is all that a header may hold. */
const PRINTABLE = /^[\x21-\x7e]+$/

function headerText(chars_max: number): z.ZodString {
  return z.string().max(chars_max).regex(PRINTABLE, { error: 'only printable ASCII without spaces' })
}

export const syslogSettings = z
  .strictObject({
    server: addressSetting.describe('Where to send: host:port, [ipv6]:port, or unix:/path of a stream socket'),
    transport: z
      .enum(['tcp', 'udp'])
      .default('tcp')
      .describe('tcp, or udp: a datagram a message, of which nobody learns whether it arrived'),
    tls: clientTls.optional().describe('TLS (RFC 5425, usually port 6514); absent: none'),
    header: z
      .enum(['rfc5424', 'rfc3164'])
      .default('rfc5424')
      .describe('rfc5424, or rfc3164: the older header, in the local time of this machine'),
    framing: z
      .enum(['octets', 'lines'])
      .default('octets')
      .describe('On a stream: the length before each message (RFC 6587, octet counting), or a line feed behind it'),
    format: formatSetting,
    facility: z.enum(FACILITIES).default('local0').describe('Facility of each message'),
    severity: z
      .enum(SEVERITIES)
      .default('info')
      .describe('Severity of messages that say none: records. Counts and alerts have one of their own'),
    hostname: headerText(255).optional().describe('HOSTNAME of each message; absent: the name of this machine'),
    app_name: headerText(48).default('logveil').describe('APP-NAME of each message'),
    message_bytes_max: z
      .int()
      .min(480)
      .max(1024 * 1024)
      .optional()
      .describe('Longer messages are cut, and counted; absent: 8192, over udp 2048. rsyslog itself cuts at 8192'),
    connect_timeout_ms: z.int().min(1).max(600_000).default(10_000).describe('Time to connect, with TLS'),
    write_timeout_ms: z
      .int()
      .min(1)
      .max(600_000)
      .default(30_000)
      .describe('Time for a batch to be taken from us; later the connection is given up'),
  })
  .refine((given) => given.tls === undefined || given.transport === 'tcp', {
    error: '`tls` needs transport tcp: DTLS is not spoken',
    path: ['tls'],
  })
  .refine((given) => given.tls === undefined || given.framing === 'octets', {
    error: 'over TLS the only framing is octets (RFC 5425)',
    path: ['framing'],
  })
  .refine((given) => !given.server.startsWith('unix:') || (given.transport === 'tcp' && given.tls === undefined), {
    error: 'a Unix socket is a stream here, without TLS',
    path: ['server'],
  })

export type SyslogSettings = z.infer<typeof syslogSettings>
