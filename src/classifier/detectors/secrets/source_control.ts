// Tokens of services that keep source code.
import type { Detector } from '../../../core/detector.ts'
import { isAtlassianToken } from '../../checks/atlassian.ts'
import { hasBase62Checksum } from '../../checks/crc32_base62.ts'
import { isNoTemplate, isUnfilled } from '../../checks/credential.ts'
import { fake } from '../../fakes.ts'
import { pieced } from '../../samples.ts'
import { findTokens } from '../../sequence.ts'
import { around, FRONT, NO_FRONT, named, token } from '../../tokens.ts'

const BACK = '(?:$|[^0-9A-Za-z])'

/** Fine-grained GitHub tokens have no checksum that is documented. */
function isGithubToken(bytes: Uint8Array, start: number, end: number): boolean {
  if (!isUnfilled(bytes, start, end)) return false
  return bytes[start + 1] === 0x69 || end - start !== 40 || hasBase62Checksum(bytes, start, end)
}

const GITHUB = { classic: '[0-9A-Za-z]{36,}', fine: '[0-9A-Za-z]{22}_[0-9A-Za-z]{59}' }

const githubToken: Detector = {
  id: 'github_token',
  summary: 'GitHub tokens: classic ones with their checksum, fine-grained ones by shape',
  category: 'secret',
  severity: 'critical',
  confidence: 'high',
  source: 'GitHub documentation, token formats',
  pattern: `${FRONT}(?P<token>gh[oprsu]_${GITHUB.classic}|github_pat_${GITHUB.fine})${BACK}`,
  group: 'token',
  anchors: ['gh[oprsu]_[0-9A-Za-z]{2}', 'github_p'],
  check: isGithubToken,
  find: findTokens(
    [
      { prefixes: ['gho_', 'ghp_', 'ghr_', 'ghs_', 'ghu_'], anchored: [6], body: GITHUB.classic },
      { prefixes: ['github_pat_'], anchored: [8], body: GITHUB.fine },
    ],
    { front: NO_FRONT, glue: '' },
    isGithubToken,
  ),
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

const GITLAB = ['pat', 'oas', 'dt', 'rtr', 'rt', 'ptt', 'ft', 'imt', 'agent', 'soat', 'cbt', 'ffct', 'wt']

const GITLAB_PREFIXES = GITLAB.map((kind) => `gl${kind}-`)
const GITLAB_BODY = '[0-9A-Za-z_-]{20,}(?:(?:\\.[0-9a-z]{2})?\\.[0-9a-z]{9})?'
const GITLAB_RUNNER_BODY = '[0-9A-Za-z_-]{20}'

const gitlabToken: Detector = {
  id: 'gitlab_token',
  summary: 'GitLab tokens: personal, deploy, runner, trigger, agent and others',
  category: 'secret',
  severity: 'critical',
  confidence: 'high',
  source: 'GitLab documentation, token overview, token prefixes',
  pattern: `${FRONT}(?P<token>gl(?:${GITLAB.join('|')})-${GITLAB_BODY}|GR1348941${GITLAB_RUNNER_BODY})${BACK}`,
  group: 'token',
  anchors: [...GITLAB_PREFIXES, 'GR134894'],
  check: isNoTemplate,
  find: findTokens(
    [
      {
        prefixes: GITLAB_PREFIXES,
        anchored: [...new Set(GITLAB_PREFIXES.map(({ length }) => length))],
        body: GITLAB_BODY,
      },
      { prefixes: ['GR1348941'], anchored: [8], body: GITLAB_RUNNER_BODY },
    ],
    { front: NO_FRONT, glue: '' },
    isNoTemplate,
  ),
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

const ATLASSIAN = pieced('ATATT', '3xFfGF0', fake('word', 164), '=')

export const sourceControl: readonly Detector[] = [
  githubToken,
  gitlabToken,
  token({
    id: 'gitlab_session',
    summary: 'Session cookies of GitLab',
    source: 'GitLab, session store settings',
    severity: 'high',
    prefixes: ['_gitlab_session='],
    body: '[0-9a-f]{32}',
    anchors: ['_gitlab_s'],
    samples: [`_gitlab_session=${fake('hex', 32)}`],
  }),
  token({
    id: 'atlassian_api_token',
    summary: 'Atlassian API tokens of Jira, Confluence and Bitbucket, with their checksum where they carry one',
    source: 'Atlassian documentation, API tokens and repository access tokens; CRC-32 in hex at the end',
    prefixes: ['ATATT3', 'ATCTT3', 'ATBB'],
    body: '[0-9A-Za-z_=-]{28,}',
    check: isAtlassianToken,
    samples: [`${ATLASSIAN}99DFE532`, pieced('ATB', 'B', fake('word', 32))],
    no: [`${ATLASSIAN}00000000`],
  }),
  named({
    id: 'atlassian_key',
    summary: 'Atlassian tokens of the older kind behind the name of the product',
    source: 'Atlassian documentation, API tokens',
    names: 'atlassian|confluence|jira|bitbucket',
    anchors: ['(?i)atlassia', '(?i)confluen', '(?i)jira', '(?i)bitbucke'],
    value: '[0-9A-Za-z]{24}|[0-9A-Za-z]{32}|[0-9A-Za-z=_-]{64}|[0-9A-Za-z]{44}',
    as: 'jira_api_token',
    samples: [fake('word', 24), fake('word', 32)],
  }),
  token({
    id: 'sourcegraph_token',
    summary: 'Sourcegraph access tokens and license keys',
    source: 'Sourcegraph documentation, access tokens',
    prefixes: ['sgp_', 'sgd_', 'slk_'],
    body: '(?:(?:[0-9a-fA-F]{16}|local)_)?(?:[0-9a-fA-F]{64}|[0-9a-fA-F]{40})',
    samples: [`sgp_${fake('hex', 16)}_${fake('hex', 40)}`, `sgp_${fake('hex', 40)}`],
  }),
  named({
    id: 'azure_devops_token',
    summary: 'Azure DevOps personal access tokens of the older kind behind their name',
    source: 'Azure DevOps documentation, personal access tokens',
    names: 'azure.?devops|(?:^|[^0-9A-Za-z])(?:ado|vsts|vss)[_-]|system_accesstoken',
    anchors: ['(?i)devops', '(?i)^ado_', '(?i)^ado-', '(?i)^vsts', '(?i)^vss_', '(?i)system_a'],
    value: '[2-7a-z]{52}',
    as: 'azure_devops_pat',
    samples: [`${fake('base32', 52).toLowerCase()}`],
  }),
]
