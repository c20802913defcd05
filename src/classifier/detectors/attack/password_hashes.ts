// Hashes of passwords in the formats of operating systems, databases, frameworks and directories. Who reads one may
// guess at leisure, and a log with many of them tells of a stolen table.
import type { Check, Detector } from '../../../core/detector.ts'
import { isUnfilled } from '../../checks/credential.ts'
import { fake } from '../../fakes.ts'
import { type Token, token } from '../../tokens.ts'
import { signature } from './signature.ts'

const H64 = '[./0-9A-Za-z]'
const B64 = '[0-9A-Za-z+/]'

function hash(one: Token): Detector {
  return token({ category: 'attack', severity: 'high', glue: './', check: isUnfilled, ...one })
}

/** `sha1$` also ends the beginning of other formats, `$sha1$`. */
const isNotInside: Check = (bytes, start) => bytes[start - 1] !== DOLLAR

const DOLLAR = 0x24

const crypt: readonly Detector[] = [
  hash({
    id: 'bcrypt_hash',
    summary: 'Password hashes of bcrypt',
    source: 'OpenBSD crypt(3); passlib, bcrypt',
    prefixes: ['$2a$', '$2b$', '$2x$', '$2y$', '$2$'],
    body: `[0-9]{2}\\$${H64}{53}`,
    samples: [`$2b$12$${fake('word', 53)}`, `$2y$10$${fake('word', 53)}`],
  }),
  hash({
    id: 'bcrypt_sha256_hash',
    summary: 'Password hashes of bcrypt over SHA-256, of passlib and Django',
    source: 'passlib, bcrypt_sha256; Django, password management',
    prefixes: ['$bcrypt-sha256$', 'bcrypt_sha256$$', 'bcrypt$$'],
    body: `(?:v=2,t=)?2[abxy]?(?:,r=|,|\\$)[0-9]{1,2}\\$${H64}{22}\\$?${H64}{31}`,
    samples: [
      `$bcrypt-sha256$v=2,t=2b,r=12$${fake('word', 22)}$${fake('word', 31)}`,
      `bcrypt_sha256$$2b$12$${fake('word', 53)}`,
    ],
  }),
  hash({
    id: 'md5_crypt_hash',
    summary: 'Password hashes of MD5-crypt, of Unix and Cisco (type 5)',
    source: 'crypt(5); Cisco IOS, enable secret 5',
    prefixes: ['$1$'],
    body: `${H64}{1,8}\\$${H64}{22}`,
    samples: [`$1$${fake('word', 8)}$${fake('word', 22)}`],
  }),
  hash({
    id: 'apr_md5_crypt_hash',
    summary: 'Password hashes of Apache: htpasswd with MD5',
    source: 'Apache HTTP Server documentation, password formats',
    prefixes: ['$apr1$'],
    body: `${H64}{1,8}\\$${H64}{22}`,
    samples: [`$apr1$${fake('word', 8)}$${fake('word', 22)}`],
  }),
  hash({
    id: 'sha256_crypt_hash',
    summary: 'Password hashes of SHA-256-crypt',
    source: 'Unix crypt using SHA-256 and SHA-512, Ulrich Drepper',
    prefixes: ['$5$'],
    body: `(?:rounds=[0-9]{1,9}\\$)?[^$\\s:]{1,16}\\$${H64}{43}`,
    samples: [`$5$rounds=5000$${fake('word', 16)}$${fake('word', 43)}`, `$5$${fake('word', 16)}$${fake('word', 43)}`],
  }),
  hash({
    id: 'sha512_crypt_hash',
    summary: 'Password hashes of SHA-512-crypt, as in /etc/shadow',
    source: 'Unix crypt using SHA-256 and SHA-512, Ulrich Drepper',
    prefixes: ['$6$'],
    body: `(?:rounds=[0-9]{1,9}\\$)?[^$\\s:]{1,16}\\$${H64}{86}`,
    samples: [`$6$${fake('word', 16)}$${fake('word', 86)}`, `$6$rounds=5000$${fake('word', 8)}$${fake('word', 86)}`],
  }),
  hash({
    id: 'sha1_crypt_hash',
    summary: 'Password hashes of SHA1-crypt, of NetBSD',
    source: 'NetBSD crypt(3); passlib, sha1_crypt',
    prefixes: ['$sha1$'],
    body: `[0-9]{1,9}\\$${H64}{1,64}\\$${H64}{28}`,
    samples: [`$sha1$40000$${fake('word', 8)}$${fake('word', 28)}`],
  }),
  hash({
    id: 'sun_md5_crypt_hash',
    summary: 'Password hashes of Sun MD5',
    source: 'Solaris crypt_sunmd5(5); passlib, sun_md5_crypt',
    prefixes: ['$md5$', '$md5,'],
    body: `(?:rounds=[0-9]{1,9}\\$)?${H64}{1,16}\\$\\$?${H64}{22}`,
    samples: [
      `$md5$${fake('word', 8)}$${fake('word', 22)}`,
      `$md5,rounds=5000$${fake('word', 8)}$$${fake('word', 22)}`,
    ],
  }),
  hash({
    id: 'yescrypt_hash',
    summary: 'Password hashes of yescrypt, gost-yescrypt and scrypt as crypt(3) writes them',
    source: 'crypt(5), yescrypt',
    prefixes: ['$y$', '$gy$', '$7$'],
    body: `${H64}{3,11}\\$?${H64}{1,86}\\$${H64}{43}`,
    samples: [
      `$y$j9T$${fake('word', 22)}$${fake('word', 43)}`,
      `$7$CU..../....${fake('word', 22)}$${fake('word', 43)}`,
    ],
  }),
  hash({
    id: 'bsd_nthash',
    summary: 'NT hashes as FreeBSD writes them',
    source: 'FreeBSD crypt(3); passlib, bsd_nthash',
    prefixes: ['$3$$'],
    body: '[0-9a-f]{32}',
    samples: [`$3$$${fake('hex', 32)}`],
  }),
]

const modular: readonly Detector[] = [
  hash({
    id: 'argon2_hash',
    summary: 'Password hashes of Argon2',
    source: 'RFC 9106; PHC string format',
    prefixes: ['$argon2id$', '$argon2i$', '$argon2d$'],
    body:
      `(?:v=[0-9]{1,3}\\$)?m=[0-9]{1,10},t=[0-9]{1,10},p=[0-9]{1,8}(?:,[a-z]+=${B64}*)*\\$${B64}{8,}=` +
      `{0,2}\\$${B64}{16,}`,
    samples: [`$argon2id$v=19$m=65536,t=3,p=4$${fake('word', 22)}$${fake('word', 43)}`],
  }),
  hash({
    id: 'scrypt_hash',
    summary: 'Password hashes of scrypt, of passlib, Werkzeug and PHC',
    source: 'RFC 7914; passlib, scrypt; Werkzeug, generate_password_hash',
    prefixes: ['$scrypt$', 'scrypt:'],
    body:
      `(?:ln=[0-9]{1,2},r=[0-9]{1,3},p=[0-9]{1,3}\\$${B64}{8,}\\$${B64}{22,}|[0-9]{4,7}:[0-9]{1,3}:[0` +
      `-9]{1,3}\\$[0-9A-Za-z]{8,}\\$[0-9a-f]{64,128})`,
    samples: [
      `$scrypt$ln=16,r=8,p=1$${fake('word', 22)}$${fake('word', 43)}`,
      `scrypt:32768:8:1$${fake('word', 16)}$${fake('hex', 128)}`,
    ],
  }),
  hash({
    id: 'pbkdf2_hash',
    summary: 'Password hashes of PBKDF2, of passlib and Werkzeug',
    source: 'RFC 8018; passlib, pbkdf2_digest',
    prefixes: ['$pbkdf2$', '$pbkdf2-sha256$', '$pbkdf2-sha512$', 'pbkdf2:sha256:', 'pbkdf2:sha512:', 'pbkdf2:sha1:'],
    body: `[0-9]{1,9}\\$${H64}{4,}\\$${H64}{20,}`,
    samples: [
      `$pbkdf2-sha256$29000$${fake('word', 22)}$${fake('word', 43)}`,
      `pbkdf2:sha256:600000$${fake('word', 16)}$${fake('hex', 64)}`,
    ],
  }),
  hash({
    id: 'p5k2_hash',
    summary: 'Password hashes of PBKDF2 as Cryptacular and PBKDF2.py write them',
    source: 'passlib, cta_pbkdf2_sha1 and dlitz_pbkdf2_sha1',
    prefixes: ['$p5k2$'],
    body: '[0-9a-f]{0,8}\\$[./0-9A-Za-z_=-]{6,}\\$[./0-9A-Za-z_-]{27,32}={0,2}',
    glue: './_-',
    samples: [`$p5k2$2710$${fake('word', 8)}$${fake('word', 32)}`],
  }),
  hash({
    id: 'scram_hash',
    summary: 'Verifiers of SCRAM, of PostgreSQL and passlib',
    source: 'RFC 5803; PostgreSQL documentation, pg_authid',
    prefixes: ['SCRAM-SHA-256$', 'SCRAM-SHA-1$', '$scram$'],
    body:
      `[0-9]{1,9}[:$]${H64.replace(']', '+=]')}{8,}\\$(?:${B64}{20,}={0,2}:${B64}{20,}={0,2}|sha-1=[.` +
      `/0-9A-Za-z,=-]{20,})`,
    glue: './+=',
    samples: [
      `SCRAM-SHA-256$4096:${fake('word', 22)}==$${fake('word', 43)}=:${fake('word', 43)}=`,
      `$scram$6400$${fake('word', 16)}$sha-1=${fake('word', 27)},sha-256=${fake('word', 43)}`,
    ],
  }),
  hash({
    id: 'phpass_hash',
    summary: 'Password hashes of phpass (WordPress, phpBB) and Drupal',
    source: 'Openwall, portable PHP password hashing framework; Drupal 7',
    prefixes: ['$P$', '$H$', '$S$'],
    body: `(?:${H64}{52}|${H64}{31})`,
    samples: [`$P$B${fake('word', 30)}`, `$S$D${fake('word', 51)}`],
  }),
  hash({
    id: 'django_hash',
    summary: 'Password hashes of Django',
    source: 'Django documentation, password management',
    prefixes: ['pbkdf2_sha256$', 'pbkdf2_sha1$', 'argon2$argon2', 'sha1$', 'md5$', 'crypt$$', 'scrypt$'],
    body: '[^\\s"\']{0,80}\\$[./0-9A-Za-z+=]{13,}',
    glue: './+=$',
    samples: [
      `pbkdf2_sha256$600000$${fake('word', 22)}$${fake('word', 43)}=`,
      `sha1$${fake('lower', 12)}$${fake('hex', 40)}`,
    ],
    check: isNotInside,
  }),
  hash({
    id: 'grub_hash',
    summary: 'Password hashes of GRUB',
    source: 'GNU GRUB manual, security',
    prefixes: ['grub.pbkdf2.sha512.'],
    body: '[0-9]{1,9}\\.[0-9A-Fa-f]{16,}\\.[0-9A-Fa-f]{128}',
    samples: [`grub.pbkdf2.sha512.10000.${fake('hex', 128)}.${fake('hex', 128)}`],
  }),
  hash({
    id: 'ldap_hash',
    summary: 'Password hashes of directories: {SSHA}, {SHA}, {SMD5}, {MD5}, {CRYPT}',
    source: 'RFC 2307; OpenLDAP administrator guide, password storage',
    prefixes: [
      '{SSHA}',
      '{SSHA256}',
      '{SSHA384}',
      '{SSHA512}',
      '{SHA}',
      '{SHA256}',
      '{SHA512}',
      '{SMD5}',
      '{MD5}',
      '{CRYPT}',
    ],
    body: '[./0-9A-Za-z+$=]{13,}',
    glue: './+=$',
    samples: [`{SSHA}${fake('word', 38)}==`, `{MD5}${fake('word', 22)}==`],
  }),
]

const NT = fake('hex', 32)
/** No LM hash: what Windows writes since it keeps none. */
const LM = 'aad3b435b51404eeaad3b435b51404ee'

const windowsHash = signature({
  id: 'windows_hash',
  severity: 'high',
  summary: 'Password hashes of Windows: lines of pwdump, NetNTLM and cached domain logons',
  source: 'Impacket secretsdump; Responder; hashcat, example hashes',
  pattern:
    '[0-9A-Za-z_.$\\\\-]{1,40}:[0-9]{3,7}:(?i:aad3b435b51404eeaad3b435b51404ee):[0-9A-Fa-f]{32}::' +
    '|[0-9A-Za-z_.$\\\\-]{0,30}[0-9a-z]::[0-9A-Z][0-9A-Za-z_.-]{0,14}:[0-9A-Fa-f]{16}:[0-9A-Fa-f]{32}' +
    ':[0-9A-Fa-f]{16,}' +
    '|\\$DCC2\\$[0-9]+#[^\\s#]{1,40}#[0-9a-f]{32}',
  anchors: [':aad3b435', ':AAD3B435', '[0-9a-z]::[0-9A-Z]', '\\$DCC2\\$'],
  yes: [
    `«Administrator:500:${LM}:${NT}::»:`,
    `[*] dumping "«krbtgt:502:${LM}:${NT}::»:"`,
    `«EXAMPLE\\\\jane:1103:${LM}:${NT}::»: (status=Enabled)`,
    `NTLMv2 «jane::EXAMPLE:1122334455667788:${NT}:0101000000000000ca11ab1e»`,
    `«$DCC2$10240#jane#${NT}»`,
    `hash «jane::EXAMPLE:1122334455667788:${NT}:0101000000000000»,`,
  ],
  no: [
    `Administrator:500:${NT}`,
    'jane:1000:1000::/home/jane',
    `${NT}:${NT}`,
    'at 12:30:4567:89ab',
    'fe80::1122:3344:5566:7788',
    '$DCC2$10240#jane',
  ],
})

const systems: readonly Detector[] = [
  hash({
    id: 'mssql_hash',
    summary: 'Password hashes of Microsoft SQL Server',
    source: 'passlib, mssql2000 and mssql2005; SQL Server documentation, PWDENCRYPT',
    prefixes: ['0x0100', '0x0200'],
    body: '(?:[0-9A-Fa-f]{136}|[0-9A-Fa-f]{88}|[0-9A-Fa-f]{48})',
    samples: [`0x0100${fake('hex', 48).toUpperCase()}`, `0x0200${fake('hex', 136).toUpperCase()}`],
    no: [`0X0100${fake('hex', 47)}`],
  }),
  hash({
    id: 'mysql_hash',
    summary: 'Password hashes of MySQL and MariaDB: a star and 40 capital hex digits',
    source: 'MySQL documentation, password hashing; passlib, mysql41',
    prefixes: ['*'],
    body: '[0-9A-F]{40}',
    anchors: ['\\*[0-9A-F]{4}'],
    samples: [`*${fake('hex', 40).toUpperCase()}`],
  }),
  hash({
    id: 'postgres_md5_hash',
    summary: 'Password hashes of PostgreSQL: md5 and 32 hex digits',
    source: 'PostgreSQL documentation, pg_authid; passlib, postgres_md5',
    prefixes: ['md5'],
    body: '[0-9a-f]{32}',
    anchors: ['md5[0-9a-f]{3}'],
    samples: [`md5${fake('hex', 32)}`],
  }),
  hash({
    id: 'oracle_hash',
    summary: 'Password verifiers of Oracle Database 11 and later',
    source: 'passlib, oracle11; Oracle Database security guide, spare4',
    prefixes: ['S:', 'T:'],
    body: '(?:[0-9A-F]{60}|[0-9A-F]{160})(?:;[HT]:[0-9A-F]{32,160})*',
    anchors: ['S:[0-9A-F]{4}', 'T:[0-9A-F]{4}'],
    samples: [`S:${fake('hex', 60).toUpperCase()}`],
  }),
  hash({
    id: 'cisco_hash',
    summary: 'Password hashes of Cisco, types 8 and 9',
    source: 'Cisco IOS documentation, enable algorithm-type',
    prefixes: ['$8$', '$9$', '$14$'],
    body: `(?:${H64}{4}\\$)?${H64}{14}\\$${H64}{43}`,
    samples: [`$8$${fake('word', 14)}$${fake('word', 43)}`, `$9$${fake('word', 14)}$${fake('word', 43)}`],
  }),
  hash({
    id: 'kerberos_hash',
    summary: 'Kerberos tickets as tools print them to be guessed at: krb5tgs, krb5asrep, krb5pa',
    source: 'hashcat, example hashes; Impacket GetUserSPNs and GetNPUsers',
    prefixes: ['$krb5tgs$', '$krb5asrep$', '$krb5pa$'],
    body: '[0-9]{1,2}\\$[^\\s"\'&()<>]{16,}',
    glue: '$',
    samples: [
      `$krb5asrep$23$jane@EXAMPLE.COM:${fake('hex', 32)}$${fake('hex', 64)}`,
      `$krb5tgs$23$*jane$EXAMPLE.COM$http/x*$${fake('hex', 32)}$${fake('hex', 64)}`,
    ],
  }),
  windowsHash,
]

export const passwordHashes: readonly Detector[] = [...crypt, ...modular, ...systems]
