// Sends records with npm fluent-logger. A process of its own: it freezes its event loop when the peer half-closes.
// argv[2]: { count, options, event_time }
import { createRequire } from 'node:module'

// Its types know neither `on` nor `end()` nor EventTime.
const logger = createRequire(import.meta.url)('fluent-logger')

const { count, options, event_time } = JSON.parse(process.argv[2])
const sender = logger.createFluentSender('app', { flushInterval: 5, timeout: 5, ...options })
sender.on('error', (/** @type {Error} */ error) => {
  process.stderr.write(`${error.message}\n`)
  process.exit(1)
})

const sent = []
for (let n = 0; n < count; n++) {
  const data = { n, log: `line ${n} of 4111 1111 1111 1111`, uni: 'naïve ☕', deep: { list: [1, 'two', null, true] } }
  sent.push(
    new Promise((resolve, reject) => {
      const done = (/** @type {Error | undefined} */ error) => (error ? reject(error) : resolve(n))
      if (event_time) sender.emit('web', data, logger.EventTime.now(), done)
      else sender.emit('web', data, done)
    }),
  )
}
await Promise.all(sent)
sender.end()
