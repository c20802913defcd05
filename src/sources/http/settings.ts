// What an operator may write about an http source.
import { z } from 'zod'
import { addressSetting } from '../../net/address.ts'
import { HOLDS_REQUESTS, holdsRequests, requestSettings } from '../../net/intake/settings.ts'

const user = z.strictObject({
  username: z.string().min(1).describe('Name that the client gives'),
  password: z.string().describe('Its password; write it as ${ENV} or ${file:…}'),
})

export const httpSettings = z
  .strictObject({
    listen: addressSetting
      .default('127.0.0.1:8088')
      .describe('Where to listen: host:port, [ipv6]:port or unix:/path; port 0 takes a free one and says which'),
    path: z
      .string()
      .regex(/^\/([\w.~-]+(\/[\w.~-]+)*)?$/, { error: 'write a path such as /logs' })
      .default('/')
      .describe('Where JSON and text are posted to; those of Elasticsearch and Splunk are where they always are'),
    tokens: z
      .array(z.string().min(1))
      .default([])
      .describe('Tokens of which a client may send one (Bearer, Splunk, ApiKey); write each as ${ENV} or ${file:…}'),
    users: z.array(user).default([]).describe('Users of whom a client may be one (Basic)'),
    elasticsearch_version: z
      .string()
      .regex(/^\d+\.\d+\.\d+$/, { error: 'write a version such as 8.19.0' })
      .default('8.19.0')
      .describe('What shippers for Elasticsearch are told when they ask for its version; some want one like their own'),
    ...requestSettings,
  })
  .refine(holdsRequests, HOLDS_REQUESTS)

export type HttpSettings = z.infer<typeof httpSettings>
