// What OpenTelemetry's exporters are given besides an endpoint: TLS as a setting, and the gRPC credentials and metadata
// that it and the headers make. They take no name to check other than that of the endpoint.
import { createSecureContext } from 'node:tls'
import type { ChannelCredentials, Metadata } from '@grpc/grpc-js'
import { type ClientTls, clientTls, loadClientTls } from './tls.ts'

export const exporterTls = clientTls
  .refine((tls) => tls.server_name === undefined, {
    error: 'the name in the endpoint is the one that is checked',
    path: ['server_name'],
  })
  .optional()
  .describe('TLS for an endpoint of https://; absent: the roots of Node.js are trusted')

const PLAIN_TLS: ClientTls = { verify: true, min_version: 'TLSv1.2' }

export interface Grpc {
  readonly metadata: Metadata
  readonly credentials: ChannelCredentials
}

/** Loads @grpc/grpc-js. Rejects with TLS_FILE, naming the file. */
export async function exporterGrpc(
  endpoint: string,
  headers: Readonly<Record<string, string>>,
  tls: ClientTls | undefined,
): Promise<Grpc> {
  const grpc = await import('@grpc/grpc-js')
  const metadata = new grpc.Metadata()
  for (const [name, value] of Object.entries(headers)) metadata.set(name, value)
  if (!endpoint.startsWith('https:')) return { metadata, credentials: grpc.credentials.createInsecure() }
  const options = await loadClientTls(tls ?? PLAIN_TLS)
  const { rejectUnauthorized } = options
  const context = createSecureContext(options)
  return { metadata, credentials: grpc.credentials.createFromSecureContext(context, { rejectUnauthorized }) }
}
