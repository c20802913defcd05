// What databases and interpreters say when a statement or a program is wrong: the answer that somebody who tries
// injections waits for.
import type { Detector } from '../../../core/detector.ts'
import { signature } from './signature.ts'

export const errorTexts: readonly Detector[] = [
  signature({
    id: 'mysql_error',
    severity: 'low',
    summary: 'Error texts of MySQL and MariaDB',
    source: 'MySQL documentation, server error message reference',
    pattern:
      'You have an error in your SQL syntax|ERROR [0-9]{4} \\([0-9A-Z]{5}\\)' +
      "|Duplicate entry '[^'\\r\\n]{0,100}' for key|Unknown column '[^'\\r\\n]{1,100}' in" +
      '|SQLSTATE\\[[0-9A-Z]{5}\\]|Warning: mysqli?_[a-z_]{3,30}\\(\\)|MySqlException|com\\.mysql\\.' +
      '(?:cj\\.)?jdbc\\.exceptions',
    anchors: [
      'your SQL',
      'ERROR \\d',
      'ate entry',
      'nown colu',
      'SQLSTATE',
      ' mysql_',
      ' mysqli_',
      'MySqlExc',
      'com\\.mysq',
    ],
    yes: [
      '«You have an error in your SQL syntax»; check the manual',
      "«ERROR 1064 (42000)»: near ''",
      "«Duplicate entry 'jane' for key» 'users.name'",
      "«Unknown column 'x' in» 'where clause'",
      'PDOException: «SQLSTATE[HY000]» [2002]',
      'throws «com.mysql.cj.jdbc.exceptions».CommunicationsException',
    ],
    no: [
      'an error in your SQL',
      'ERROR 1064',
      'duplicate entry',
      'unknown column',
      'SQLSTATE is 00000',
      'mysql_query was called',
    ],
  }),
  signature({
    id: 'postgres_error',
    severity: 'low',
    summary: 'Error texts of PostgreSQL',
    source: 'PostgreSQL documentation, error codes',
    pattern:
      'syntax error at or near \\\\*"|relation \\\\*"[^"\\r\\n]{1,100}" does not exist' +
      '|column "[^"\\r\\n]{1,100}" does not exist|duplicate key value violates unique constraint' +
      '|unterminated quoted string at or near|invalid input syntax for (?:type )?[a-z]{2,20}' +
      '|PG::[A-Z][A-Za-z]{3,40}|psycopg2?\\.errors\\.[A-Za-z]{3,40}' +
      '|org\\.postgresql\\.util\\.PSQLException',
    anchors: [
      'at or near',
      'relation ',
      'column "',
      'column \\\\',
      'ates uniq',
      'nput synt',
      'PG::',
      'psycopg',
      'PSQLExce',
    ],
    yes: [
      'ERROR:  «syntax error at or near "»SELEC"',
      'ERROR:  «relation "users" does not exist»',
      '«column "x" does not exist»',
      '«duplicate key value violates unique constraint» "users_pkey"',
      '«PG::UndefinedTable»: ERROR',
      '«org.postgresql.util.PSQLException»: x',
    ],
    no: [
      'syntax error',
      'the relation does not exist',
      'column x is there',
      'unique constraint',
      'PG::',
      'invalid input',
    ],
  }),
  signature({
    id: 'mssql_error',
    severity: 'low',
    summary: 'Error texts of Microsoft SQL Server and Access',
    source: 'SQL Server documentation, database engine errors',
    pattern:
      'Unclosed quotation mark (?:after|before) the character string|Incorrect syntax near ' +
      "(?:the keyword )?'|Msg [0-9]{2,6}, Level [0-9]{1,2}, State [0-9]{1,3}" +
      '|System\\.Data\\.(?:SqlClient|OleDb|Odbc)\\.[A-Za-z]{3,20}Exception' +
      '|Microsoft OLE DB Provider for|\\[SQL Server\\]' +
      '|Syntax error \\(missing operator\\) in query expression',
    anchors: ['Unclosed', 'syntax near', 'Msg \\d', 'm\\.Data\\.', 'OLE DB P', '\\[SQL Ser', '\\(missing'],
    yes: [
      "«Unclosed quotation mark after the character string» ''.",
      "«Incorrect syntax near '»x'.",
      '«Msg 102, Level 15, State 1», Line 1',
      '«System.Data.SqlClient.SqlException»: Timeout expired',
      '«Microsoft OLE DB Provider for» SQL Server error',
      '[Microsoft][ODBC SQL Server Driver]«[SQL Server]»Invalid object name',
    ],
    no: [
      'unclosed quotation',
      'incorrect syntax',
      'Msg 102',
      'System.Data is there',
      'SQL Server 2022',
      'missing operator',
    ],
  }),
  signature({
    id: 'oracle_error',
    severity: 'low',
    summary: 'Error codes of Oracle databases',
    source: 'Oracle Database error messages reference',
    pattern: '(?:ORA|PLS|TNS|SP2)-[0-9]{4,5}(?:: [^\\r\\n"\\\\]{1,80})?',
    anchors: ['ORA-\\d', 'PLS-\\d', 'TNS-\\d', 'SP2-\\d'],
    yes: [
      '«ORA-00933: SQL command not properly ended»',
      '«ORA-01017: invalid username/password; logon denied»\n',
      'code «ORA-12154»',
      '"«TNS-12541: no listener»"',
      '«PLS-00306: wrong number or types of arguments»',
      'java.sql.SQLException: «ORA-00942: table or view does not exist»',
    ],
    no: ['ORA-1', 'ORA 00933', 'AURORA', 'PLS-X', 'TNS listener', 'ora-00933'],
  }),
  signature({
    id: 'sqlite_error',
    severity: 'low',
    summary: 'Error texts of SQLite',
    source: 'SQLite documentation, result codes',
    pattern:
      'near \\\\*"[^"\\r\\n]{1,60}": syntax error|SQLITE_(?:ERROR|BUSY|CONSTRAINT[A-Z_]{0,20}|CORRUPT' +
      '|MISUSE)|sqlite3\\.(?:Operational|Integrity|Database|Programming)Error|unrecognized token: "' +
      '|no such (?:table|column): [0-9A-Za-z_.]{1,60}',
    anchors: ['": syntax', 'SQLITE_', 'sqlite3\\.', 'nized tok', 'such tab', 'such col'],
    yes: [
      'Error: «near "x": syntax error»',
      '«SQLITE_ERROR»: no',
      '«sqlite3.OperationalError»: x',
      '«unrecognized token: "»\'"',
      'SqliteError: «no such table: users»',
      '«SQLITE_CONSTRAINT_UNIQUE» failed',
    ],
    no: [
      'near x: syntax error',
      'SQLITE_OK',
      'sqlite3.connect',
      'unrecognized token',
      'no such file',
      'sqlite is used',
    ],
  }),
  signature({
    id: 'mongodb_error',
    severity: 'low',
    summary: 'Error texts of MongoDB',
    source: 'MongoDB documentation, error codes',
    pattern:
      'E11000 duplicate key error|Mongo(?:Server|Network|Parse|Write|BulkWrite|Timeout)?(?:Error' +
      '|Exception)\\b|unknown (?:top level )?operator: \\$[A-Za-z]{1,30}',
    anchors: ['E11000 d', 'Mongo[SNPWBTE]', 'operator: \\$'],
    yes: [
      '«E11000 duplicate key error» collection: shop.users',
      '«MongoServerError»: x',
      '«MongoNetworkError»: connect',
      'com.mongodb.«MongoWriteException»: x',
      '«unknown operator: $foo»',
      '"«unknown top level operator: $where»"',
    ],
    no: ['E11000', 'MongoDB started', 'MongoClient', 'unknown operator', 'mongoerror', 'duplicate key'],
  }),
  signature({
    id: 'redis_error',
    severity: 'low',
    summary: 'Error texts of Redis',
    source: 'Redis documentation, error replies',
    pattern:
      'WRONGTYPE Operation against a key|NOAUTH Authentication required' +
      '|WRONGPASS invalid username-password pair|MISCONF Redis is configured' +
      "|NOSCRIPT No matching script|READONLY You can't write against|ERR (?:unknown command" +
      '|syntax error|wrong number of arguments for)',
    anchors: ['WRONGTYP', 'NOAUTH A', 'WRONGPAS', 'MISCONF ', 'NOSCRIPT', 'READONLY', 'ERR [usw]'],
    yes: [
      '(error) «WRONGTYPE Operation against a key» holding the wrong kind of value',
      '«NOAUTH Authentication required».',
      'ReplyError: «WRONGPASS invalid username-password pair» or user is disabled.',
      '«MISCONF Redis is configured» to save RDB snapshots',
      "-«ERR unknown command» 'FOO'",
      "«ERR wrong number of arguments for» 'get' command",
    ],
    no: ['wrong type', 'NOAUTH', 'ERR_CONNECTION', 'READONLY mode', 'ERR timeout', 'redis is ready'],
  }),
  signature({
    id: 'interpreter_error',
    severity: 'low',
    summary: 'Uncaught errors of JavaScript, Python and Ruby',
    source: 'ECMAScript, Python and Ruby documentation, built-in exceptions',
    pattern:
      'Uncaught (?:[A-Z][A-Za-z]{2,30})?Error: |(?:Type|Reference|Range|Syntax|URI' +
      '|Eval)Error: [^\\r\\n"]{1,100}?(?:is not a function|is not defined|of undefined|of null' +
      '|undefined \\(reading|Unexpected token|Invalid or unexpected|not iterable)' +
      "|(?:NameError: name|AttributeError: '|ModuleNotFoundError: No module named|KeyError: '" +
      '|IndexError: (?:list|string|tuple) index|ZeroDivisionError: |UnboundLocalError: ' +
      '|NoMethodError[: (]|undefined method `)',
    anchors: [
      'Uncaught',
      'TypeErro',
      'Referenc',
      'RangeErr',
      'SyntaxEr',
      'URIError',
      'EvalErro',
      'NameErro',
      'Attribut',
      'ModuleNo',
      'KeyError',
      'IndexErr',
      'ZeroDivi',
      'UnboundL',
      'NoMethod',
      'method `',
    ],
    yes: [
      "«TypeError: Cannot read properties of undefined» (reading 'x')",
      '«ReferenceError: x is not defined»',
      '«Uncaught SyntaxError: »Unexpected end of input',
      "«AttributeError: '»NoneType' object has no attribute 'x'",
      "«ModuleNotFoundError: No module named» 'x'",
      "«NoMethodError:» undefined method 'x' for nil",
    ],
    no: ['TypeError', 'a type error', 'KeyError handling', 'NameErrors', 'uncaught error', 'ReferenceError: x'],
  }),
  signature({
    id: 'out_of_memory',
    severity: 'low',
    summary: 'Programs and systems that have no memory left',
    source: 'Linux kernel, mm/oom_kill; Java SE, OutOfMemoryError; V8',
    pattern:
      'Out of memory: Kill(?:ed)? process [0-9]+|java\\.lang\\.OutOfMemoryError' +
      '|JavaScript heap out of memory|Allowed memory size of [0-9]+ bytes exhausted' +
      '|fatal error: runtime: out of memory|MemoryError: Unable to allocate|std::bad_alloc',
    anchors: ['memory: K', 'OfMemoryE', 'heap out', 'memory s', ': out of', 'Unable t', 'bad_allo'],
    yes: [
      'kernel: «Out of memory: Killed process 123» (java)',
      '«java.lang.OutOfMemoryError»: Java heap space',
      'FATAL ERROR: Reached heap limit Allocation failed - «JavaScript heap out of memory»',
      'PHP Fatal error:  «Allowed memory size of 134217728 bytes exhausted» (tried',
      '«fatal error: runtime: out of memory»',
      "terminate called after throwing an instance of '«std::bad_alloc»'",
    ],
    no: ['out of memory', 'memory size', 'heap is out', 'Kill process 12', 'bad allocation', 'OutOfMemory'],
  }),
  signature({
    id: 'command_not_found',
    severity: 'low',
    summary: 'Shells that were told to run what is not there',
    source: 'POSIX, shell command language',
    pattern:
      '(?:bash|sh|zsh|dash|ash|ksh): (?:line [0-9]+: |[0-9]+: )?[^\\s:]{1,60}: (?:command )?not found' +
      "|zsh: command not found: |'[^'\\r\\n]{1,60}' is not recognized as an internal or external comman" +
      'd',
    anchors: ['sh: line ', 'sh: \\d', 'sh: [a-z./]', 'recogniz'],
    yes: [
      '«bash: wgett: command not found»',
      '«sh: 1: nc: not found»',
      '«bash: line 3: foo: command not found»',
      '«zsh: command not found: »foo',
      "«'whoam' is not recognized as an internal or external command»,",
      '/bin/«sh: curl: not found»',
    ],
    no: ['command not found', 'page not found', 'bash: warning', 'user not found', 'sh: x', 'is not recognized'],
  }),
  signature({
    id: 'sql_statement',
    severity: 'low',
    summary: 'SQL statements in text',
    source: 'ISO/IEC 9075-2, data manipulation',
    pattern:
      '(?i:(?:^|[^0-9A-Za-z_])(?P<statement>select\\s[^;\\r\\n]{1,400}?\\sfrom\\s+[0-9a-z_."`\\[]+' +
      '|insert\\s+into\\s+[0-9a-z_."`\\[\\]]+\\s*(?:\\([^)\\r\\n]{1,400}\\)\\s*)?(?:values|select)' +
      '|update\\s+[0-9a-z_."`\\[\\]]+\\s+set\\s+[0-9a-z_."`\\[\\]]+\\s*=' +
      '|delete\\s+from\\s+[0-9a-z_."`\\[\\]]+(?:\\s+where)?|(?:create|drop|alter' +
      '|truncate)\\s+table\\s+[0-9a-z_."`\\[\\]]+))',
    group: 'statement',
    anchors: [
      'SELECT ',
      'select ',
      'Select ',
      '(?i)insert into',
      '(?i)update [0-9a-z_."`]',
      '(?i)delete from',
      '(?i) table ',
      '(?i)select[\\t\\n]',
      '(?i)insert[\\t\\n]',
      '(?i)update[\\t\\n]',
      '(?i)delete[\\t\\n]',
    ],
    yes: [
      'query: «SELECT id, name FROM users» WHERE id = 7',
      "«INSERT INTO users (name) VALUES» ('jane')",
      "«UPDATE users SET name =» 'x' WHERE id = 1",
      '«DELETE FROM users WHERE» id = 1',
      '"«select * from `orders`» limit 10"',
      'ran «DROP TABLE users»;',
    ],
    no: [
      'select one of them',
      'please select a colour from',
      'insert the card',
      'the update is set',
      'delete the file',
      'table of contents',
      'SELECTED FROM',
    ],
  }),
]
