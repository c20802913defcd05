// What an operator may write about a mail sink.
import { z } from 'zod'
import { addressSetting } from '../../net/address.ts'
import { clientTls } from '../../net/tls.ts'

const mailbox = z.string().regex(/^[^\s<>@,]+@[^\s<>@,]+$/, { error: 'write name@host' })

export const mailSettings = z
  .strictObject({
    server: addressSetting.describe('SMTP server, host:port: usually port 587, or 465 with security tls'),
    security: z
      .enum(['starttls', 'tls', 'none'])
      .default('starttls')
      .describe('starttls: nothing is sent before TLS; tls: TLS from the first byte; none: in the clear'),
    tls: clientTls.optional().describe('How the certificate of the server is checked; absent: by the roots of Node.js'),
    username: z.string().min(1).optional().describe('User, for servers that ask for one'),
    password: z.string().min(1).optional().describe('Password of `username`; write it as ${ENV} or ${file:…}'),
    from: mailbox.describe('Sender of the mails'),
    to: z.array(mailbox).min(1).max(100).describe('Those who get them'),
    subject: z.string().min(1).max(100).default('[logveil]').describe('Beginning of each subject'),
    timeout_ms: z.int().min(100).max(600_000).default(30_000).describe('Time for a connection, and for an answer'),
  })
  .refine((given) => (given.username === undefined) === (given.password === undefined), {
    error: '`username` and `password` go together',
    path: ['password'],
  })
  .refine((given) => given.username === undefined || given.security !== 'none', {
    error: 'a password is not sent in the clear: set security',
    path: ['security'],
  })
  .refine((given) => !given.server.startsWith('unix:'), { error: 'write host:port', path: ['server'] })

export type MailSettings = z.infer<typeof mailSettings>
