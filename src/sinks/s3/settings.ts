// What an operator may write about an s3 sink.
import { z } from 'zod'
import { endpointSetting, tlsSetting } from '../../net/http_settings.ts'
import { nameSetting } from '../../net/name_template.ts'
import { formatSetting } from '../formats/index.ts'

const text = z.string().min(1)
const milliseconds = z
  .int()
  .min(1)
  .max(2 ** 31 - 1)

export const s3Settings = z
  .strictObject({
    bucket: text.describe('Bucket'),
    region: text.default('us-east-1').describe('Region of the bucket'),
    endpoint: endpointSetting.optional().describe('Another store that speaks S3: http(s)://host:port; absent: AWS'),
    path_style: z.boolean().default(false).describe('Bucket in the path and not in the host, as other stores want it'),
    key: nameSetting('batch')
      .default('logs/{yyyy}/{MM}/{dd}/{HH}/{service}/{batch}.ndjson.gz')
      .refine((key) => key.includes('{batch}'), { error: 'without {batch} objects would overwrite each other' })
      .describe('Key of an object: {yyyy} {MM} {dd} {HH} when it was begun (UTC), {service}, {source}, {batch}'),
    gzip: z.boolean().default(true).describe('Compresses each object'),
    object_bytes: z
      .int()
      .min(1024)
      .max(1024 ** 3)
      .default(8 * 1024 * 1024)
      .describe('Batches are collected into an object up to this size, before compression'),
    linger_ms: milliseconds
      .default(1000)
      .describe('For how long an object waits for more batches; sources wait for their acknowledgement as long'),
    storage_class: text.optional().describe('Storage class, such as STANDARD_IA'),
    access_key_id: text.optional().describe("Key id; absent: the AWS SDK's own search (environment, files, roles)"),
    secret_access_key: text.optional().describe('Secret of `access_key_id`; write it as ${ENV} or ${file:…}'),
    session_token: text.optional().describe('Session token that belongs to the two'),
    tls: tlsSetting,
    timeout_ms: milliseconds.default(30_000).describe('Time for an answer; later the object is sent again'),
    format: formatSetting,
  })
  .refine((given) => (given.access_key_id === undefined) === (given.secret_access_key === undefined), {
    error: '`access_key_id` and `secret_access_key` go together',
    path: ['secret_access_key'],
  })

export type S3Settings = z.infer<typeof s3Settings>
