// What commands and files of a system say when somebody looks around in it: in a log of a web application this is the
// answer to an attack.
import type { Detector } from '../../../core/detector.ts'
import { signature } from './signature.ts'

const MODE = '[dlbcps-](?:[r-][w-][xsS-]){2}[r-][w-][xtT-][.+@]?'

export const systemOutput: readonly Detector[] = [
  signature({
    id: 'passwd_file',
    severity: 'high',
    summary: 'Lines of /etc/passwd',
    source: 'passwd(5)',
    pattern:
      '[a-z_][0-9a-z_-]{0,31}:[x*!]:[0-9]{1,10}:[0-9]{1,10}:[^:\\r\\n"]{0,80}:/[^:\\s"\\\\]{0,60}:/[0-9' +
      'A-Za-z/_.-]+',
    anchors: [':x:\\d', ':\\*:\\d', ':!:\\d'],
    yes: [
      '«root:x:0:0:root:/root:/bin/bash»',
      'body="«daemon:x:1:1:daemon:/usr/sbin:/usr/sbin/nologin»"',
      '«www-data:x:33:33:www-data:/var/www:/usr/sbin/nologin»\n',
      '200 «root:x:0:0:root:/root:/bin/bash»\\ndaemon',
      '«nobody:*:99:99:Unprivileged User:/var/empty:/usr/bin/false»',
      '<pre>«jane:x:1000:1000:Jane,,,:/home/jane:/bin/zsh»</pre>',
    ],
    no: ['root:x:0:0', 'cannot read /etc/passwd', 'a:x:1:2:3', 'time:x:12:30:00:ok', 'root:x:0:0:root', 'x:x:/bin/sh'],
  }),
  signature({
    id: 'shadow_file',
    severity: 'critical',
    summary: 'Lines of /etc/shadow',
    source: 'shadow(5)',
    pattern:
      '[a-z_][0-9a-z_-]{0,31}:(?:\\$[0-9a-z]{1,3}\\$[^:\\s]{20,200}' +
      '|[!*]{1,2}):[0-9]{4,6}:[0-9]{1,6}:[0-9]{1,6}:[0-9]{0,4}:[0-9]{0,6}:[0-9]{0,6}:',
    anchors: ['[a-z]:\\$[1-7y]\\$', ':[!*]:\\d{4}', ':!!:\\d{4}'],
    yes: [
      '«root:$6$saltsalt$EXAMPLEexample0madeUP7EXAMPLE:19000:0:99999:7:::»',
      '«daemon:*:19000:0:99999:7:::»',
      'out: «jane:!:19000:0:99999:7:::»\\n',
      '"«bob:$y$j9T$EXAMPLEexample$EXAMPLEexample0madeUP:19800:0:99999:7:::»"',
      '«_apt:*:18561:0:99999:7:::»\n',
      '<pre>«sync:!!:17000:0:99999:7:::»</pre>',
    ],
    no: [
      'root:x:0:0:root:/root:/bin/bash',
      'a:*:1',
      'cannot read /etc/shadow',
      'job:!:1234:5:6',
      'root::19000:0:99999:7',
      'x:*:12:30:00:1:2:3:',
    ],
  }),
  signature({
    id: 'id_output',
    severity: 'high',
    summary: 'Output of id: uid=0(root) gid=0(root)',
    source: 'id(1)',
    pattern: 'uid=[0-9]{1,10}\\([0-9A-Za-z_.$-]{1,32}\\)(?: gid=[0-9]{1,10}\\([0-9A-Za-z_.$-]{1,32}\\))?',
    anchors: ['uid=\\d\\(', 'uid=\\d{2}\\(', 'uid=\\d{3}\\(', 'uid=\\d{4}\\(', 'uid=\\d{5}\\(', '=\\d{6}\\('],
    yes: [
      '«uid=0(root) gid=0(root)» groups=0(root)',
      'response: "«uid=33(www-data) gid=33(www-data)»"',
      '«uid=1000(jane) gid=1000(jane)»',
      'x;«uid=0(root)»;',
      '«uid=500(ec2-user) gid=500(ec2-user)» context=unconfined_u',
      "b'«uid=65534(nobody) gid=65534(nogroup)»\\n'",
    ],
    no: ['uid=0 euid=0 tty=ssh', 'uid=0', 'by (uid=0)', 'gid=0(root)', 'uid=(root)', 'guid=5'],
  }),
  signature({
    id: 'ls_output',
    severity: 'low',
    summary: 'Lines of ls -l: modes, owner, size',
    source: 'ls(1)',
    pattern: `${MODE}[ \\t]+[0-9]{1,6}[ \\t]+[0-9A-Za-z_.$-]{1,32}[ \\t]+[0-9A-Za-z_.$-]{1,40}[ \\t]+[0-9]{1,15}[ \\t]`,
    anchors: [
      'rw-r--',
      'rwxr-x',
      'rwxrwx',
      'rw----',
      'rwx---',
      'r-xr-x',
      'r--r--',
      'rw-rw-',
      'r-----',
      'r-x---',
      'rwsr-x',
      'rwxr--',
    ],
    yes: [
      '«-rw-r--r-- 1 root root 1024 »Nov 21 15:00 passwd',
      '«drwxr-xr-x  2 www-data www-data 4096 »Nov 21 15:00 html',
      'out=«-rwsr-xr-x 1 root root 54256 »Mar 26  2019 /usr/bin/passwd',
      '«-rw------- 1 jane staff 1675 »Jan  1 00:00 id_rsa\n',
      '«lrwxrwxrwx 1 root root 7 »Nov 21 15:00 bin -> usr/bin',
      '"«-rw-rw-r--. 1 jane jane 12 »Nov 21 15:00 x"',
    ],
    no: ['drwxr-xr-x', 'mode -rw-r--r-- was set', 'permission=rwxr-xr-x', '----------', 'total 12', 'chmod u=rw,g=r x'],
  }),
  signature({
    id: 'ifconfig_output',
    severity: 'low',
    summary: 'Output of ifconfig, ip address and ipconfig',
    source: 'ifconfig(8), ip-address(8), ipconfig',
    pattern:
      'inet (?:addr:)?[0-9]{1,3}(?:\\.[0-9]{1,3}){3}(?:/[0-9]{1,2})? +(?:netmask|Mask:|Bcast:|brd|scope|P-t-P)' +
      '|(?:IPv4 Address|Subnet Mask)[. ]{4,40}: [0-9]{1,3}(?:\\.[0-9]{1,3}){3}',
    anchors: ['inet \\d', 'inet ad', '4 Addres', 'net Mask'],
    yes: [
      'eth0: «inet 10.0.0.5  netmask» 255.255.255.0  broadcast 10.0.0.255',
      '          «inet addr:10.0.0.5  Bcast:»10.0.0.255  Mask:255.255.255.0',
      '    «inet 10.0.0.5/24 brd» 10.0.0.255 scope global eth0',
      '    «inet 127.0.0.1/8 scope» host lo',
      '   «IPv4 Address. . . . . . . . . . . : 10.0.0.5»(Preferred)',
      '   «Subnet Mask . . . . . . . . . . . : 255.255.255.0»',
    ],
    no: [
      'inet 10.0.0.5',
      'listening on inet 0.0.0.0:80',
      'netmask 255.255.255.0',
      'IPv4 Address: 10.0.0.5',
      'inet6 ::1',
      'subnet mask',
    ],
  }),
  signature({
    id: 'uname_output',
    severity: 'low',
    summary: 'Output of uname -a, ver and systeminfo',
    source: 'uname(1), ver',
    pattern:
      'Linux [0-9A-Za-z_.-]{1,63} [0-9]+\\.[0-9]+[0-9A-Za-z_.+~-]* #[0-9]+[^\\r\\n"]{0,120}?(?:x86_64' +
      '|i[3-6]86|aarch64|armv7l|ppc64le|s390x)' +
      '|Microsoft Windows \\[Version [0-9.]+\\]|Darwin Kernel Version [0-9.]+',
    anchors: ['Linux [0-9A-Za-z]', 'Windows \\[', 'Darwin K'],
    yes: [
      '«Linux web1 5.15.0-91-generic #101-Ubuntu SMP Tue Nov 14 13:30:08 UTC 2023 x86_64» x86_64',
      'out: «Linux ip-10-0-0-5 6.1.0 #1 SMP aarch64» GNU/Linux',
      '«Microsoft Windows [Version 10.0.19045.3803]»',
      '"«Linux a 4.18.0-513.el8.x86_64 #1 SMP x86_64»"',
      'Darwin mac 23.2.0 «Darwin Kernel Version 23.2.0»: Wed Nov 15',
      '$(uname -a): «Linux kali 6.5.0-kali3-amd64 #1 SMP PREEMPT_DYNAMIC Debian x86_64»',
    ],
    no: [
      'Linux kernel 5.15',
      'Linux version 2.6.5-1.358',
      'Microsoft Windows 10',
      'x86_64',
      'on Linux web1',
      'Windows [Version',
    ],
  }),
  signature({
    id: 'leaked_file',
    severity: 'high',
    summary: 'Contents of files that attackers ask for: win.ini, .git/config, php.ini, /proc, phpinfo',
    source: 'OWASP Web Security Testing Guide, testing for local file inclusion',
    pattern:
      '; for 16-bit app support|\\[boot loader\\][\\s\\\\rn]{1,8}timeout=' +
      '|\\[core\\][\\s\\\\nrt]{1,8}repositoryformatversion = ' +
      '|<title>phpinfo\\(\\)</title>|<h1 class="p">PHP Version [0-9.]+' +
      '|Index of /[0-9A-Za-z_./-]{0,100}</title>|nt authority\\\\{1,2}system',
    anchors: ['; for 16-', '\\[boot lo', '\\[core\\]', '>phpinfo', '>PHP Vers', 'Index of', 'nt autho'],
    yes: [
      '«; for 16-bit app support»\r\n[fonts]',
      '«[boot loader]\r\ntimeout=»30',
      '"«[core]\\n\\trepositoryformatversion = »0"',
      '«<title>phpinfo()</title>»',
      '<title>«Index of /backup</title>»',
      'whoami: «nt authority\\system»',
    ],
    no: ['16-bit app', '[boot loader]', '[core] started', 'phpinfo()', 'Index of the list', 'the authority system'],
  }),
]
