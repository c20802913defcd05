// What an operator may write about a forward sink.
import { hostname } from 'node:os'
import { z } from 'zod'
import { addressSetting } from '../../net/address.ts'
import { clientTls } from '../../net/tls.ts'

const milliseconds = z
  .int()
  .min(1)
  .max(2 ** 31 - 1)

export const forwardSettings = z
  .strictObject({
    server: addressSetting.optional().describe('Where to send: host:port, [ipv6]:port or unix:/path'),
    servers: z
      .array(addressSetting)
      .min(1)
      .optional()
      .describe('Several servers in place of `server`: the first one that answers is used'),
    tls: clientTls.optional().describe('TLS; absent: none'),
    shared_key: z.string().optional().describe('Proves both sides to each other; write it as ${ENV} or ${file:…}'),
    username: z.string().optional().describe('User, for servers that ask for one'),
    password: z.string().optional().describe('Password of `username`; write it as ${ENV} or ${file:…}'),
    client_name: z
      .string()
      .min(1)
      .default(`logveil-${hostname()}`)
      .describe('Our name in the handshake; it must differ from the name of the server'),
    require_ack: z
      .boolean()
      .default(true)
      .describe('A batch counts as stored when the server acknowledged it; false: when it is written to the socket'),
    metadata: z
      .enum(['plain', 'v1.5'])
      .default('plain')
      .describe('`plain`: events as [time, record], which every server reads; metadata and groups are left out'),
    compress: z.enum(['none', 'gzip']).default('none').describe('Compresses each chunk'),
    tag: z.string().min(1).optional().describe('Tag to send; {tag} stands for the one that came'),
    connections: z.int().min(1).max(64).default(2).describe('Connections open at once; with 1 the order is kept'),
    in_flight_chunks: z.int().min(1).max(1024).default(4).describe('Chunks on a connection that wait for their ack'),
    chunk_bytes_max: z
      .int()
      .min(1024)
      .default(1024 * 1024)
      .describe('Frames with the same tag are sent together up to this size; a larger frame goes alone'),
    connect_timeout_ms: milliseconds.default(10_000).describe('Time to connect, with TLS and handshake'),
    ack_timeout_ms: milliseconds.default(60_000).describe('Time for an ack; later the connection is given up'),
    idle_timeout_ms: milliseconds.default(30_000).describe('A connection that has nothing to do this long is closed'),
  })
  .refine((given) => (given.server === undefined) !== (given.servers === undefined), {
    error: 'give `server`, or `servers` for several',
    path: ['server'],
  })
  .refine((given) => given.username === undefined || given.shared_key !== undefined, {
    error: '`username` needs `shared_key`',
    path: ['username'],
  })

export type ForwardSettings = z.infer<typeof forwardSettings>
