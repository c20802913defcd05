// Stack traces: they tell of defects, and tell an attacker about versions, paths and structure.
import type { Detector } from '../../../core/detector.ts'
import { signature } from './signature.ts'

const GAP = '(?:[\\s]|\\\\[nrt])*'

export const stackTraces: readonly Detector[] = [
  signature({
    id: 'java_stack_trace',
    severity: 'low',
    summary: 'Stack frames of Java, Kotlin, Scala and Groovy, those in a row as one',
    source: 'Java SE API, Throwable.printStackTrace',
    pattern:
      '[0-9A-Za-z_$<>-]{1,50}\\([0-9A-Za-z_$.-]{1,60}\\.(?:java|kt|scala|groovy):[0-9]{1,6}\\)' +
      `(?:${GAP}at [^()\\s]{1,200}\\([^()\\r\\n]{1,100}\\))*`,
    anchors: ['\\.java:\\d', '\\.kt:\\d', '\\.scala:\\d', '\\.groovy:'],
    yes: [
      '\tat com.example.Shop.«buy(Shop.java:42)»',
      'java.lang.Error: x\n\tat a.b.C.«d(C.java:1)\n\tat a.b.C.e(C.java:2)\n\tat a.B.main(Native Method)»\n',
      'at kotlin.X.«run(Main.kt:7)»',
      '"x\\n\\tat a.B.«<init>(B.java:12)\\n\\tat a.B.c(B.java:13)»"',
      'scala.App.«main(App.scala:3)» done',
      'groovy.X.«call(build.groovy:99)»',
    ],
    no: ['Shop.java was compiled', 'Shop.java:42', 'at Shop.java', 'buy(42)', 'buy(Shop.java)', '(Unknown Source)'],
  }),
  signature({
    id: 'java_exception',
    severity: 'low',
    summary: 'Names of Java and .NET exceptions with their message',
    source: 'Java SE API, Throwable.toString',
    pattern:
      '(?:Exception in thread \\\\*"[^"\\r\\n]{1,80}"|Caused by:|Unhandled [Ee]xception[.:]) ?' +
      '(?:[0-9A-Za-z_$]+\\.)*[0-9A-Za-z_$]*(?:Exception|Error|Throwable)',
    anchors: ['ion in th', 'Caused b', 'Unhandle'],
    yes: [
      '«Exception in thread "main" java.lang.NullPointerException»: x',
      '«Caused by: java.net.ConnectException»: Connection refused',
      '«Unhandled exception. System.InvalidOperationException»: x',
      'x\n«Caused by: com.example.ShopError»\n',
      '"«Caused by: java.io.IOException»: broken pipe"',
      '«Unhandled Exception: System.NullReferenceException»: x',
    ],
    no: [
      'Caused by: a broken pipe',
      'Exception in the plan',
      'NullPointerException',
      'unhandled case',
      'Caused by Exception',
      'exception in thread',
    ],
  }),
  signature({
    id: 'python_stack_trace',
    severity: 'low',
    summary: 'Tracebacks of Python',
    source: 'Python documentation, traceback',
    pattern:
      `Traceback \\(most recent call last\\):(?:${GAP}File "[^"\\r\\n]{1,300}", line [0-9]+, in [^\\s` +
      `\\\\"]+)?|File \\\\?"[^"\\r\\n\\\\]{1,40}\\.py\\\\?", line [0-9]+, in [^\\s\\\\"]+`,
    anchors: ['Tracebac', '\\.py", li', '\\.py\\\\", l'],
    yes: [
      '«Traceback (most recent call last):\n  File "/app/shop.py", line 42, in buy»\n    x()',
      '"«Traceback (most recent call last):»\\n x"',
      '  «File "/app/shop.py", line 7, in <module>»\n',
      '«Traceback (most recent call last):»',
      '{"e":"«File \\"/a/b.py\\", line 1, in f»"}',
      '2026 ERROR «Traceback (most recent call last):»',
    ],
    no: [
      'Traceback is off',
      'most recent call last',
      'shop.py, line 42',
      'File "x.txt", line 3',
      'in shop.py',
      'traceback (most recent call last):',
    ],
  }),
  signature({
    id: 'node_stack_trace',
    severity: 'low',
    summary: 'Stack frames of JavaScript and TypeScript',
    source: 'V8 documentation, stack trace API',
    pattern:
      `(?:at |\\()[^\\s()"]{0,40}[/\\\\:]?[0-9A-Za-z_.@-]{1,40}\\.[cm]?[jt]sx?:[0-9]{1,7}:[0-9]{1,7}` +
      `\\)?(?:${GAP}at [^\\r\\n\\\\"]{1,200}:[0-9]+:[0-9]+\\)?)*`,
    anchors: [
      '\\.js:\\d',
      '\\.ts:\\d',
      '\\.mjs:\\d',
      '\\.cjs:\\d',
      '\\.jsx:\\d',
      '\\.tsx:\\d',
      '\\.mts:\\d',
      '\\.cts:\\d',
    ],
    yes: [
      '    at Shop.buy «(/app/shop.js:42:7)»',
      'Error: x\n    «at /app/shop.js:42:7\n    at Module._compile (node:internal:12:3)»\n',
      'at async f «(file:///app/x.mjs:1:2)»',
      '"x\\n    at g «(/app/y.ts:10:20)»"',
      '«at app.bundle.js:1:20000»',
      'at z «(C:\\app\\z.cjs:3:4)»',
    ],
    no: [
      'shop.js was loaded',
      'shop.js:42',
      '/app/shop.js:42:7 warning',
      'at 10:20:30',
      'at app.json:1:2',
      'meet at noon.js',
    ],
  }),
  signature({
    id: 'go_stack_trace',
    severity: 'low',
    summary: 'Panics and goroutine dumps of Go',
    source: 'Go runtime documentation, GOTRACEBACK',
    pattern: 'goroutine [0-9]+ \\[[a-z][a-z0-9 ,()-]{1,60}\\]:|panic: runtime error: [^\\r\\n"\\\\]{1,120}',
    anchors: ['goroutin', 'runtime e'],
    yes: [
      '«goroutine 1 [running]:»\nmain.main()',
      '«panic: runtime error: index out of range [5] with length 3»',
      '«goroutine 34 [chan receive, 5 minutes]:»',
      '"«goroutine 7 [select]:»\\n"',
      'x «goroutine 18 [syscall]:»',
      '«panic: runtime error: invalid memory address or nil pointer dereference»\n',
    ],
    no: ['120 goroutines', 'goroutine leak', 'runtime error', 'panic: x', 'goroutine 1 running', 'goroutine 5 []'],
  }),
  signature({
    id: 'dotnet_stack_trace',
    severity: 'low',
    summary: 'Stack frames of .NET',
    source: '.NET API, Exception.StackTrace',
    pattern:
      '[0-9A-Za-z_`<>]{1,40}\\([^()\\r\\n]{0,20}\\) in [^\\r\\n:"]{0,3}:?[^\\r\\n:"]{1,200}\\.(?:cs|vb' +
      '|fs):line [0-9]+|--- End of (?:inner exception stack trace' +
      '|stack trace from previous location)[^-]{0,40}---',
    anchors: ['\\.cs:line', '\\.vb:line', '\\.fs:line', ' End of ', '\\) in '],
    yes: [
      '   at Shop.Cart.«Buy(String id) in C:\\app\\Cart.cs:line 42»',
      '   at Shop.«Main() in /src/App.cs:line 7»',
      '   «--- End of inner exception stack trace ---»',
      '«--- End of stack trace from previous location ---»',
      '"at X.«Y() in /a/b.vb:line 1»"',
      'at A.B.«C() in /x.cs:line 2»',
    ],
    no: ['Cart.cs:42', 'Cart.cs:line', 'line 42', '--- End of file ---', 'at Shop.Main()', 'in /src/App.cs'],
  }),
  signature({
    id: 'php_stack_trace',
    severity: 'low',
    summary: 'Errors and stack traces of PHP',
    source: 'PHP manual, error handling',
    pattern:
      '(?:PHP |<b>)?(?:Fatal error|Parse error|Warning|Notice|Deprecated' +
      '|Uncaught [0-9A-Za-z_\\\\]{1,60})(?:</b>)?: [^\\r\\n]{1,200}? (?:in ' +
      '(?:<b>)?[^\\s<>]{1,200}\\.php|on line )(?:</b>)?(?: on line (?:<b>)?[0-9]+|:[0-9]+|[0-9]+)' +
      '|#[0-9]+ [^\\s"]{1,40}\\.php\\([0-9]+\\): ',
    anchors: [
      '\\.php on l',
      '\\.php</b>',
      '\\.php:\\d',
      '\\.php(\\d',
      ' error: ',
      'Warning: ',
      'Notice: ',
      'Uncaught',
      'Deprecat',
      ' error</b',
    ],
    yes: [
      '«PHP Fatal error: Uncaught Error in /var/www/shop.php:42»',
      '«PHP Warning: Undefined variable $x in /var/www/shop.php on line 42»',
      '«#0 /var/www/shop.php(42): »buy()',
      '<br />\n«<b>Warning</b>: mysqli_connect(): x in <b>/var/www/db.php</b> on line <b>12»</b>',
      'got «Parse error: syntax error, unexpected end of file in /a.php on line 3»',
      '«#12 /a/b.php(7): »include()',
    ],
    no: [
      'shop.php was called',
      'GET /shop.php?x=1',
      'Warning: disk is full',
      'error: x in shop.c on line 3',
      '# 1 in list',
      '/shop.php:42',
    ],
  }),
  signature({
    id: 'ruby_stack_trace',
    severity: 'low',
    summary: 'Stack frames of Ruby',
    source: 'Ruby documentation, Exception#backtrace',
    pattern: "[0-9A-Za-z_.-]{1,50}\\.rb:[0-9]{1,6}:in [`'][^`'\\r\\n]{1,80}'",
    anchors: ['\\.rb:\\d'],
    yes: [
      "/app/«shop.rb:42:in `buy'»: x (RuntimeError)",
      "\tfrom /app/«cart.rb:7:in `block in each'»",
      "«a.rb:1:in 'Integer#/'»: divided by 0",
      '"/gems/«x-y.rb:10:in `call\'»"',
      "app/models/«user.rb:3:in `save!'»",
      "«main.rb:2:in `<main>'»",
    ],
    no: ['shop.rb:42', 'load shop.rb', "in `buy'", 'shop.rb:in', "shop.py:42:in `buy'", 'ruby shop.rb:x'],
  }),
  signature({
    id: 'rust_panic',
    severity: 'low',
    summary: 'Panics of Rust',
    source: 'Rust standard library, panic',
    pattern: "thread '[^'\\r\\n]{1,60}' (?:\\([0-9]+\\) )?panicked at [^\\r\\n\"]{1,120}",
    anchors: ['panicked'],
    yes: [
      "«thread 'main' panicked at src/main.rs:4:5:»\nindex out of bounds",
      "«thread 'tokio-runtime-worker' panicked at 'x', src/a.rs:1:2»",
      "x «thread 'main' panicked at src/lib.rs:1:1:»",
      "«thread '<unnamed>' panicked at a.rs:2:3»",
      '"«thread \'main\' panicked at b.rs:9:9:»"',
      "«thread 'w' (12) panicked at c.rs:1:1»",
    ],
    no: [
      'the crowd panicked',
      "thread 'main'",
      'panicked at noon',
      "thread 'main' has ended",
      'thread main panicked at',
      "thread '' panicked at x",
    ],
  }),
  signature({
    id: 'crash',
    severity: 'medium',
    summary: 'Crashes of native programs: segmentation faults, core dumps, broken stacks and heaps',
    source: 'signal(7); Linux kernel, show_signal_msg; glibc',
    pattern:
      'Segmentation fault(?: \\(core dumped\\))?|segfault at [0-9a-f]{1,16} ip [0-9a-f]{1,16}' +
      '|\\*\\*\\* stack smashing detected \\*\\*\\*' +
      '|(?:double free or corruption|free\\(\\): invalid pointer|malloc\\(\\): [a-z ]{4,40})' +
      '|AddressSanitizer: [a-z-]{4,40}|Caught Segmentation fault, suspect faulting address',
    anchors: [
      'Segmenta',
      'segfault',
      '\\* stack s',
      'double f',
      'free\\(\\): ',
      'alloc\\(\\): ',
      'AddressS',
      'Caught S',
    ],
    yes: [
      '«Segmentation fault (core dumped)»',
      'kernel: shop[123]: «segfault at 0 ip 00007f012» sp 0',
      '«*** stack smashing detected ***»: terminated',
      '«double free or corruption» (out)',
      '==1==ERROR: «AddressSanitizer: heap-use-after-free» on address',
      'sh: line 1: 12 «Segmentation fault»      ./x',
    ],
    no: [
      'segmentation of users',
      'segfault was fixed',
      'fault at 0',
      'no stack smashing',
      'free() was called',
      'core dumped: no',
    ],
  }),
]
