// Tokens of social networks.
import type { Detector } from '../../../core/detector.ts'
import { isUnfilled } from '../../checks/credential.ts'
import { isNoTable } from '../../checks/generated.ts'
import { fake } from '../../fakes.ts'
import { named, token } from '../../tokens.ts'

export const social: readonly Detector[] = [
  token({
    id: 'facebook_token',
    summary: 'Facebook and Instagram access tokens',
    source: 'Meta documentation, access tokens',
    prefixes: ['EAA', 'IGQV', 'IGAA'],
    anchors: ['EAA[0-9A-Za-z]{5}', 'IGQV', 'IGAA'],
    body: '[0-9A-Za-z]{90,}',
    samples: [`EAAC${fake('word', 160)}`, `IGQV${fake('word', 120)}`],
    check: (bytes, start, end) => isUnfilled(bytes, start, end) && isNoTable(bytes, start, end),
  }),
  named({
    id: 'facebook_app_token',
    summary: 'Facebook app access tokens: id and secret of the app',
    source: 'Meta documentation, app access tokens',
    names: 'access[_-]?token|facebook|fb[_-]',
    kinds: false,
    anchors: ['(?i)access_t', '(?i)access-t', '(?i)accesst', '(?i)facebook', '(?i)fb_', '(?i)fb-'],
    value: '[0-9]{15,16}(?:\\||%7C)[0-9A-Za-z_-]{27,40}',
    as: 'access_token',
    samples: [`102938475610293|${fake('word', 27)}`],
  }),
  named({
    id: 'facebook_secret',
    summary: 'Facebook app secrets behind their name',
    source: 'Meta documentation, app secret',
    names: 'facebook|(?:^|[^0-9A-Za-z])fb[_-]',
    anchors: ['(?i)facebook', '(?i)^fb[_-]'],
    value: '[0-9a-f]{32}',
    as: 'facebook_app_secret',
    samples: [fake('hex', 32)],
  }),
  token({
    id: 'twitter_bearer_token',
    summary: 'X (Twitter) app bearer tokens: twenty A and more',
    source: 'X documentation, bearer tokens',
    prefixes: ['AAAAAAAAAAAAAAAAAAAA'],
    anchors: ['A{16}'],
    body: '[0-9A-Za-z%]{60,110}',
    glue: '%',
    samples: [`AAAAAAAAAAAAAAAAAAAAA${fake('word', 30)}%3D${fake('word', 50)}`],
  }),
  named({
    id: 'twitter_key',
    summary: 'X (Twitter) keys and secrets behind their name',
    source: 'X documentation, API key and secret',
    names: 'twitter',
    anchors: ['(?i)twitter'],
    value: '[0-9A-Za-z]{25}|[0-9A-Za-z]{45}|[0-9A-Za-z]{50}|[0-9]{15,25}-[0-9A-Za-z]{20,40}',
    as: 'twitter_api_secret',
    samples: [fake('word', 50), fake('word', 25), `${fake('digits', 18)}-${fake('word', 40)}`],
  }),
  token({
    id: 'linkedin_secret',
    summary: 'LinkedIn client secrets',
    source: 'LinkedIn documentation, client credentials',
    prefixes: ['WPL_AP1.'],
    body: '[0-9A-Za-z]{16}\\.[0-9A-Za-z+/]{6,}={0,2}',
    glue: '=',
    samples: [`WPL_AP1.${fake('word', 16)}.${fake('word', 6)}==`],
  }),
  named({
    id: 'linkedin_key',
    summary: 'LinkedIn client secrets of the older kind behind their name',
    source: 'LinkedIn documentation, client credentials',
    names: 'linked[_-]?in',
    anchors: ['(?i)linkedin', '(?i)linked_i', '(?i)linked-i'],
    value: '[0-9A-Za-z]{14}|[0-9A-Za-z]{16}',
    as: 'linkedin_client_secret',
    samples: [fake('word', 16)],
  }),
  named({
    id: 'twitch_key',
    summary: 'Twitch client secrets behind their name',
    source: 'Twitch documentation, client secrets',
    names: 'twitch',
    anchors: ['(?i)twitch'],
    value: '[0-9a-z]{30}',
    as: 'twitch_client_secret',
    samples: [fake('lower', 30)],
  }),
]
