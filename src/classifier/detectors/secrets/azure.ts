// Keys, secrets and signatures of Azure and Microsoft Entra.
import type { Detector, SpanFinder } from '../../../core/detector.ts'
import { afterEscape, is, PERCENT, setOf, WORD } from '../../checks/bytes.ts'
import { isNoTemplate } from '../../checks/credential.ts'
import { fake } from '../../fakes.ts'
import { pieced } from '../../samples.ts'
import { named, token } from '../../tokens.ts'

const AZURE_KEY = pieced('EXAMPLEexample'.repeat(6), 'aa', '==')

const azureStorageKey: Detector = {
  id: 'azure_storage_key',
  summary: 'Azure storage and Cosmos DB account keys in connection strings',
  category: 'secret',
  severity: 'critical',
  confidence: 'high',
  source: 'Azure Storage documentation, connection strings',
  pattern: '(?i:AccountKey)[ \\t]{0,2}(?:[:=]|%3[Dd])[ \\t]{0,2}["\']?(?P<key>[0-9A-Za-z+/]{86}==)',
  group: 'key',
  anchors: ['(?i)accountk'],
  yes: [
    `AccountName=x;AccountKey=«${AZURE_KEY}»;EndpointSuffix=core.windows.net`,
    `AccountKey=«${AZURE_KEY}»`,
    `accountkey: «${AZURE_KEY}»`,
    `"DefaultEndpointsProtocol=https;AccountKey=«${AZURE_KEY}»"`,
    `AccountEndpoint=https://x/;AccountKey=«${AZURE_KEY}»;`,
    `AccountKey%3D«${AZURE_KEY}»`,
  ],
  no: [
    'AccountKey=',
    'AccountKey=abc==',
    AZURE_KEY,
    `Account=${AZURE_KEY}`,
    `AccountKey=${AZURE_KEY.slice(1)}`,
    'AccountKeyName=x',
  ],
}

const SIGNATURE = fake('word', 43)

/** Who has the URL of a shared access signature has what it opens. */
const sharedAccessSignature: Detector = {
  id: 'azure_sas_signature',
  summary: 'Signatures of Azure shared access tokens, in URLs and in headers',
  category: 'secret',
  severity: 'high',
  confidence: 'high',
  source: 'Azure Storage and Service Bus documentation, shared access signatures',
  pattern: '(?:[?&;]|\\\\u0026|%26)sig(?:=|%3[Dd])(?P<signature>[0-9A-Za-z+/%_-]{40,70}={0,2})(?:$|[^0-9A-Za-z+/%_-])',
  group: 'signature',
  check: isNoTemplate,
  anchors: ['[?&;]sig=', '[?&;]sig%3', '0026sig=', '%26sig'],
  yes: [
    `https://x.blob.core.windows.net/c/b?sv=2024-11-04&se=2026-11-22&sr=b&sp=r&sig=«${SIGNATURE}%3D»`,
    `?sv=2024-11-04&sig=«${SIGNATURE}%3D»&se=2026`,
    `SharedAccessSignature sr=x.servicebus.windows.net&sig=«${SIGNATURE}=»&se=1700000000&skn=k`,
    `"u":"https://x/?a=1\\u0026sig=«${SIGNATURE}%3D»"`,
    `a%3D1%26sig%3D«${SIGNATURE}%253D»`,
    `"?sig=«${SIGNATURE}%3D»"`,
  ],
  no: [
    `sig=${SIGNATURE}`,
    '&sig=short',
    `&design=${SIGNATURE}%3D`,
    '?sig=&x=1',
    `&signature=${SIGNATURE}%3D`,
    `&sig=${'x'.repeat(44)}`,
  ],
}

const SHARED_KEY = `${fake('word', 43)}=`

const sharedAccessKey: Detector = {
  id: 'azure_shared_access_key',
  summary: 'Keys in connection strings of Azure Service Bus, Event Hubs, IoT Hub, Batch, SignalR and others',
  category: 'secret',
  severity: 'critical',
  confidence: 'high',
  source: 'Azure documentation, connection strings',
  pattern:
    '(?i:SharedAccessKey|AccessKey|SharedSecret)[ \\t]{0,2}(?:[:=]' +
    '|%3[Dd])[ \\t]{0,2}["\']?(?P<key>[0-9A-Za-z+/]{42,86}={1,2})',
  group: 'key',
  anchors: ['(?i)accesske', '(?i)sharedse'],
  yes: [
    `Endpoint=sb://x.servicebus.windows.net/;SharedAccessKeyName=k;SharedAccessKey=«${SHARED_KEY}»`,
    `HostName=x.azure-devices.net;DeviceId=d;SharedAccessKey=«${SHARED_KEY}»;x`,
    `Endpoint=https://x.service.signalr.net;AccessKey=«${SHARED_KEY}»;Version=1.0;`,
    `"SharedAccessKey=«${SHARED_KEY}»"`,
    `sharedaccesskey: «${SHARED_KEY}»`,
    `SharedAccessKey%3D«${SHARED_KEY}»`,
  ],
  no: [
    'SharedAccessKeyName=RootManageSharedAccessKey',
    'SharedAccessKey=',
    'SharedAccessKey=short=',
    SHARED_KEY,
    `SharedAccess=${SHARED_KEY}`,
    'SharedAccessKey=<key>',
  ],
}

const LETTERS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
const BARE = setOf(LETTERS)
const URL = setOf(`${LETTERS}_-`)
const BASE64 = setOf(`${LETTERS}+/`)

/** Keys with a mark in their middle: how many letters stand before it, which ones, and how the key ends. */
const MARKED = [
  { mark: 'AzFu', before: 44, set: URL, after: URL, last: setOf('AQgw'), tail: '==' },
  { mark: 'AzSe', before: 42, set: BARE, after: BARE, tail: '' },
  { mark: 'AzCa', before: 33, set: BARE, after: BARE, tail: '=' },
  { mark: '+ACR', before: 42, set: BASE64, after: BARE, tail: '' },
  ...['AZEG', 'AIoT', '+ASb', '+AEh', '+ARm'].map((mark) => {
    return { mark, before: 33, set: BASE64, after: BASE64, last: undefined, tail: '=' }
  }),
].map(({ mark, tail, ...rest }) => ({ ...rest, mark: Buffer.from(mark), tail: Buffer.from(tail) }))

const AFTER = 5

/** The pattern begins with counted repeats, which RE2 looks for slowly in long base64: this looks around the mark. */
const findMarked: SpanFinder = (bytes, from, to, at, span) => {
  for (const { mark, before, set, after, last, tail } of MARKED) {
    // Behind all marks but the first stands the letter of a version, which the anchor has seen.
    const markStart = at - mark.length - (last ? 0 : 1)
    const start = markStart - before
    const lettersEnd = at + AFTER + (last ? 1 : 0)
    const end = lettersEnd + tail.length
    if (start < from || end > to || !holds(bytes, markStart, mark) || !holds(bytes, lettersEnd, tail)) continue
    if (!areAll(bytes, start, markStart, set) || !areAll(bytes, at, at + AFTER, after)) continue
    if (last && last[bytes[at + AFTER]] === 0) continue
    if (end < to && (is(bytes[end], WORD) || bytes[end] === EQUALS)) continue
    if (!mayBegin(bytes, from, start) || !isNoTemplate(bytes, start, end)) continue
    span.start = start
    return end
  }
  return -1
}

const EQUALS = 0x3d
const BACKSLASH = 0x5c

function holds(bytes: Uint8Array, at: number, text: Uint8Array): boolean {
  return text.every((byte, i) => bytes[at + i] === byte)
}

function areAll(bytes: Uint8Array, start: number, end: number, set: Uint8Array): boolean {
  for (let at = start; at < end; at++) if (set[bytes[at]] === 0) return false
  return true
}

/** What `FRONT` says. */
function mayBegin(bytes: Uint8Array, from: number, at: number): boolean {
  if (at === from || afterEscape(bytes, from, at)) return true
  const before = bytes[at - 1]
  if (!is(before, WORD) && before !== PERCENT) return true
  return at - from >= 2 && bytes[at - 2] === BACKSLASH && (before === 0x6e || before === 0x72 || before === 0x74)
}

export const azure: readonly Detector[] = [
  azureStorageKey,
  sharedAccessKey,
  sharedAccessSignature,
  token({
    id: 'azure_client_secret',
    summary: 'Client secrets of Microsoft Entra applications',
    source: 'Microsoft identity platform documentation, application credentials',
    prefixes: [''],
    body: '[0-9A-Za-z_~.-]{3}[0-9]Q~[0-9A-Za-z_~.-]{31,34}',
    glue: '_~-',
    anchors: ['\\dQ~'],
    samples: [`abc8Q~${fake('word', 34)}`],
  }),
  token({
    id: 'azure_annotated_key',
    summary: 'Keys of Azure DevOps, OpenAI, Event Grid, Container Registry and other services with the mark JQQJ99',
    source: 'Microsoft security utilities, common annotated security keys',
    prefixes: [''],
    body: '[0-9A-Za-z]{52}JQQJ9[9DH][0-9A-Za-z]{2}[0-9A-Za-z]{24}',
    anchors: ['JQQJ9[9DH]'],
    samples: [`${fake('word', 52)}JQQJ99BK${fake('word', 16)}AZDO1a2b`],
  }),
  {
    ...token({
      id: 'azure_identifiable_key',
      summary:
        'Keys of Azure Functions, Search, Cache, Container Registry, Event Grid and IoT with the mark of the service',
      source: 'Microsoft security utilities, identifiable keys',
      prefixes: [''],
      body:
        '(?:[0-9A-Za-z_-]{44}AzFu[0-9A-Za-z_-]{5}[AQgw]==|[0-9A-Za-z]{42}AzSe[A-D][0-9A-Za-z]{5}' +
        '|[0-9A-Za-z]{33}AzCa[A-P][0-9A-Za-z]{5}=|[0-9A-Za-z+/]{42}\\+ACR[A-D][0-9A-Za-z]{5}' +
        '|[0-9A-Za-z+/]{33}(?:AZEG|AIoT|\\+ASb|\\+AEh|\\+ARm)[A-P][0-9A-Za-z+/]{5}=)',
      glue: '=',
      anchors: [
        'AzFu',
        'AzSe[A-D]',
        'AzCa[A-P]',
        '\\+ACR[A-D]',
        'AZEG[A-P]',
        'AIoT[A-P]',
        '\\+ASb[A-P]',
        '\\+AEh[A-P]',
        '\\+ARm[A-P]',
      ],
      samples: [
        `${fake('word', 44)}AzFu${fake('word', 5)}Q==`,
        `${fake('word', 42)}AzSeA${fake('word', 5)}`,
        `${fake('word', 33)}AzCaB${fake('word', 5)}=`,
        `${fake('word', 42)}+ACRA${fake('word', 5)}`,
        `${fake('word', 33)}+ASbC${fake('word', 5)}=`,
      ],
    }),
    find: findMarked,
  },
  named({
    id: 'azure_key',
    summary: 'Keys of Azure Cognitive Services, Functions, Maps and Application Insights behind their name',
    source: 'Azure documentation, access keys',
    names: 'azure|ocp-apim-subscription|x-functions|cosmos|(?:^|[^0-9A-Za-z])apim',
    anchors: ['(?i)azure', '(?i)ocp-apim', '(?i)x-functi', '(?i)cosmos', '(?i)^apim'],
    value: '[0-9a-f]{32}|[0-9A-Za-z+/_-]{40,88}={0,2}|[0-9A-Za-z]{84}',
    as: 'azure_speech_key',
    samples: [fake('hex', 32), `${fake('word', 86)}==`],
  }),
]
