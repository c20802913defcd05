// What attackers send to web applications to read or change more than they may: injections, traversals, probes.
import type { Detector } from '../../../core/detector.ts'
import { signature } from './signature.ts'

/** A blank as URLs write it. */
const B = '(?:\\s|\\+|%20|/\\*[^*]{0,20}\\*/)'

export const webAttacks: readonly Detector[] = [
  signature({
    id: 'path_traversal',
    severity: 'high',
    summary: 'Ways out of a folder: ../../etc/passwd, plain and percent-encoded',
    source: 'CWE-22; OWASP, path traversal',
    pattern:
      '(?i:(?:(?:\\.|%2e|%252e){2}(?:/|\\\\|%2f|%5c|%252f|%c0%af|;/)){2,40}(?:etc[/%]|proc[/%]|windows' +
      '|winnt|boot\\.ini|win\\.ini|web-inf|root[/%]|var[/%]log|home[/%]|\\.env|\\.ssh' +
      '|\\.git)[0-9a-z/._%-]{0,60}' +
      '|(?:(?:\\.|%2e|%252e){2}(?:/|\\\\|%2f|%5c|%252f|%c0%af|;/)){5,40})',
    anchors: [
      '\\.\\./\\.\\.',
      '\\.\\.\\\\\\.\\.',
      '(?i)\\.\\.%[25c]',
      '(?i)%2e%2e',
      '(?i)%252e',
      '\\.\\.;/',
      '(?i)\\.%2e',
      '(?i)%2e\\.',
    ],
    yes: [
      'GET /x?f=«../../../../etc/passwd» HTTP/1.1',
      'GET /«..%2f..%2f..%2fetc%2fpasswd»',
      'GET /«%2e%2e/%2e%2e/%2e%2e/etc/shadow»',
      'file=«..\\..\\..\\windows»',
      '/«..;/..;/web-inf/web.xml»',
      'q=«../../../../../»x',
    ],
    no: [
      'import ../../lib/shop',
      'cd ../..',
      '../etc/passwd',
      'wait ... ../ ok',
      'a..b',
      '../../../shop/index.ts',
      '..%2Fshop',
    ],
  }),
  signature({
    id: 'file_probe',
    severity: 'medium',
    summary: 'Requests for files that hold secrets: .env, .git/config, .aws/credentials, wp-config.php',
    source: 'OWASP Web Security Testing Guide, review old backup and unreferenced files',
    pattern:
      '(?:GET|POST|HEAD) [^\\s"?]{0,100}/(?:\\.env(?:\\.[a-z]{2,12})?|\\.git/(?:config|HEAD|index)' +
      '|\\.aws/credentials|\\.ssh/id_[a-z0-9]{2,8}|\\.htpasswd|wp-config\\.php(?:\\.[a-z]{2,4})?' +
      '|phpinfo\\.php|\\.DS_Store|etc/(?:passwd|shadow)|actuator/(?:env|heapdump)|server-status' +
      '|\\.svn/entries|id_rsa)(?:[\\s?"]|$)',
    anchors: [
      '/\\.env',
      '/\\.git/',
      '/\\.aws/c',
      '/\\.ssh/i',
      '/\\.htpass',
      '/wp-conf',
      '/phpinfo',
      '/\\.DS_St',
      '/etc/pas',
      '/etc/sha',
      '/actuato',
      '/server-',
      '/\\.svn/e',
      '/id_rsa',
    ],
    yes: [
      '"«GET /.env »HTTP/1.1" 404',
      '"«GET /.git/config »HTTP/1.1"',
      '«GET /app/.env.production »HTTP/1.1',
      '«POST /wp-config.php?»x=1',
      '"«HEAD /.aws/credentials »HTTP/2"',
      '«GET /actuator/heapdump »HTTP/1.1',
    ],
    no: [
      'reading /app/.env',
      'GET /environment HTTP/1.1',
      'GET /.well-known/acme',
      'git/config',
      'POST /env HTTP/1.1',
      'cp id_rsa /x',
    ],
  }),
  signature({
    id: 'sql_injection',
    severity: 'high',
    summary: 'SQL where a value should be: UNION SELECT, OR 1=1, SLEEP(5), stacked statements',
    source: 'CWE-89; OWASP, SQL injection',
    pattern:
      `(?i:union${B}+(?:all${B}+)?select(?:${B}|\\(|%28)|(?:'|%27|"|%22)${B}*(?:or|and|\\|\\||%7c` +
      `%7c)${B}*(?:'|%27|"|%22|\\()?[0-9a-z]{1,10}(?:'|%27|"|%22)?` +
      `${B}*(?:=|%3d|like)${B}*(?:'|%27|"|%22|\\()?[0-9a-z]` +
      `|${B}or${B}+1(?:=|%3d)1|(?:pg_)?sleep(?:\\(|%28)[0-9]{1,3}(?:\\)|%29)|benchmark(?:\\(|%28)[0-9` +
      `]{4,}|waitfor${B}+delay|xp_cmdshell|information_schema\\.(?:tables|columns|schemata)` +
      `|(?:;|%3b)${B}*(?:drop|truncate|alter)${B}+(?:table|database)|(?:extractvalue|updatexml)(?:\\(` +
      `|%28)|load_file(?:\\(|%28)|into${B}+(?:out|dump)file)`,
    anchors: [
      '(?i)union',
      "(?i)['\")27]or[ +%(']",
      "(?i)['\"27)]and[ +%(']",
      '(?i)[ +%20][o][r][ +%]',
      '(?i)sleep\\(',
      '(?i)sleep%28',
      '(?i)benchmar',
      '(?i)waitfor',
      '(?i)xp_cmdsh',
      '(?i)tion_sche',
      '(?i);drop',
      '(?i); drop',
      '(?i);trunc',
      '(?i); trun',
      '(?i)extractv',
      '(?i)updatexm',
      '(?i)load_fil',
      '(?i)outfile',
      '(?i)dumpfile',
      '(?i)%3bdrop',
      '(?i)%3b%20dr',
      "(?i)' \\|\\|",
      "(?i)'\\|\\|",
    ],
    yes: [
      'GET /p?id=1+«UNION+SELECT+»password+FROM+users',
      "name=x«' OR '1'='1»",
      'id=1«%27%20or%201%3d1»',
      'q=1; SELECT «pg_sleep(5)»',
      "user=admin'«; DROP TABLE» users",
      'id=1 and «extractvalue(»1,concat(0x7e,version()))',
      'from «information_schema.tables»',
    ],
    no: [
      'the union selects a leader',
      "it's 5 or 6",
      'sleep(ms)',
      'one or 1',
      "user's or admin's",
      'drop table users',
      'wait for delay',
      '"x" or "y"',
    ],
  }),
  signature({
    id: 'cross_site_scripting',
    severity: 'high',
    summary: 'Scripts where a value should be: <script>, event handlers, javascript: URLs',
    source: 'CWE-79; OWASP, XSS filter evasion',
    pattern:
      '(?i:(?:<|%3c|&lt;|\\\\u003c)/?script(?:[\\s/>]|%20|%3e|&gt;|\\\\u003e)|(?:<|%3c)(?:img|svg|body' +
      '|iframe|video|audio|input|details|object|embed)(?:[\\s/+]|%20|%2f)[^>\\r\\n]{0,100}?on(?:error' +
      '|load|click|focus|mouseover|toggle|start|begin)(?:\\s|%20)*(?:=|%3d)' +
      '|javascript:(?:alert|eval|prompt|confirm|document|window|fetch|//)|document\\.cookie)',
    anchors: [
      '(?i)<script',
      '(?i)%3cscrip',
      '(?i)</script',
      '(?i)%3c/scri',
      '(?i)&lt;scri',
      '(?i)&lt;/scr',
      '(?i)003cscri',
      '(?i)003c/scr',
      '(?i)onerror',
      '(?i)onload',
      '(?i)onclick',
      '(?i)onfocus',
      '(?i)onmouseo',
      '(?i)ontoggle',
      '(?i)onstart',
      '(?i)onbegin',
      '(?i)javascri',
      '(?i)nt\\.cooki',
    ],
    yes: [
      'q=«<script>»alert(1)</scrip',
      'q=«%3Cscript%3E»alert(1)',
      'name=«<img src=x onerror=»alert(1)>',
      '"«<svg/onload=»alert(1)>"',
      'href="«javascript:alert»(1)"',
      'new Image().src="//x/?"+«document.cookie»',
    ],
    no: [
      'the script was loaded',
      'onerror = handler',
      'javascript is disabled',
      '<scripting>',
      'postscript',
      'cookie of the document',
      'application/javascript: ok',
    ],
  }),
  signature({
    id: 'xml_external_entity',
    severity: 'high',
    summary: 'External entities in XML',
    source: 'CWE-611; OWASP, XML external entity prevention',
    pattern:
      '(?i:(?:<|%3c)!(?:ENTITY|DOCTYPE)(?:\\s|\\+|%20){1,4}[^>\\r\\n]{1,100}?(?:SYSTEM|PUBLIC)(?:\\s' +
      '|\\+|%20){1,4}["\'\\\\%]{1,3}(?:22|27)?(?:file|http|https|ftp|php|expect|gopher|jar|netdoc)(?::' +
      '|%3a))',
    anchors: ['(?i)!entity', '(?i)!doctype'],
    yes: [
      '«<!ENTITY xxe SYSTEM "file:»///etc/passwd">',
      "«<!DOCTYPE foo SYSTEM 'http:»//x.example/a'>",
      '"«<!ENTITY x SYSTEM \\"file:»///c:/boot.ini\\">"',
      '«%3C!ENTITY%20x%20SYSTEM%20%22file:»///etc/passwd%22',
      "«<!entity x PUBLIC 'http:»//x/'>",
      '«<!ENTITY a SYSTEM "expect:»//id">',
    ],
    no: [
      '<!DOCTYPE html>',
      '<!ENTITY nbsp "&#160;">',
      'SYSTEM "file"',
      '<!ENTITY x SYSTEM "x.dtd">',
      'doctype html',
      'entity system',
    ],
  }),
  signature({
    id: 'nosql_injection',
    severity: 'medium',
    summary: 'Operators of MongoDB where a value should be',
    source: 'CWE-943; OWASP, testing for NoSQL injection',
    pattern:
      '(?:\\[|%5[Bb])\\$(?:ne|gt|gte|lt|lte|regex|where|nin|in|exists|or)(?:\\]|%5[Dd])(?:=|%3[Dd])' +
      '|\\{\\s{0,2}\\\\?"\\$(?:ne|gt|regex|where|nin)\\\\?"\\s{0,2}:\\s{0,2}(?:\\\\?"\\\\?"|null|-1' +
      '|\\\\?"\\.\\*|\\\\?"\\^)',
    anchors: ['\\[\\$', '(?i)%5b\\$', '"\\$ne', '"\\$gt', '"\\$regex', '"\\$where', '"\\$nin'],
    yes: [
      'user«[$ne]=»x',
      'password«[$regex]=».*',
      'p«%5B$gt%5D=»',
      '{"password":«{"$ne":null»}}',
      '{"u":«{"$gt":""»}}',
      '{\\"u\\":«{\\"$regex\\":\\"^»a\\"}}',
    ],
    no: ['{"age":{"$gt":18}}', '$ne is an operator', 'a[$x]=1', 'x[ne]=1', '"$where"', '[$ne]'],
  }),
  signature({
    id: 'header_injection',
    severity: 'medium',
    summary: 'Line ends and headers where a value should be',
    source: 'CWE-113; OWASP, HTTP response splitting',
    pattern:
      '(?i:(?:%0d)?%0a(?:%20|\\s)*(?:set-cookie|location|content-type|content-length|x-[a-z-]{3,20}' +
      '|http/1)(?::|%3a|\\.))',
    anchors: ['(?i)%0aset-c', '(?i)%0alocat', '(?i)%0aconte', '(?i)%0ax-', '(?i)%0ahttp', '(?i)%0a%20', '(?i)%0a '],
    yes: [
      'u=x«%0d%0aSet-Cookie:»a=b',
      'r=«%0D%0ALocation:»http://x',
      'x«%0aContent-Length:»0',
      'x«%0d%0aHTTP/1.»1 200 OK',
      'y«%0d%0a%20X-Evil%3a»1',
      'z«%0aX-Forwarded-For:» x',
    ],
    no: ['x%0aline', '%0d%0a', 'Set-Cookie: a=b', 'text%0Ahello', 'location%3A', '%0Aset'],
  }),
]
