// URLs that are secrets themselves: who has one may post, or read.
import type { Detector } from '../../../core/detector.ts'
import { FAKE_UUID, fake } from '../../fakes.ts'
import { pieced } from '../../samples.ts'

interface Hook extends Pick<Detector, 'id' | 'summary' | 'source'> {
  /** Host and path behind `https://`, in RE2 syntax; `/` may be escaped in the text. */
  readonly url: string
  readonly anchors: readonly string[]
  readonly sample: string
  readonly no: readonly string[]
}

/** A URL in text, in JSON with escaped slashes, with its scheme or without. */
function hook({ url, sample, no, ...rest }: Hook): Detector {
  return {
    ...rest,
    category: 'secret',
    severity: 'high',
    confidence: 'high',
    pattern: `(?P<url>(?:https?:\\\\?/\\\\?/)?${url.replaceAll('/', '\\\\?/')})`,
    group: 'url',
    yes: [
      `post «https://${sample}» failed`,
      `"«https://${sample}»"`,
      `to «${sample}»`,
      `url='«https://${sample}»',`,
      `"«https:\\/\\/${sample.replaceAll('/', '\\/')}»"`,
      `(«http://${sample}»)`,
    ],
    no: [
      `https://${sample.split('/')[0]}/`,
      `https://${sample.split('/')[0]}`,
      `https://example.com/${sample.split('/').slice(1).join('/')}`,
      `${sample.split('/')[0]} is down`,
      ...no,
    ],
  }
}

const UUID = '[0-9A-Za-z]{8}(?:-[0-9A-Za-z]{4}){3}-[0-9A-Za-z]{12}'

export const webhooks: readonly Detector[] = [
  hook({
    id: 'discord_webhook',
    summary: 'URLs of Discord webhooks',
    source: 'Discord documentation, webhook resource',
    url: '(?:(?:ptb|canary)\\.)?discord(?:app)?\\.com/api/(?:v[0-9]+/)?webhooks/[0-9]{17,20}/[0-9A-Za-z_-]{60,80}',
    anchors: ['discord\\.com', 'discordapp'],
    sample: pieced('discord', '.com/api/webhooks/', fake('digits', 18), '/', fake('word', 68)),
    no: ['https://discord.com/api/webhooks/', `https://discord.com/api/webhooks/${fake('digits', 18)}/short`],
  }),
  hook({
    id: 'teams_webhook',
    summary: 'URLs of Microsoft Teams and Office webhooks',
    source: 'Microsoft Teams documentation, incoming webhooks',
    url:
      `[0-9A-Za-z.-]{1,60}\\.office(?:365)?\\.com/webhook(?:b2)?/${UUID}@${UUID}/IncomingWebhook/[0-9` +
      `A-Za-z]{32}/${UUID}`,
    anchors: ['/webhookb', '/webhook/', '/webhook\\\\/', '/webhookb2'],
    sample: pieced(
      'example.webhook.office',
      `.com/webhookb2/${FAKE_UUID}@${FAKE_UUID}/IncomingWebhook/${fake('hex', 32)}/${FAKE_UUID}`,
    ),
    no: ['https://example.webhook.office.com/webhookb2/', 'https://example.com/webhook/12'],
  }),
  hook({
    id: 'power_automate_url',
    summary: 'URLs of Azure Logic Apps and Power Automate flows, with their signature',
    source: 'Azure Logic Apps documentation, request triggers',
    url:
      '[0-9a-z.-]{1,60}\\.logic\\.azure\\.com' +
      '(?::443)?/workflows/[0-9a-f]{32}/triggers/[^\\s"\'<>]{1,200}sig=[0-9A-Za-z_%-]{40,60}',
    anchors: ['\\.logic\\.a'],
    sample: pieced(
      'prod-01.westeurope.logic.azure',
      `.com:443/workflows/${fake('hex', 32)}/triggers/manual/paths/invoke?api-version=1&sig=${fake('word', 43)}`,
    ),
    no: ['https://prod-01.westeurope.logic.azure.com:443/workflows/', `sig=${fake('word', 43)}`],
  }),
  hook({
    id: 'google_chat_webhook',
    summary: 'URLs of Google Chat webhooks, with key and token',
    source: 'Google Chat documentation, incoming webhooks',
    url: 'chat\\.googleapis\\.com/v1/spaces/[0-9A-Za-z_-]+/messages\\?[^\\s"\'<>]*key=[0-9A-Za-z_&=%-]+',
    anchors: ['chat\\.goog'],
    sample: pieced(
      'chat.googleapis',
      `.com/v1/spaces/AAAA${fake('word', 7)}/messages?key=${fake('word', 39)}&token=${fake('word', 43)}`,
    ),
    no: ['https://chat.googleapis.com/v1/spaces/', 'https://chat.googleapis.com/v1/spaces/AAAA/messages'],
  }),
  hook({
    id: 'automation_webhook',
    summary: 'URLs of webhooks of Zapier, IFTTT, Make, Pipedream and Telegram bots',
    source: 'documentation of the services, webhooks',
    url:
      '(?:hooks\\.zapier\\.com/hooks/catch/[0-9]+/[0-9a-z]+|maker\\.ifttt\\.com/trigger/[0-9A-Za-z_-]+/' +
      '(?:json/)?with/key/[0-9A-Za-z_-]{20,}|hook\\.[0-9a-z.]{2,12}\\.make\\.com/[0-9a-z]{20,}' +
      '|eo[0-9a-z]{12,18}\\.m\\.pipedream\\.net)',
    anchors: ['hooks\\.za', 'maker\\.if', '\\.make\\.co', '\\.m\\.piped'],
    sample: pieced('hooks.zapier', `.com/hooks/catch/${fake('digits', 7)}/${fake('lower', 7)}`),
    no: ['https://hooks.zapier.com/hooks/catch/', 'https://maker.ifttt.com/trigger/door/with/key/'],
  }),
]
