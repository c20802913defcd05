// TLS as settings: what the operator writes, and the options for node:tls made of it. Opens no socket.
import { readFile } from 'node:fs/promises'
import { type ConnectionOptions, createSecureContext, type SecureContextOptions, type TlsOptions } from 'node:tls'
import { z } from 'zod'
import { LogveilError } from '../core/errors.ts'

const minVersion = z.enum(['TLSv1.2', 'TLSv1.3']).default('TLSv1.2').describe('Oldest TLS version that is spoken')

export const serverTls = z
  .strictObject({
    cert: z.string().min(1).describe('PEM file with our certificate and the ones between it and the root'),
    key: z.string().min(1).describe('PEM file with the private key of `cert`'),
    key_passphrase: z.string().optional().describe('Passphrase of `key`; write it as ${ENV} or ${file:…}'),
    ca: z.string().min(1).optional().describe('PEM file with the roots that client certificates must come from'),
    verify_client: z.boolean().default(false).describe('Refuses clients without a certificate from `ca` (mutual TLS)'),
    min_version: minVersion,
  })
  .refine((tls) => !tls.verify_client || tls.ca !== undefined, {
    error: 'verify_client needs `ca`: the roots that client certificates must come from',
    path: ['ca'],
  })

export const clientTls = z
  .strictObject({
    ca: z.string().min(1).optional().describe('PEM file with the roots that we trust; absent: those of Node.js'),
    cert: z.string().min(1).optional().describe('PEM file with our client certificate (mutual TLS)'),
    key: z.string().min(1).optional().describe('PEM file with the private key of `cert`'),
    key_passphrase: z.string().optional().describe('Passphrase of `key`; write it as ${ENV} or ${file:…}'),
    verify: z
      .boolean()
      .default(true)
      .describe('Checks the certificate of the server; false invites a listener between'),
    server_name: z.string().min(1).optional().describe('Name that the certificate must hold; absent: the host dialled'),
    min_version: minVersion,
  })
  .refine((tls) => (tls.cert === undefined) === (tls.key === undefined), {
    error: '`cert` and `key` go together',
    path: ['key'],
  })

export type ServerTls = z.infer<typeof serverTls>
export type ClientTls = z.infer<typeof clientTls>

/** Options for `tls.createServer`. Rejects with TLS_FILE, naming the file. */
export async function loadServerTls(settings: ServerTls): Promise<TlsOptions> {
  const files = await loadFiles(settings)
  return { ...files, requestCert: settings.verify_client, rejectUnauthorized: settings.verify_client }
}

/** Options for `tls.connect`, without host and port. Rejects with TLS_FILE, naming the file. */
export async function loadClientTls(settings: ClientTls): Promise<ConnectionOptions> {
  const files = await loadFiles(settings)
  const named = settings.server_name === undefined ? {} : { servername: settings.server_name }
  return { ...files, ...named, rejectUnauthorized: settings.verify }
}

/** What the files of any of these settings hold now. Rejects with TLS_FILE like the loading of them. */
export async function tlsFiles(settings: TlsFiles): Promise<readonly Buffer[]> {
  const { cert, key, ca } = await loadFiles(settings)
  return [cert, key, ca].filter((content): content is Buffer => Buffer.isBuffer(content))
}

type TlsFiles = Partial<Pick<ServerTls & ClientTls, 'cert' | 'key' | 'ca' | 'key_passphrase' | 'min_version'>>

async function loadFiles(settings: TlsFiles): Promise<SecureContextOptions> {
  const options: SecureContextOptions = { minVersion: settings.min_version }
  if (settings.cert !== undefined) options.cert = await readPem('cert', settings.cert)
  if (settings.key !== undefined) options.key = await readPem('key', settings.key)
  if (settings.ca !== undefined) options.ca = await readPem('ca', settings.ca)
  if (settings.key_passphrase !== undefined) options.passphrase = settings.key_passphrase
  try {
    createSecureContext(options)
  } catch (cause) {
    // OpenSSL's own words name the mismatch (key and certificate, PEM start line) and hold nothing of the files.
    const reason = cause instanceof Error ? cause.message : 'unknown'
    throw new LogveilError('TLS_FILE', `${settings.cert ?? settings.ca}: ${reason}`, cause)
  }
  return options
}

async function readPem(setting: string, path: string): Promise<Buffer> {
  try {
    return await readFile(path)
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code ?? 'unreadable'
    throw new LogveilError('TLS_FILE', `${setting} ${path} (${code})`, cause)
  }
}
