// Puts objects into a bucket by the AWS SDK, which is loaded only here: small ones at once, larger ones in parts. It
// never retries, and leaves no parts behind; what its errors mean for a batch is said here.
import { Agent } from 'node:https'
import type { S3Client } from '@aws-sdk/client-s3'
import { LogveilError, SinkError } from '../../core/errors.ts'
import { errorOf, NoEntry, timedOut, unreachable } from '../../net/http_verdict.ts'
import { loadClientTls } from '../../net/tls.ts'
import type { S3Settings } from './settings.ts'

/** Over this an object is sent in parts of this size (the API takes 5 MiB to 5 GiB). */
export const PART_BYTES = 16 * 1024 * 1024

/** A 400 or 403 that is over by itself: slow senders, tokens that are renewed, clocks that jumped. */
const LATER: readonly string[] = [
  'RequestTimeout',
  'SlowDown',
  'ExpiredToken',
  'ExpiredTokenException',
  'RequestTimeTooSkewed',
  'OperationAborted',
]

type Sdk = typeof import('@aws-sdk/client-s3')

export class Store {
  private readonly settings: S3Settings
  private readonly sdk: Sdk
  private readonly client: S3Client

  private constructor(settings: S3Settings, sdk: Sdk, client: S3Client) {
    this.settings = settings
    this.sdk = sdk
    this.client = client
  }

  /** Loads the SDK; dials nothing yet. Rejects when it is not installed, and with TLS_FILE. */
  static async open(settings: S3Settings): Promise<Store> {
    const { endpoint, region, path_style, access_key_id, secret_access_key, session_token, tls } = settings
    const sdk = await load()
    const keys =
      access_key_id === undefined || secret_access_key === undefined
        ? {}
        : {
            credentials: {
              accessKeyId: access_key_id,
              secretAccessKey: secret_access_key,
              sessionToken: session_token,
            },
          }
    const agent = tls === undefined ? {} : { httpsAgent: new Agent({ keepAlive: true, ...(await loadClientTls(tls)) }) }
    const client = new sdk.S3Client({
      region,
      endpoint,
      forcePathStyle: path_style,
      maxAttempts: 1,
      requestHandler: {
        connectionTimeout: settings.timeout_ms,
        requestTimeout: settings.timeout_ms,
        throwOnRequestTimeout: true,
        ...agent,
      },
      ...keys,
    })
    return new Store(settings, sdk, client)
  }

  /** Resolves when the object is there as a whole. Rejects with a SinkError, which is always retryable. */
  async put(key: string, body: Uint8Array, signal: AbortSignal): Promise<void> {
    try {
      if (body.length > PART_BYTES) await this.putInParts(key, body, signal)
      else await this.client.send(new this.sdk.PutObjectCommand({ ...this.head(key), Body: body }), options(signal))
    } catch (cause) {
      throw sinkErrorOf(cause)
    }
  }

  close(): void {
    this.client.destroy()
  }

  private head(key: string) {
    const { bucket, gzip, storage_class } = this.settings
    return {
      Bucket: bucket,
      Key: key,
      ContentType: 'application/x-ndjson',
      ...(gzip ? { ContentEncoding: 'gzip' } : {}),
      ...(storage_class === undefined ? {} : { StorageClass: storage_class as 'STANDARD' }),
    }
  }

  private async putInParts(key: string, body: Uint8Array, signal: AbortSignal): Promise<void> {
    const { sdk, client } = this
    const { UploadId } = await client.send(new sdk.CreateMultipartUploadCommand(this.head(key)), options(signal))
    const place = { Bucket: this.settings.bucket, Key: key, UploadId }
    try {
      const Parts: { ETag: string | undefined; PartNumber: number }[] = []
      for (let at = 0; at < body.length; at += PART_BYTES) {
        const PartNumber = Parts.length + 1
        const part = { ...place, PartNumber, Body: body.subarray(at, at + PART_BYTES) }
        const { ETag } = await client.send(new sdk.UploadPartCommand(part), options(signal))
        Parts.push({ ETag, PartNumber })
      }
      const whole = { ...place, MultipartUpload: { Parts } }
      await client.send(new sdk.CompleteMultipartUploadCommand(whole), options(signal))
    } catch (cause) {
      // Parts that nobody completes are paid for until somebody looks.
      await client.send(new sdk.AbortMultipartUploadCommand(place)).catch(() => {})
      throw cause
    }
  }
}

function options(abortSignal: AbortSignal) {
  return { abortSignal }
}

async function load(): Promise<Sdk> {
  try {
    return await import('@aws-sdk/client-s3')
  } catch (cause) {
    throw new LogveilError('DEPENDENCY', '@aws-sdk/client-s3', cause)
  }
}

/** An object's bytes are never at fault: whatever is wrong, the same again may be taken. */
function sinkErrorOf(cause: unknown): SinkError {
  const {
    name = '',
    code,
    $metadata,
  } = cause as {
    name?: string
    code?: string
    $metadata?: { httpStatusCode?: number }
  }
  const status = $metadata?.httpStatusCode
  if (name === 'AbortError') return new SinkError('SINK_CLOSED', 'given up before the answer', true)
  if (name === 'TimeoutError') return timedOut()
  const said = /^[A-Za-z]{1,64}$/.test(name) ? name : 'unknown'
  if (status === undefined) return name.startsWith('Credentials') ? new NoEntry(said) : unreachable(code ?? said)
  if (status >= 500 || status === 429 || status === 408 || LATER.includes(name)) {
    return errorOf('later', `HTTP ${status} ${said}`)
  }
  return new NoEntry(`HTTP ${status} ${said}`)
}
