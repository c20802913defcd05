// Keys, secrets and tokens of Google Cloud, Google accounts and Firebase.
import type { Detector } from '../../../core/detector.ts'
import { fake } from '../../fakes.ts'
import { pieced } from '../../samples.ts'
import { findTokens } from '../../sequence.ts'
import { FRONT, NO_FRONT, named, token } from '../../tokens.ts'

const googleApiKey: Detector = {
  id: 'google_api_key',
  summary: 'Google API keys',
  category: 'secret',
  severity: 'high',
  confidence: 'high',
  source: 'Google Cloud documentation, API keys',
  pattern: `${FRONT}(?P<key>AIza[0-9A-Za-z_-]{35})(?:$|[^0-9A-Za-z_-])`,
  group: 'key',
  anchors: ['AIza[0-9A-Za-z_-]{2}'],
  find: findTokens(
    [{ prefixes: ['AIza'], anchored: [6], body: '[0-9A-Za-z_-]{35}' }],
    { front: NO_FRONT, glue: '_-' },
    () => true,
  ),
  yes: [
    ...['key=«K»&x=1', 'using «K» now', '"«K»"', '?key=«K»', 'k%3D«K»', "'«K»',"].map((text) =>
      text.replace('K', pieced('AIza', 'EXAMPLE_example-EXAMPLE_example-000')),
    ),
  ],
  no: [
    'AIzaShort',
    pieced('AIza', 'EXAMPLE_example-EXAMPLE_example-0000'),
    pieced('AIza', 'EXAMPLE_example-EXAMPLE_example-00'),
    pieced('xAIza', 'EXAMPLE_example-EXAMPLE_example-000'),
    pieced('aiza', 'EXAMPLE_example-EXAMPLE_example-000'),
    pieced('AIza', 'EXAMPLE.example-EXAMPLE_example-000'),
  ],
}

export const google: readonly Detector[] = [
  googleApiKey,
  token({
    id: 'google_oauth_secret',
    summary: 'Google OAuth client secrets',
    source: 'Google documentation, OAuth clients',
    prefixes: ['GOCSPX-'],
    body: '[0-9A-Za-z_-]{28}',
    glue: '_-',
    samples: [`GOCSPX-${fake('word', 28)}`],
  }),
  token({
    id: 'google_oauth_token',
    summary: 'Google OAuth access tokens',
    source: 'Google documentation, OAuth access tokens',
    prefixes: ['ya29.'],
    body: '[0-9A-Za-z_-]{30,}',
    samples: [`ya29.${fake('word', 120)}`],
  }),
  token({
    id: 'google_refresh_token',
    summary: 'Google OAuth refresh tokens',
    source: 'Google documentation, OAuth refresh tokens',
    prefixes: ['1//0'],
    body: '[0-9A-Za-z_-]{40,}',
    samples: [`1//0${fake('word', 96)}`],
  }),
  token({
    id: 'firebase_server_key',
    summary: 'Firebase Cloud Messaging server keys',
    source: 'Firebase documentation, legacy server keys',
    prefixes: ['AAAA'],
    anchors: [':APA91'],
    body: '[0-9A-Za-z_-]{7}:APA91[0-9A-Za-z_-]{120,}',
    glue: '_-',
    samples: [`AAAA${fake('word', 7)}:APA91b${fake('word', 133)}`],
  }),
  named({
    id: 'google_private_key_id',
    summary: 'Ids of the keys of Google service accounts, as in their JSON files',
    source: 'Google Cloud documentation, service account keys',
    severity: 'high',
    names: 'private[_-]?key[_-]?id',
    anchors: ['(?i)key_id', '(?i)key-id', '(?i)keyid'],
    kinds: false,
    value: '[0-9a-f]{40}',
    as: 'private_key_id',
    samples: [fake('hex', 40)],
  }),
  named({
    id: 'recaptcha_secret',
    summary: 'Secret keys of reCAPTCHA and hCaptcha behind their name',
    source: 'Google reCAPTCHA and hCaptcha documentation, site and secret keys',
    severity: 'high',
    names: 'captcha',
    anchors: ['(?i)captcha'],
    value: '6L[0-9A-Za-z_-]{38}|0x[0-9A-Fa-f]{40}|ES_[0-9a-f]{32}',
    as: 'recaptcha_secret_key',
    samples: [`6L${fake('word', 38)}`, `0x${fake('hex', 40)}`],
  }),
]
