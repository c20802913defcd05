// Secrets of nobody in particular, by the names and signs around them, where `name = value` does not reach: elements of
// XML, odd assignments of programs, schemes of the Authorization header, and identifiers of sessions.
import type { Detector } from '../../../core/detector.ts'
import { isElementSecret, isGeneratedSecret, isHeaderSecret, isSessionId } from '../../checks/generated.ts'
import { FAKE_UUID, fake } from '../../fakes.ts'

const authorizationHeader: Detector = {
  id: 'authorization_header',
  summary: 'Credentials in Authorization headers of any scheme: Token, ApiKey, Digest, GenieKey, a bare key',
  category: 'secret',
  severity: 'high',
  confidence: 'high',
  generic: 2,
  source: 'RFC 9110 section 11.4, RFC 7616, OAuth 1.0',
  pattern:
    '(?i:(?:proxy-)?authorization|x-auth-key|x-auth-token)\\\\*["\']?[ \\t]{0,2}[:=][ \\t]{0,4}\\\\*["\']?' +
    '(?:(?i:token|apikey|api-key|key|digest|hmac|oauth|mac|signature|geniekey|snowflake|client-id' +
    '|negotiate|ntlm|sso-key)[ \\t]+)?' +
    '(?P<credentials>[0-9A-Za-z][^\\r\\n"\'\\\\<>]*)',
  group: 'credentials',
  anchors: ['(?i)orizatio', '(?i)x-auth-k', '(?i)x-auth-t'],
  check: isHeaderSecret,
  yes: [
    'Authorization: Token «0a1b2c3d4e5f60718293»',
    `authorization: «${FAKE_UUID}»`,
    `"Authorization": "GenieKey «${FAKE_UUID}»"`,
    `-H 'Authorization: ApiKey «${fake('word', 32)}»'`,
    `Proxy-Authorization: NTLM «TlRMTVNTUAADAAAAGAAYAHIAAAAYABgA»`,
    'Authorization: Digest «username=jane, response=0a1b2c3d4e5f»',
    `X-Auth-Key: «${fake('hex', 37)}»`,
  ],
  no: [
    'Authorization: Bearer',
    'Authorization: Basic',
    'Authorization: ***',
    'Authorization: [REDACTED]',
    'authorization: required',
    'Authorization failed for user jane',
    'authorization: granted by policy 12',
    'Authorization: ${TOKEN}',
  ],
}

const sessionId: Detector = {
  id: 'session_id',
  summary: 'Identifiers of web sessions behind the names that servers and frameworks give them',
  category: 'secret',
  severity: 'high',
  confidence: 'high',
  generic: 2,
  source: 'OWASP Session Management Cheat Sheet, session ID name fingerprinting',
  pattern:
    '(?i:jsessionid(?:sso)?|phpsessid|asp\\.net_sessionid|aspsessionid[a-z]{8}|\\.aspxauth' +
    '|connect\\.sid|laravel_session|ci_session' +
    '|sessionid|session_id|sess_id|_session|session_key)\\\\*["\']?(?:[ \\t]{0,2}[:=][ \\t]{0,2}|%3[Dd])\\\\*["\']?' +
    '(?P<id>[0-9A-Za-z%+/_.!~-]+={0,2})',
  group: 'id',
  anchors: [
    '(?i)sessioni',
    '(?i)phpsessi',
    '(?i)sess_id',
    '(?i)session_',
    '(?i)_session',
    '(?i)aspxauth',
    '(?i)ect\\.sid',
  ],
  check: isSessionId,
  yes: [
    'GET /shop;jsessionid=«0A1B2C3D4E5F60718293A4B5C6D7E8F9»?x=1',
    'PHPSESSID=«n4v5c1q8i7s2d0t9k3b6a1e2f3»; path=/',
    `"session_id": "«${FAKE_UUID}»"`,
    'connect.sid=«s%3A0a1b2c3d4e5f60718293a4b5.6c7d8e9f»',
    `ASP.NET_SessionId=«${fake('lower', 24)}»; x`,
    `laravel_session=«eyJpdiI6${fake('word', 40)}%3D»`,
  ],
  no: [
    'session_id=12',
    'session_id=null',
    'sessionid: none',
    'session_key=',
    'the session id is missing',
    'session_id=user-login',
    'session_idle=30000000000000000000',
    'jsessionid=${SESSION}',
    'session_id=1700000000000000000',
  ],
}

const xmlSecret: Detector = {
  id: 'xml_secret',
  summary: 'Secrets in elements and settings of XML: <password>…</password>, key="Password" value="…"',
  category: 'secret',
  severity: 'high',
  confidence: 'medium',
  generic: 2,
  source: 'CWE-532; XML 1.0',
  pattern:
    '(?:<(?:[0-9A-Za-z_-]{1,30}:)?[0-9A-Za-z_.-]{0,30}(?i:password|passwd|passphrase|pwd|secret|token' +
    '|apikey|api_key|accesskey|privatekey)' +
    '(?:\\s[^<>]{0,200})?(?:>)\\s{0,20}' +
    '|(?:name|key)=\\\\*["\'][0-9A-Za-z_.:-]{0,40}(?i:password|passwd|passphrase|pwd|secret|token' +
    '|api[_.-]?key|access[_.-]?key)\\\\*["\']\\s{1,4}value=\\\\*["\']' +
    '|\\b(?:name|key)\\\\*["\']?\\s{0,2}[:=]\\s{0,2}\\\\*["\'][0-9A-Za-z_.:-]{0,40}(?i:password' +
    '|passwd|passphrase|pwd|secret|token|api[_.-]?key' +
    '|access[_.-]?key)\\\\*["\'],?\\s{0,4}\\\\*["\']?value\\\\*["\']?\\s{0,2}[:=]\\s{0,2}\\\\*["\'])' +
    '(?P<value>[^<>\\s"\'&\\\\]+)',
  group: 'value',
  anchors: [
    ...[
      'word',
      'asswd',
      'hrase',
      'pwd',
      'secret',
      'token',
      'api_key',
      'apikey',
      'api-key',
      'api.key',
      'accesskey',
      'privatekey',
      'access_key',
      'access-key',
    ].flatMap((word) => ['>', '["\'\\\\]'].map((end) => `(?i)${word.slice(-6).replace('.', '\\.')}${end}`)),
    '(?i)ssword type',
  ],
  check: isElementSecret,
  yes: [
    '<user>jane</user><password>«hunter2»</password>',
    '<wsse:Password Type="x">«s3cret»</wsse:Password>',
    '<soap:Body><ApiKey>«0a1b2c3d4e5f»</ApiKey></soap:Body>',
    '<add key="DbPassword" value="«S3cr3t»"/>',
    '<property name="smtp.password" value="«hunter2»"/>',
    '<client-secret>\n  «q7W2e9R4»\n</client-secret>',
    '{"name":"DB_PASSWORD","value":"«hunter2»"}',
    '{\\"name\\": \\"API_KEY\\", \\"value\\": \\"«0a1b2c3d4e5f»\\"}',
  ],
  no: [
    '<password></password>',
    '<password>***</password>',
    '<password/>',
    '<h1>Forgot password</h1>',
    '<token>${TOKEN}</token>',
    '<input name="password" type="password">',
    '<label>password: </label>',
    '<password>null</password>',
    'name="token_count" value="12"',
  ],
}

const genericSecret: Detector = {
  id: 'generic_secret',
  summary: 'Values that look generated, behind names such as token, secret, auth, credential, in odd assignments',
  category: 'secret',
  severity: 'high',
  confidence: 'medium',
  generic: 2,
  source: 'CWE-798, CWE-532',
  pattern:
    '(?i:token|secret|password|passwd|credentials?|creds|(?:api|auth|access|private|signing|signature' +
    '|encryption|master|shared|client|consumer|app|application|service|subscription|license|account' +
    '|storage|webhook|hmac|session|ssh|secret|customer|partner|integration|functions)[_. -]?key' +
    '(?:[_-]?base)?)' +
    '(?:[_-]?(?:[0-9]{1,2}|(?i:value|string|text|prod|dev|test)))?' +
    '(?:\\\\*["\'`]|%22)?(?:[ \\t]{1,3}(?i:string|const char ?\\*?|is))?(?:[ \\t]{0,4}' +
    '(?:[?:.+]{0,3}=>?|:|,|>|%3[DdAa])[\\s=]{0,8}|[ \\t]{1,2})(?:\\\\*["\'`]|%22)?' +
    '(?P<value>[0-9A-Za-z+/_.~-]{16,512}={0,3})(?:$|[^0-9A-Za-z+/_.~-])',
  group: 'value',
  anchors: [
    '(?i)token[:="\'\\\\%` ,\\t.?+>_-]',
    '(?i)secret[:="\'\\\\%` ,\\t.?+>_-]',
    '(?i)ssword[:="\'\\\\%`,\\t.?+>_-]',
    '(?i)passwd[:="\'\\\\%`,\\t.?+>_-]',
    '(?i)credenti',
    '(?i)creds',
    ...[
      'api',
      'uth',
      'ess',
      'ate',
      'ing',
      'ion',
      'ure',
      'ter',
      'red',
      'ent',
      'mer',
      'app',
      'ice',
      'nse',
      'unt',
      'age',
      'ook',
      'mac',
      'ssh',
      'ret',
      'ner',
      'ons',
    ].flatMap((end) => [`(?i)${end}key`, `(?i)${end}[_. -]key`]),
  ],
  check: isGeneratedSecret,
  yes: [
    `System.setProperty("APP_TOKEN", "«Zf3D0LXCM3EIMbgJpUNnkRtOfOueHznB»")`,
    'APP_TOKEN ?= "«Zf3D0LXCM3EIMbgJpUNnkRtOfOueHznB»"',
    'var appToken string = "«Zf3D0LXCM3EIMbgJpUNnkRtOfOueHznB»"',
    'appToken := `«Zf3D0LXCM3EIMbgJpUNnkRtOfOueHznB»`',
    'encryption_key: «q7W2e9R4t1Y8u3I6o5P0aSdF»',
    'x-functions-key: «q7W2e9R4t1Y8u3I6o5P0aSdF»',
    'signing_key_base=«0a1b2c3d4e5f60718293a4b5c6d7e8f90a1b2c3d4e5f60718293a4b5c6d7e8f9»',
    'credentials = «q7W2e9R4t1Y8u3I6o5P0aSdF»',
  ],
  no: [
    'token com.example.activity.MainActivity',
    'session_key=550e8400-e29b-41d4-a716-446655440000',
    'the token expires in a_very_long_variable_name',
    'access_key: projects/example/keyRings/main',
    'auth_key=${AUTH_KEY_FROM_ENVIRONMENT}',
    'token_count=1234567890123456789',
    'service key service-account-one-two-three',
    'credentials = com.example.Credentials2Provider',
    'private_key=/etc/ssl/private/server1key.pem',
    'secret: kubernetes-dashboard-token-abcde',
    'api_key=xxxxxxxxxxxxxxxxxxxxxxxx',
  ],
}

export const generic: readonly Detector[] = [authorizationHeader, sessionId, xmlSecret, genericSecret]
