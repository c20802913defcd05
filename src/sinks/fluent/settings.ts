// What an operator may write about a fluent sink.
import { hostname } from 'node:os'
import { z } from 'zod'
import { addressSetting } from '../../net/address.ts'
import { clientTls } from '../../net/tls.ts'
import { formatSetting } from '../formats/index.ts'

export const fluentSettings = z
  .strictObject({
    server: addressSetting.describe('Where to send: host:port, [ipv6]:port or unix:/path'),
    tls: clientTls.optional().describe('TLS; absent: none'),
    shared_key: z.string().min(1).optional().describe('Key that the server knows; write it as ${ENV} or ${file:…}'),
    username: z.string().optional().describe('User, for servers that ask for one'),
    password: z.string().optional().describe('Password of `username`; write it as ${ENV} or ${file:…}'),
    client_name: z
      .string()
      .min(1)
      .default(`logveil-${hostname()}`)
      .describe('Our name in the handshake; it must differ from the name of the server'),
    tag: z
      .string()
      .min(1)
      .default('logveil')
      .describe('Tag of the events; their kind comes behind it: logveil.finding'),
    format: formatSetting,
    ack_timeout_ms: z
      .int()
      .min(100)
      .max(600_000)
      .default(30_000)
      .describe('Time to connect and to get an ack; later the thread of the client is ended and the counts sent again'),
  })
  .refine((given) => given.username === undefined || given.shared_key !== undefined, {
    error: '`username` needs `shared_key`',
    path: ['username'],
  })
  .refine((given) => !given.server.startsWith('unix:') || (given.shared_key === undefined && given.tls === undefined), {
    error: 'over a Unix socket there is neither TLS nor a handshake',
    path: ['server'],
  })

export type FluentSettings = z.infer<typeof fluentSettings>
