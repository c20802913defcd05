// Passwords where programs connect and log in: connection strings, command lines, configuration files and protocols.
import type { Detector } from '../../../core/detector.ts'
import { isBasicCredentials } from '../../checks/basic_credentials.ts'
import { isNoneOfTemplates, isOptionValue, isSaslPlain } from '../../checks/login.ts'

/** What all detectors here have in common. */
const LOGIN = {
  category: 'secret',
  severity: 'critical',
  confidence: 'high',
  group: 'password',
} as const

/** A password without blanks; quotes around it are not taken. */
const WORD = '["\']?(?P<password>[^\\s"\']+)'

const netrc: Detector = {
  ...LOGIN,
  id: 'netrc_password',
  summary: 'Passwords in lines of .netrc',
  source: 'GNU inetutils, .netrc',
  pattern: `(?:machine[ \\t]+\\S+|default)\\s+login\\s+\\S+\\s+password\\s+${WORD}`,
  anchors: ['machine ', 'machine\\t', 'default '],
  check: isNoneOfTemplates,
  yes: [
    'machine ftp.example.com login jane password «s3cret»',
    'machine api.heroku.com\n  login jane@example.com\n  password «0a1b2c3d»\n',
    'default login anonymous password «guest9»',
    'machine\texample.com\tlogin\tjane\tpassword\t«s3cret»',
    'netrc: machine example.com login jane password «two.words» account x',
    '"machine example.com login jane password «s3cret»"',
  ],
  no: [
    'machine example.com login jane',
    'machine learning login password',
    'default login password',
    'the machine needs a login and a password',
    'machine example.com login jane password',
    'machine example.com login jane password ${PASSWORD}',
  ],
}

const pgpass: Detector = {
  ...LOGIN,
  id: 'pgpass_password',
  summary: 'Passwords in lines of .pgpass',
  source: 'PostgreSQL documentation, the password file',
  pattern:
    '(?:^|[\\s"\'])(?:[0-9A-Za-z.-]{1,60}:(?:5432|6432)|\\*:\\*):[0-9A-Za-z_.*-]{1,60}:[0-9A-Za-z_.*-]{1,60}:' +
    '(?P<password>[^\\s:"\']+)',
  anchors: [':5432:', ':6432:', '\\*:\\*:'],
  check: isNoneOfTemplates,
  yes: [
    'localhost:5432:shop:jane:«s3cret»',
    'db.example.com:5432:*:app:«hunter2»\n',
    '*:*:*:postgres:«s3cret»',
    'read "localhost:5432:shop:jane:«s3cret»"',
    'pgbouncer 10.0.0.1:6432:shop:app:«pw-1»',
    "'localhost:5432:shop:jane:«s3cret»'",
  ],
  no: [
    'localhost:5432:shop:jane:',
    'connected to localhost:5432',
    'localhost:5433:shop:jane:s3cret',
    'localhost:5432:shop:jane:***',
    'host:port:database:user:password',
    '10.0.0.1:5432: connection refused',
  ],
}

const oracle: Detector = {
  ...LOGIN,
  id: 'oracle_connection_password',
  summary: 'Passwords in connections to Oracle databases: user/password@host',
  source: 'Oracle Database JDBC and SQL*Plus documentation',
  pattern:
    '(?:jdbc:oracle:(?:thin|oci8?):|(?i:sqlplus|sqlldr|expdp|impdp|tnsping)[ \\t]+' +
    '(?:-[A-Za-z]+[ \\t]+)*)["\']?[0-9A-Za-z_$#]{1,60}/(?P<password>[^\\s/@"\']+)@',
  anchors: ['jdbc:ora', '(?i)sqlplus', '(?i)sqlldr', '(?i)expdp ', '(?i)impdp '],
  check: isNoneOfTemplates,
  yes: [
    'jdbc:oracle:thin:scott/«tiger»@//db.example.com:1521/orcl',
    '"jdbc:oracle:oci:scott/«tiger»@orcl"',
    'sqlplus scott/«tiger»@orcl',
    'sqlplus -s scott/«tiger9»@//db:1521/x',
    'expdp system/«manager1»@orcl full=y',
    "url='jdbc:oracle:thin:app/«p4ss»@db:1521:x'",
  ],
  no: [
    'jdbc:oracle:thin:@//db.example.com:1521/orcl',
    'jdbc:oracle:thin:scott/@orcl',
    'sqlplus /nolog',
    'jdbc:oracle:thin:scott/${PASSWORD}@orcl',
    'sqlplus -V',
    'scott/tiger@orcl',
  ],
}

const curl: Detector = {
  ...LOGIN,
  id: 'curl_password',
  summary: 'Passwords that curl and wget are given: -u user:password',
  source: 'curl(1), option --user',
  pattern:
    '(?:curl|wget|http)(?:[ \\t](?:[^\\r\\n]|\\\\\\r?\\n)*?)?[ \\t](?:-u|--user|--proxy-user|-U|-a)' +
    '(?:[ \\t]{0,4}|=)\\\\*["\']?[^\\s:"\']{0,80}:\\\\*["\']?(?P<password>[^\\s"\'\\\\]+)',
  anchors: ['curl ', 'wget ', 'http '],
  check: isNoneOfTemplates,
  yes: [
    'curl -u jane:«s3cret» https://example.com',
    'curl -s -X POST --user "jane:«s3cret»" https://example.com',
    "+ curl --user='jane:«p@ss»' https://example.com",
    'curl -k --proxy-user jane:«s3cret» -I http://example.com',
    'curl -sS -ujane:«s3cret» http://example.com',
    'running "curl -u jane:«s3cret»"',
  ],
  no: [
    'curl -u jane https://example.com',
    'curl -u "$USER:$PASSWORD" https://example.com',
    'curl https://example.com:8080/x',
    'curl -u jane: https://example.com',
    'date -u 12:00',
    'curl -u jane:<password> https://example.com',
  ],
}

const commandLine: Detector = {
  ...LOGIN,
  id: 'cli_password',
  summary: 'Passwords and tokens behind options of command lines: --password x, sshpass -p x, mysql -px',
  severity: 'high',
  source: 'CWE-214; manuals of MySQL, sshpass and others',
  pattern:
    '(?:[ \\t]-(?:-[a-z][a-z-]{0,20}-)?-?(?i:password|passwd|passphrase|pass|secret|token|api-?key' +
    '|access-?key|storepass|keypass)[ \\t]{1,4}' +
    '|sshpass[ \\t]+-p[ \\t]{0,4}|mysql(?:dump|admin)?[ \\t]+-(?:[^\\r\\n]{0,200}[ \\t]-)?p)' +
    `${WORD}`,
  anchors: [
    '[ \\t]--[a-zA-Z]',
    '(?i)[ \\t]-passw',
    '(?i)[ \\t]-storep',
    '(?i)[ \\t]-keyp',
    '(?i)[ \\t]-token ',
    '(?i)[ \\t]-secr',
    '(?i)[ \\t]-pass ',
    '(?i)[ \\t]-api',
    '(?i)[ \\t]-access',
    'sshpass ',
    'mysql -',
    'mysqldum',
    'mysqladm',
  ],
  check: isOptionValue,
  yes: [
    'mysql -u root -p«hunter2» shop',
    'sshpass -p «hunter2» ssh host',
    'tool --user jane --password «s3cret» --verbose',
    "vault login --token '«0a1b2c3d4e5f»'",
    'deploy --api-key «0a1b2c3d» --dry-run',
    'keytool -storepass x -keypass y --passphrase «open9sesame»',
  ],
  no: [
    'tool --password --verbose',
    'mysql -u root -p shop',
    'mysql -u root -p',
    'tool --password $PASSWORD',
    'the --token option is missing',
    'tool --password-file /run/secrets/x',
    'tool --password <password>',
  ],
}

const sql: Detector = {
  ...LOGIN,
  id: 'sql_password',
  summary: 'Passwords in SQL: IDENTIFIED BY, CREATE and ALTER USER, SET PASSWORD',
  source: 'MySQL, MariaDB, Oracle and PostgreSQL documentation, user accounts',
  pattern:
    '(?:(?i:identified\\s+(?:with\\s+\\S+\\s+)?(?:by|as)\\s+(?:password\\s+)?' +
    '|(?:user|role|login)\\s[^;\\r\\n]{0,48}?password ?(?:= ?)?' +
    '|set\\s+password[^;=\\r\\n]{0,80}=\\s*(?:password\\s*\\(\\s*)?)' +
    '\\\\*["\']|(?i:requirepass|masterauth)\\s+["\']?)(?P<password>[^\\s"\'\\\\;)]+)',
  anchors: [
    '(?i)dentifie',
    '(?i)ssword["\'\\\\=]',
    '(?i)ssword ["\'\\\\=]',
    '(?i)et passw',
    '(?i)requirep',
    '(?i)masterau',
  ],
  check: isNoneOfTemplates,
  yes: [
    "CREATE USER 'jane'@'%' IDENTIFIED BY '«s3cret»'",
    "GRANT ALL ON *.* TO 'jane' IDENTIFIED BY PASSWORD '«0a1b2c3d»'",
    "ALTER ROLE jane WITH LOGIN PASSWORD '«s3cret»';",
    "SET PASSWORD FOR 'jane'@'%' = PASSWORD('«s3cret»')",
    'CREATE LOGIN jane WITH PASSWORD = "«s3cret»"',
    'redis CONFIG SET requirepass «s3cret»',
    'identified with mysql_native_password by \\"«s3cret»\\"',
  ],
  no: [
    'the record is identified by id',
    'user jane changed the password',
    'identified by a check',
    "SELECT password FROM users WHERE name = 'x'",
    'user has no password',
    "CREATE USER jane IDENTIFIED BY '***'",
  ],
}

const dockerAuth: Detector = {
  ...LOGIN,
  id: 'docker_auth',
  summary: 'Credentials of registries in the configuration of Docker and npm: base64 of user:password',
  source: 'Docker documentation, config.json; npm documentation, .npmrc',
  pattern: '(?:\\\\*"auth\\\\*"\\s*:\\s*\\\\*"|_auth\\s*=\\s*"?)(?P<password>[0-9A-Za-z+/_-]{8,}={0,2})',
  anchors: ['"auth"', '"auth\\\\', '_auth=', '_auth ='],
  check: isBasicCredentials,
  yes: [
    '{"auths":{"https://index.docker.io/v1/":{"auth":"«amFuZTpzM2NyZXQ=»"}}}',
    '"auth": "«amFuZTpzM2NyZXQ=»"',
    '{\\"auth\\":\\"«amFuZTpzM2NyZXQ=»\\"}',
    '//registry.example.com/:_auth=«amFuZTpzM2NyZXQ=»',
    '_auth = "«amFuZTpzM2NyZXQ=»"',
    '"auth" : "«dXNlcjpwYXNzd29yZA==»"',
  ],
  no: [
    '"auth": "basic"',
    '"auth": "required"',
    '_auth=enabled1',
    '"auth": "QWxhZGRpbg=="',
    '"author": "amFuZTpzM2NyZXQ="',
    '"auth": ""',
  ],
}

const mailLogin: Detector = {
  ...LOGIN,
  id: 'sasl_password',
  summary: 'Logins of SMTP, IMAP, POP3, FTP and Redis in the logs of the protocol',
  source: 'RFC 4616, RFC 4954, RFC 3501, RFC 959',
  pattern: '(?:AUTH[ \\t=]+PLAIN[ \\t]+(?P<password>[0-9A-Za-z+/]{8,}={0,2}))(?:$|[^0-9A-Za-z+/=])',
  anchors: ['AUTH PLA', 'AUTH=PLA'],
  check: isSaslPlain,
  yes: [
    'C: AUTH PLAIN «AGphbmUAczNjcmV0»',
    '>>> AUTH PLAIN «AGphbmUAczNjcmV0»\r\n',
    '"AUTH PLAIN «AGphbmUAczNjcmV0»"',
    'smtp < AUTH PLAIN «AGphbmUAczNjcmV0» from 10.0.0.1',
    'a1 AUTHENTICATE x; AUTH PLAIN «AGphbmUAczNjcmV0».',
    'AUTH=PLAIN «AGphbmUAczNjcmV0»',
  ],
  no: [
    '250-AUTH PLAIN LOGIN',
    'AUTH PLAIN',
    'AUTH PLAIN CRAM-MD5',
    'AUTH PLAIN amFuZTpzM2NyZXQ=',
    'auth plain is off',
    'AUTH LOGIN AGphbmUAczNjcmV0',
  ],
}

export const connections: readonly Detector[] = [netrc, pgpass, oracle, curl, commandLine, sql, dockerAuth, mailLogin]
