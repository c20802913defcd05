// Tokens that carry the name of who gave them out.
import type { Detector } from '../../core/detector.ts'
import { hasBase62Checksum } from '../checks/crc32_base62.ts'
import { isNoTemplate } from '../checks/credential.ts'
import { pieced } from '../samples.ts'

const FRONT = '(?:^|%[0-9A-Fa-f]{2}|\\\\[nrt]|[^0-9A-Za-z%])'
const BACK = '(?:$|[^0-9A-Za-z])'

/** The six settings that every sample is shown in. */
function around(token: string): string[] {
  return [
    `using «${token}» now`,
    `"«${token}»"`,
    `t=«${token}»&x=1`,
    `k: '«${token}»',`,
    `a%3D«${token}»`,
    `«${token}».`,
  ]
}

/** Fine-grained GitHub tokens have no checksum that is documented. */
function isGithubToken(bytes: Uint8Array, start: number, end: number): boolean {
  return bytes[start + 1] === 0x69 || end - start !== 40 || hasBase62Checksum(bytes, start, end)
}

const githubToken: Detector = {
  id: 'github_token',
  summary: 'GitHub tokens: classic ones with their checksum, fine-grained ones by shape',
  category: 'secret',
  severity: 'critical',
  confidence: 'high',
  source: 'GitHub documentation, token formats',
  pattern: `${FRONT}(?P<token>gh[oprsu]_[0-9A-Za-z]{36,}|github_pat_[0-9A-Za-z]{22}_[0-9A-Za-z]{59})${BACK}`,
  group: 'token',
  anchors: ['gh[oprsu]_[0-9A-Za-z]{2}', 'github_p'],
  check: isGithubToken,
  yes: [
    ...around(pieced('ghp_', 'EXAMPLEexampleEXAMPLEexample00', '2dPYoc')),
    `x «${pieced('ghs_', 'MadeUpForTheTestsOfLogveil0001', '0ExjqR')}»`,
    `x «${pieced('github_pat_', 'EXAMPLEexampleEXAMPLE0', '_', 'EXAMPLEexample'.repeat(4), '000')}»`,
  ],
  no: [
    pieced('ghp_', 'EXAMPLEexampleEXAMPLEexample01', '2dPYoc'),
    pieced('ghp_', 'EXAMPLEexampleEXAMPLEexample00', '2dPYod'),
    pieced('xghp_', 'EXAMPLEexampleEXAMPLEexample00', '2dPYoc'),
    pieced('gha_', 'EXAMPLEexampleEXAMPLEexample00', '2dPYoc'),
    'ghp_short',
    'github_pat_short',
  ],
}

const npmToken: Detector = {
  id: 'npm_token',
  summary: 'npm access tokens with their checksum',
  category: 'secret',
  severity: 'critical',
  confidence: 'high',
  source: "GitHub's and npm's token format (30 random characters, CRC-32 in base 62)",
  pattern: `${FRONT}(?P<token>npm_[0-9A-Za-z]{36})${BACK}`,
  group: 'token',
  anchors: ['npm_[0-9A-Za-z]{2}'],
  check: hasBase62Checksum,
  yes: around(pieced('npm_', 'FAKEfakeFAKEfakeFAKEfakeFAKE01', '03qqqQ')),
  no: [
    pieced('npm_', 'FAKEfakeFAKEfakeFAKEfakeFAKE02', '03qqqQ'),
    pieced('npm_', 'FAKEfakeFAKEfakeFAKEfakeFAKE01', '03qqqR'),
    pieced('xnpm_', 'FAKEfakeFAKEfakeFAKEfakeFAKE01', '03qqqQ'),
    pieced('npm_', 'FAKEfakeFAKEfakeFAKEfakeFAKE01', '03qqqQ1'),
    'npm_config_cache',
    'npm_lifecycle_event=test',
  ],
}

const gitlabToken: Detector = {
  id: 'gitlab_token',
  summary: 'GitLab tokens: personal, deploy, runner, trigger, agent and others',
  category: 'secret',
  severity: 'critical',
  confidence: 'high',
  source: 'GitLab documentation, token overview, token prefixes',
  pattern:
    `${FRONT}(?P<token>gl(?:pat|oas|dt|rtr|rt|ptt|ft|imt|agent|soat|cbt|ffct|wt)-[0-9A-Za-z_-]{20,}` +
    `(?:(?:\\.[0-9a-z]{2})?\\.[0-9a-z]{9})?|GR1348941[0-9A-Za-z_-]{20})${BACK}`,
  group: 'token',
  anchors: ['gl[a-z]{2}-', 'gl[a-z]{3}-', 'gl[a-z]{4}-', 'glagent-', 'GR134894'],
  check: isNoTemplate,
  yes: [
    ...around(pieced('glpat-', 'EXAMPLE_example-0000')),
    `no digit «${pieced('glpat-', 'EXAMPLEexampleEXAMPL')}»`,
    `x «${pieced('glpat-', 'EXAMPLEexampleEXAMPLEexample000', '.01.', '0z1abcdef')}» y`,
    `x «${pieced('glrt-', 't1_EXAMPLE_example-0000')}»`,
    `x «${pieced('GR1348941', 'EXAMPLE_example-0000')}»`,
  ],
  no: [
    'glpat-short',
    pieced('xglpat-', 'EXAMPLE_example-0000'),
    pieced('glxyz-', 'EXAMPLE_example-0000'),
    'glpat-your-personal-access-token-here',
    'gl-pat-0000000000000000000000',
    'english-0000000000000000000000',
  ],
}

const slackToken: Detector = {
  id: 'slack_token',
  summary: 'Slack tokens of bots, users, apps and sessions',
  category: 'secret',
  severity: 'critical',
  confidence: 'high',
  source: 'Slack API documentation, token types',
  pattern: `${FRONT}(?P<token>(?:xoxe\\.)?xox[abceoprsd]-[0-9A-Za-z-]{10,}|xapp-[0-9]-[0-9A-Za-z-]{10,})${BACK}`,
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
    '(?:\\\\?/[0-9A-Za-z_-]+){2,4})',
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

const stripeKey: Detector = {
  id: 'stripe_key',
  summary: 'Stripe secret and restricted keys, live and test, and webhook signing secrets',
  category: 'secret',
  severity: 'critical',
  confidence: 'high',
  source: 'Stripe documentation, API keys and webhooks',
  pattern: `${FRONT}(?P<key>[rs]k_(?:live|test)_[0-9A-Za-z]{16,}|whsec_[0-9A-Za-z+/]{32,}=*)${BACK}`,
  group: 'key',
  anchors: ['[rs]k_live_', '[rs]k_test_', 'whsec_'],
  yes: [
    ...around(pieced('sk_', 'live_', '0000EXAMPLE0000EXAMPLE00')),
    `x «${pieced('rk_', 'test_', '0000EXAMPLE0000EXAMPLE00')}»`,
    `x «${pieced('whsec_', 'EXAMPLEexampleEXAMPLEexample0000')}»`,
  ],
  no: [
    'sk_live_short',
    pieced('pk_', 'live_', '0000EXAMPLE0000EXAMPLE00'),
    pieced('ask_', 'live_', '0000EXAMPLE0000EXAMPLE00'),
    pieced('sk_', 'prod_', '0000EXAMPLE0000EXAMPLE00'),
    'whsec_short',
    'risk_test_results_are_here_now',
  ],
}

const openaiApiKey: Detector = {
  id: 'openai_api_key',
  summary: 'OpenAI API keys, of users, projects and service accounts',
  category: 'secret',
  severity: 'critical',
  confidence: 'high',
  source: 'OpenAI API keys: their fixed middle part T3BlbkFJ ("OpenAI" in base64)',
  pattern: `${FRONT}(?P<key>sk-(?:[a-z]+-)?[0-9A-Za-z_-]{16,}T3BlbkFJ[0-9A-Za-z_-]{16,})${BACK}`,
  group: 'key',
  anchors: ['^sk-', '%[0-9A-Fa-f]{2}sk-', '\\\\[nrt]sk-'],
  yes: around(pieced('sk-', 'EXAMPLEexample000000', 'T3Blbk', 'FJ', 'EXAMPLEexample000000')),
  no: [
    'sk-short',
    'sk-learn-pipeline-with-a-rather-long-name',
    pieced('sk-', 'EXAMPLEexample000000', 'T3Blbk', 'FJ'),
    pieced('task-', 'EXAMPLEexample000000', 'T3Blbk', 'FX', 'EXAMPLEexample000000'),
    pieced('xsk-', 'EXAMPLEexample000000', 'T3Blbk', 'FJ', 'EXAMPLEexample000000'),
    pieced('sk-', 'EXAMPLEexample000000', 'EXAMPLEexample000000'),
  ],
}

const anthropicApiKey: Detector = {
  id: 'anthropic_api_key',
  summary: 'Anthropic API keys',
  category: 'secret',
  severity: 'critical',
  confidence: 'high',
  source: 'Anthropic documentation, API keys',
  pattern: `${FRONT}(?P<key>sk-ant-[a-z]+[0-9]{2}-[0-9A-Za-z_-]{80,})${BACK}`,
  group: 'key',
  anchors: ['sk-ant-'],
  yes: around(pieced('sk-', 'ant-', 'api03-', 'EXAMPLEexample'.repeat(6), '00')),
  no: [
    'sk-ant-short',
    pieced('sk-', 'ant-', 'api03-', 'EXAMPLEexample'.repeat(5)),
    pieced('sk-', 'ant-', 'EXAMPLEexample'.repeat(7)),
    pieced('ask-', 'ant-', 'api03-', 'EXAMPLEexample'.repeat(6)),
    pieced('sk-', 'bee-', 'api03-', 'EXAMPLEexample'.repeat(6)),
    'sk-ant-api03-',
  ],
}

const sendgridApiKey: Detector = {
  id: 'sendgrid_api_key',
  summary: 'SendGrid API keys',
  category: 'secret',
  severity: 'critical',
  confidence: 'high',
  source: 'Twilio SendGrid documentation, API keys',
  pattern: `${FRONT}(?P<key>SG\\.[0-9A-Za-z_-]{22}\\.[0-9A-Za-z_-]{43})(?:$|[^0-9A-Za-z_-])`,
  group: 'key',
  anchors: ['SG\\.[0-9A-Za-z_-]{5}'],
  yes: around(pieced('SG.', 'EXAMPLEexampleEXAMPLE0', '.', 'EXAMPLEexample'.repeat(3), '0')),
  no: [
    'SG.short.short',
    pieced('xSG.', 'EXAMPLEexampleEXAMPLE0', '.', 'EXAMPLEexample'.repeat(3), '0'),
    pieced('SG.', 'EXAMPLEexampleEXAMPLE0', '.', 'EXAMPLEexample'.repeat(3)),
    pieced('SG.', 'EXAMPLEexampleEXAMPLE', '.', 'EXAMPLEexample'.repeat(3), '0'),
    pieced('sg.', 'EXAMPLEexampleEXAMPLE0', '.', 'EXAMPLEexample'.repeat(3), '0'),
    'MSG.example.of.a.key',
  ],
}

export const vendorTokens: readonly Detector[] = [
  githubToken,
  gitlabToken,
  npmToken,
  slackToken,
  slackWebhook,
  stripeKey,
  openaiApiKey,
  anthropicApiKey,
  sendgridApiKey,
]
