// What an operator may write about a forward source.
import { z } from 'zod'
import { LIMITS } from '../../core/limits.ts'
import { addressSetting } from '../../net/address.ts'
import { serverTls } from '../../net/tls.ts'

const bytes = z.int().min(1024)
const milliseconds = z
  .int()
  .min(1)
  .max(2 ** 31 - 1)

const user = z.strictObject({
  username: z.string().min(1).describe('Name that the client gives'),
  password: z.string().describe('Its password; write it as ${ENV} or ${file:…}'),
})

export const forwardSettings = z
  .strictObject({
    listen: addressSetting
      .default('127.0.0.1:24224')
      .describe('Where to listen: host:port, [ipv6]:port or unix:/path; port 0 takes a free one and says which'),
    unix_mode: z
      .string()
      .regex(/^0?[0-7]{3}$/, { error: 'write an octal mode such as 0660' })
      .default('0660')
      .describe('Mode of the socket file when `listen` is unix:/path'),
    tls: serverTls.optional().describe('TLS for every connection; absent: none'),
    shared_key: z
      .string()
      .optional()
      .describe('Secret that clients must prove (HELO, PING, PONG); not asked on Unix sockets'),
    users: z.array(user).default([]).describe('Users of whom a client must be one, beside the shared key'),
    server_name: z
      .string()
      .min(1)
      .max(255)
      .optional()
      .describe('Name in our handshake, which must differ from that of every client; absent: a unique one'),
    udp_heartbeat: z.boolean().default(true).describe('Answers UDP heartbeats on the same port'),
    connections_max: z
      .int()
      .min(1)
      .default(LIMITS.connections_max)
      .describe('Open connections; more are closed at once'),
    handshake_timeout_ms: milliseconds
      .default(10_000)
      .describe('How long a client may take for TLS and for the handshake, each, if they are asked for'),
    frame_timeout_ms: milliseconds
      .default(120_000)
      .describe('How long a client may stop in the middle of a request before its connection is closed'),
    frame_bytes_max: bytes
      .default(LIMITS.frame_bytes_max)
      .describe('Bytes of one request as sent; the connection that sends more is closed'),
    decompressed_bytes_max: bytes
      .default(LIMITS.decompressed_bytes_max)
      .describe('Bytes of one request once decompressed; a larger one is counted and not forwarded'),
    in_flight_bytes_max: bytes
      .default(8 * 1024 * 1024)
      .describe('Bytes of one connection that are not delivered yet; it is not read further until there are fewer'),
    ack_bytes_max: bytes
      .default(1024 * 1024)
      .describe('Bytes of acks that a client leaves unread before its connection is closed'),
    assembly_bytes_max: bytes
      .default(LIMITS.assembly_bytes_max)
      .describe('Bytes of half-received requests of all connections; the one that wants more is closed'),
  })
  .refine((settings) => settings.users.length === 0 || settings.shared_key !== undefined, {
    error: 'users need a shared_key: the handshake proves both; an empty one will do',
    path: ['shared_key'],
  })
  .refine((settings) => settings.assembly_bytes_max >= settings.frame_bytes_max, {
    error: 'must hold one whole request: frame_bytes_max at least',
    path: ['assembly_bytes_max'],
  })

export type ForwardSettings = z.infer<typeof forwardSettings>
