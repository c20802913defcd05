// What is shown of a URL in the settings: nothing by which somebody could post, and enough to know what it is.
import { expect, it } from 'vitest'
import { pieced } from '../../src/classifier/samples.ts'
import { shownSecret, shownText } from '../../src/settings/shown_text.ts'

const TOKEN = pieced('9f8e7d6c', '5b4a39281706')
const WORD = pieced('kQwRtYpLmN', 'bVcXzAsDfGhJ')

it.each([
  ['no URL at all', 'no URL at all'],
  ['127.0.0.1:4317', '127.0.0.1:4317'],
  ['https://user:secret@host:8088/in', 'https://[hidden]@host:8088/in'],
  ['http://host/loki/api/v1/push', 'http://host/loki/api/v1/push'],
  ['http://host/app-logs/_bulk', 'http://host/app-logs/_bulk'],
  [`https://host/in?sig=${TOKEN}&n=1`, 'https://host/in?sig=[hidden]&n=[hidden]'],
  [`https://host/in?${TOKEN}`, 'https://host/in?[hidden]'],
  [`https://host/in#${TOKEN}`, 'https://host/in#[hidden]'],
  [
    pieced('https://hooks.slack', `.com/services/T0AB1CD2E/B0AB1CD2E/${WORD}`),
    'https://hooks.slack.com/services/[hidden]/[hidden]/[hidden]',
  ],
  [pieced('https://discord', `.com/api/webhooks/1234567/short`), 'https://discord.com/api/webhooks/[hidden]/[hidden]'],
  [
    pieced('https://a.webhook.office', `.com/webhookb2/x/IncomingWebhook/y`),
    'https://a.webhook.office.com/webhookb2/[hidden]/[hidden]/[hidden]',
  ],
  [
    pieced('https://hooks.zapier', '.com/hooks/catch/1/abc'),
    'https://hooks.zapier.com/hooks/[hidden]/[hidden]/[hidden]',
  ],
  [
    pieced('https://maker.ifttt', `.com/trigger/door/with/key/abc`),
    'https://maker.ifttt.com/trigger/door/with/key/[hidden]',
  ],
  [
    pieced('https://api.telegram', `.org/bot12345:${WORD}/sendMessage`),
    'https://api.telegram.org/[hidden]/sendMessage',
  ],
  [`https://chat.example.com/hooks/sesame`, 'https://chat.example.com/hooks/[hidden]'],
  [`https://logs.example.com/receiver/${TOKEN}`, 'https://logs.example.com/receiver/[hidden]'],
  [`https://logs.example.com/receiver/${WORD}`, 'https://logs.example.com/receiver/[hidden]'],
  ['https://${HOST}/hooks/${HOOK}?sig=${SIG}', 'https://${HOST}/hooks/${HOOK}?sig=${SIG}'],
  ['https://${USER}@h/app-${STAGE}', 'https://${USER}@h/app-${STAGE}'],
  ['https://host/${file:/run/secrets/hook}', 'https://host/${file:/run/secrets/hook}'],
  [`https://\${HOST}/in?sig=${TOKEN}`, 'https://${HOST}/in?sig=[hidden]'],
  [`\${URL:-https://user:pw@host/hooks/${TOKEN}}`, '${URL:-https://[hidden]@host/hooks/[hidden]}'],
])('%s', (written, shown) => {
  expect(shownText(written)).toBe(shown)
})

it.each([
  ['${KEY}', '${KEY}'],
  ['${KEY:-literal}', '${KEY:-[hidden]}'],
  ['literal-${KEY}', '${KEY}[hidden]'],
  ['Bearer ${A}.${B:-literal}', '${A}${B:-[hidden]}[hidden]'],
])('of a secret, %s', (written, shown) => {
  expect(shownSecret(written)).toBe(shown)
})
