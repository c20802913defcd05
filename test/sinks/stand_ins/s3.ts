// A store that speaks S3 and is not ours (s3rver), behind a door whose troubles a test decides.
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { gunzipSync } from 'node:zlib'
import { GetObjectCommand, ListMultipartUploadsCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3'
// @ts-expect-error It has no types.
import S3rver from 's3rver'
import { onTestFinished } from 'vitest'
import { temporaryFolder } from '../site.ts'

export const BUCKET = 'logs'
/** The only account of s3rver. */
export const KEYS = { access_key_id: 'S3RVER', secret_access_key: 'S3RVER' }

/** What happens to a request: a status, or one of those of test/sinks/stand_in. */
export type Trouble = number | 'none' | 'hang' | 'take and hang' | 'hang up'

export interface Store {
  readonly endpoint: string
  /** Methods and paths, in order. */
  readonly asked: string[]
  /** For the next requests, in order. */
  readonly troubles: Trouble[]
  keys(): Promise<string[]>
  /** The lines of an object. */
  lines(key: string): Promise<string[]>
  pendingUploads(): Promise<number>
  bytes(): Buffer
}

export async function s3Store(): Promise<Store> {
  const real = new S3rver({
    port: 0,
    address: '127.0.0.1',
    silent: true,
    directory: temporaryFolder(),
    configureBuckets: [{ name: BUCKET }],
  })
  const inner = (await real.run()) as AddressInfo
  const asked: string[] = []
  const troubles: Trouble[] = []
  const seen: Buffer[] = []
  const door = createServer(async (incoming, response) => {
    const parts: Buffer[] = []
    for await (const part of incoming) parts.push(part)
    asked.push(`${incoming.method} ${incoming.url}`)
    seen.push(Buffer.concat(parts))
    const trouble = troubles.shift()
    if (trouble === 'hang') return
    if (trouble === 'hang up') return void incoming.socket.destroy()
    if (typeof trouble === 'number') return void response.writeHead(trouble).end()
    pass(inner.port, incoming, Buffer.concat(parts), trouble === 'take and hang' ? null : response)
  })
  await new Promise<void>((resolve) => door.listen(0, '127.0.0.1', resolve))
  const endpoint = `http://127.0.0.1:${(door.address() as AddressInfo).port}`
  const credentials = { accessKeyId: KEYS.access_key_id, secretAccessKey: KEYS.secret_access_key }
  const client = new S3Client({ region: 'us-east-1', forcePathStyle: true, credentials, endpoint: at(inner.port) })
  onTestFinished(async () => {
    client.destroy()
    door.close()
    door.closeAllConnections()
    await real.close()
  })
  const keys = async (): Promise<string[]> => {
    const { Contents = [] } = await client.send(new ListObjectsV2Command({ Bucket: BUCKET }))
    return Contents.map(({ Key }) => Key ?? '')
  }
  const lines = async (key: string): Promise<string[]> => {
    const { Body, ContentEncoding } = await client.send(new GetObjectCommand({ Bucket: BUCKET, Key: key }))
    const bytes = (await Body?.transformToByteArray()) ?? new Uint8Array()
    return (ContentEncoding === 'gzip' ? gunzipSync(bytes) : Buffer.from(bytes)).toString().trimEnd().split('\n')
  }
  const pendingUploads = async (): Promise<number> => {
    const { Uploads = [] } = await client.send(new ListMultipartUploadsCommand({ Bucket: BUCKET }))
    return Uploads.length
  }
  const bytes = (): Buffer => Buffer.concat(seen)
  return { endpoint, asked, troubles, keys, lines, pendingUploads, bytes }
}

function at(port: number): string {
  return `http://127.0.0.1:${port}`
}

/** With its own headers: they are signed. */
function pass(port: number, { method, url, headers }: IncomingMessage, body: Buffer, to: ServerResponse | null): void {
  const on = request({ host: '127.0.0.1', port, method, path: url, headers }, (answer) => {
    if (to === null) return void answer.resume()
    to.writeHead(answer.statusCode ?? 500, answer.headers)
    answer.pipe(to)
  })
  on.end(body)
}
