// The setting of headers that go with each request of a sink or an exporter, over HTTP or as gRPC metadata.
import { z } from 'zod'

/** These say how the body is written, which is ours to say; a name in -bin would need a value in base64. */
const OURS = /^(content-.*|host|te|connection|transfer-encoding|expect|upgrade|keep-alive|grpc-.*|.*-bin|:.*)$/
const NAME = /^[a-z0-9!#$%&'*+.^_`|~-]+$/

export const headersSetting = z
  .record(z.string(), z.string().regex(/^[\x20-\x7e]*$/, { error: 'only printable ASCII can be in a header' }))
  .superRefine((given, context) => {
    for (const name of Object.keys(given)) {
      const lower = name.toLowerCase()
      if (NAME.test(lower) && !OURS.test(lower)) continue
      context.addIssue({ code: 'custom', message: 'this header can not be set here', path: [name] })
    }
  })
  .default({})
  .describe('Headers (gRPC metadata) of each request, such as `authorization: Bearer ${TOKEN}`')
