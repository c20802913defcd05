// Slack tokens and the URLs by which one may post there.
import type { Detector } from '../../../core/detector.ts'
import { isNoTemplate } from '../../checks/credential.ts'
import { pieced } from '../../samples.ts'
import { around, FRONT } from '../../tokens.ts'

const BACK = '(?:$|[^0-9A-Za-z])'

const slackToken: Detector = {
  id: 'slack_token',
  summary: 'Slack tokens of bots, users, apps and sessions',
  category: 'secret',
  severity: 'critical',
  confidence: 'high',
  source: 'Slack API documentation, token types',
  pattern:
    `${FRONT}(?P<token>(?:xoxe\\.)?xox[abceprsd]-[0-9A-Za-z-]{10,}|xoxo-[0-9]+-[0-9A-Za-z-]{8,}|xap` +
    `p-[0-9]-[0-9A-Za-z-]{10,})${BACK}`,
  group: 'token',
  anchors: ['xox[a-s]-[0-9A-Za-z]', 'xapp-\\d-'],
  check: isNoTemplate,
  yes: [
    ...around(pieced('xoxb-', '000000000000-', '000000000000-', 'EXAMPLEexample')),
    `x «${pieced('xapp-', '1-', 'A0000000000-', '0000000000000-', 'example')}»`,
    `x «${pieced('xoxp-', '000000000000-', 'EXAMPLE')}»`,
  ],
  no: [
    'xoxb-short',
    'xoxb-your-token-goes-here',
    pieced('axoxb-', '000000000000-', 'EXAMPLE'),
    pieced('xoxz-', '000000000000-', 'EXAMPLE'),
    'xapp-settings-page-000',
    'xox-0000000000000',
    'photos/2018-250-xoxo-example-1.jpg',
  ],
}

const HOOK = pieced('hooks.slack', '.com/services/', 'T00000000/', 'B00000000/', 'EXAMPLEexampleEXAMPLEexa')

const slackWebhook: Detector = {
  id: 'slack_webhook',
  summary: 'URLs of Slack webhooks, workflows and triggers: who has one may post',
  category: 'secret',
  severity: 'high',
  confidence: 'high',
  source: 'Slack API documentation, incoming webhooks',
  pattern:
    '(?P<url>(?:https?:\\\\?/\\\\?/)?hooks\\.slack(?:-gov)?\\.com\\\\?/(?:services|workflows|triggers)' +
    '(?:(?:\\\\?/[0-9A-Za-z_-]+){2,4}|\\\\?/[0-9A-Za-z+]{40,60}))',
  group: 'url',
  anchors: ['hooks\\.sl'],
  yes: [
    `post «https://${HOOK}» failed`,
    `"«https://${HOOK}»"`,
    `to «${HOOK}»`,
    `url=«https://${HOOK}»&x`,
    `"«https:\\/\\/${HOOK.replaceAll('/', '\\/')}»"`,
    `«http://${HOOK.replace('services', 'workflows')}».`,
  ],
  no: [
    'https://hooks.slack.com/',
    'https://hooks.slack.com/services/',
    'https://slack.com/services/T0/B0/x',
    'https://hooks.example.com/services/T0/B0/x',
    'https://hooks.slack.com/services/T00000000',
    'hooks.slack.com is down',
  ],
}

export const slack: readonly Detector[] = [slackToken, slackWebhook]
