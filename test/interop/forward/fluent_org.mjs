// Sends records with npm @fluent-org/logger. argv[2]: { count, options }
import { FluentClient } from '@fluent-org/logger'

const { count, options } = JSON.parse(process.argv[2])
const client = new FluentClient('app', options)
await client.connect()
const sent = []
for (let n = 0; n < count; n++) sent.push(client.emit('web', { n, log: `line ${n}`, uni: 'naïve ☕' }))
await Promise.all(sent)
await client.shutdown()
