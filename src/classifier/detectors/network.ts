// Addresses of machines. They are frequent in ordinary logs, so each has a finder of its own.
import type { Detector, SpanFinder } from '../../core/detector.ts'
import {
  ALPHA,
  afterEscape,
  behindEscape,
  COLON,
  DASH,
  DIGIT,
  DOT,
  endsNumber,
  HEX,
  is,
  PERCENT,
  UNDERSCORE,
  WORD,
} from '../checks/bytes.ts'
import { isIpv4 } from '../checks/ipv4.ts'
import { isIpv6 } from '../checks/ipv6.ts'
import { isMac, MAC_LENGTH } from '../checks/mac.ts'

const SLASH = 0x2f
const IPV6_BYTES_MAX = 45
const BEFORE_VERSION = ['version', 'release', 'build'].map((word) => new TextEncoder().encode(word))

const findIpv4: SpanFinder = (bytes, from, to, at, span) => {
  // The anchor ends one digit behind the second or third dot.
  let start = at - 2
  while (start > from && is(bytes[start - 1], DIGIT)) start--
  if (start - from < 2 || bytes[start - 1] !== DOT) return -1
  start--
  const dot = start
  while (start > from && dot - start < 4 && is(bytes[start - 1], DIGIT)) start--
  start = behindEscape(bytes, from, start)
  if (start >= dot || (start > from && !mayPrecedeIpv4(bytes, from, start))) return -1
  let end = dot
  for (let part = 0; part < 3; part++) {
    end++
    const limit = Math.min(to, end + 4)
    while (end < limit && is(bytes[end], DIGIT)) end++
    if (part < 2 && (end >= to || bytes[end] !== DOT)) return -1
  }
  if (!endsIpv4(bytes, end, to) || !isIpv4(bytes, start, end) || isVersion(bytes, from, start, end)) return -1
  span.start = start
  return end
}

function mayPrecedeIpv4(bytes: Uint8Array, from: number, start: number): boolean {
  const before = bytes[start - 1]
  if (afterEscape(bytes, from, start)) return true
  if (is(before, WORD) || before === DOT || before === UNDERSCORE || before === PERCENT) return false
  // nginx-1.18.0.1 is a version; in 10.0.0.1-10.0.0.9 the second one is an address.
  if (before !== DASH || start - from < 2) return true
  const name = bytes[start - 2]
  return !is(name, ALPHA) && name !== UNDERSCORE
}

/** A dash and a digit may follow (a range, a block pool of HDFS); a dash and a letter make it a version. */
function endsIpv4(bytes: Uint8Array, end: number, to: number): boolean {
  if (end < to && bytes[end] === DASH) return end + 1 >= to || !is(bytes[end + 1], ALPHA)
  return endsNumber(bytes, end, to)
}

/** `Version=4.0.0.0`, `build: 1.2.3.4`, and the frozen versions of browsers (`Chrome/120.0.0.0`). */
function isVersion(bytes: Uint8Array, from: number, start: number, end: number): boolean {
  if (start - from >= 2 && bytes[start - 1] === SLASH && is(bytes[start - 2], ALPHA)) {
    return bytes[start] !== 0x30 && endsInZeros(bytes, start, end)
  }
  let name = start
  while (name > from && start - name < 3 && isAssignment(bytes[name - 1])) name--
  if (name === start) return false
  return BEFORE_VERSION.some(
    (word) =>
      name - from >= word.length && word.every((letter, i) => (bytes[name - word.length + i] | 0x20) === letter),
  )
}

function isAssignment(byte: number): boolean {
  return byte === 0x20 || byte === COLON || byte === 0x3d || byte === 0x22 || byte === 0x27
}

function endsInZeros(bytes: Uint8Array, start: number, end: number): boolean {
  let dot = start
  while (bytes[dot] !== DOT) dot++
  if (end - dot !== 6) return false
  return bytes[dot + 1] === 0x30 && bytes[dot + 3] === 0x30 && bytes[dot + 5] === 0x30
}

const FOUR_PARTS = '[0-9]+(?:\\.[0-9]+){3}'

const ipv4: Detector = {
  id: 'ipv4',
  summary: 'IPv4 addresses in dotted decimal',
  category: 'network',
  severity: 'low',
  confidence: 'high',
  source: 'RFC 791, RFC 6943 section 3.1.1',
  // The alternatives without the group say what is no finding: versions.
  pattern:
    `(?i:version|release|build)[ :="']{1,3}${FOUR_PARTS}|[A-Za-z_]-${FOUR_PARTS}|[A-Za-z]/[1-9][0-9]{0,2}\\.0\\.0\\.0` +
    '|(?:^|%[0-9A-Fa-f]{2}|[^0-9A-Za-z_.%])(?P<address>[0-9]{1,3}(?:\\.[0-9]{1,3}){3})' +
    '(?:$|[^0-9A-Za-z_.-]|\\.(?:$|[^0-9A-Za-z])|-(?:$|[^A-Za-z]))',
  group: 'address',
  anchors: ['\\.\\d\\.\\d', '\\.\\d{2}\\.\\d', '\\.\\d{3}\\.\\d'],
  check: isIpv4,
  find: findIpv4,
  judge: 'ipv4',
  yes: [
    'from «10.251.73.220»:50010 ok',
    'host/«127.0.0.1»:2181',
    '{"ip":"«203.0.113.7»"}',
    'GET /?ip=«198.51.100.255»&x=1',
    'BP-108841162-«10.10.34.11»-1440074360971',
    'net «10.0.0.0»/8',
    'gone: «192.0.2.1».',
    'u%3D«192.0.2.1»',
    'rhost=«218.188.2.4» ',
    'tcp://«172.16.0.1»/x',
    'bound to localhost/«0.0.0.0»',
  ],
  no: [
    '1.2.3',
    '1.2.3.4.5',
    '256.1.1.1',
    'v1.2.3.4',
    'libfoo-1.2.3.4.jar',
    'Version=4.0.0.0, Culture=neutral',
    'Mozilla/5.0 Chrome/120.0.0.0 Safari/537.36',
    '192.168.001.001',
    '1.2.3.4-beta',
    '10.0.0',
    '20.008 ms',
    '1.3.6.1.4.1.311',
  ],
}

const findIpv6: SpanFinder = (bytes, from, to, at, span) => {
  let start = at
  let compressions = 0
  // All anchors but `::` begin with the address or a short word before it.
  const isCompression = bytes[at - 1] === COLON && bytes[at - 2] === COLON
  const limit = isCompression ? IPV6_BYTES_MAX : 12
  while (start > from && isHexOrColon(bytes[start - 1])) {
    start--
    if (bytes[start] === COLON && bytes[start + 1] === COLON && start + 1 < at) compressions++
    if (compressions > 1 || at - start > limit) return -1
  }
  if (start > from && bytes[start - 1] === PERCENT && is(bytes[start], HEX) && is(bytes[start + 1], HEX)) start += 2
  else if (start > from && !mayPrecedeIpv6(bytes[start - 1])) {
    // `peer:2001:db8::1` and `node:fe80::1`: the word before the address may end in letters that are hex digits.
    if (!is(bytes[start - 1], ALPHA) && bytes[start - 1] !== UNDERSCORE) return -1
    const word = start
    while (start < at && start - word < 5 && is(bytes[start], HEX)) start++
    if (start - word > 4 || bytes[start] !== COLON) return -1
    start++
  }
  let end = start
  while (end < to && end - start <= IPV6_BYTES_MAX && isHexOrColon(bytes[end])) end++
  end = behindIpv4Tail(bytes, end, to)
  if (bytes[end - 1] === COLON && bytes[end - 2] !== COLON) end--
  if (end <= start || !endsIpv6(bytes, end, to) || !isIpv6(bytes, start, end)) return -1
  span.start = start
  return end
}

function isHexOrColon(byte: number): boolean {
  return is(byte, HEX) || byte === COLON
}

function mayPrecedeIpv6(byte: number): boolean {
  return !is(byte, WORD) && byte !== UNDERSCORE && byte !== DOT && byte !== PERCENT
}

/** Digits right before `end` and three more numbers behind dots; else `end`. */
function behindIpv4Tail(bytes: Uint8Array, end: number, to: number): number {
  let at = end
  for (let part = 0; part < 3; part++) {
    if (at >= to || bytes[at] !== DOT) return end
    const digits = at + 1
    at = digits
    while (at < to && at - digits < 3 && is(bytes[at], DIGIT)) at++
    if (at === digits) return end
  }
  return at
}

function endsIpv6(bytes: Uint8Array, end: number, to: number): boolean {
  if (end >= to) return true
  const next = bytes[end]
  const isPoint = next === COLON || next === DOT
  if (!isPoint) return !is(next, WORD) && next !== UNDERSCORE
  const second = bytes[end + 1]
  return end + 1 >= to || !(is(second, WORD) || second === UNDERSCORE || second === COLON || second === DOT)
}

const ipv6: Detector = {
  id: 'ipv6',
  summary: 'IPv6 addresses, full, compressed, or with an IPv4 address at the end',
  category: 'network',
  severity: 'low',
  confidence: 'high',
  source: 'RFC 4291 section 2.2',
  pattern:
    '(?:^|%[0-9A-Fa-f]{2}|[G-Zg-z_][0-9A-Fa-f]{0,4}:|[^0-9A-Za-z_.:%])' +
    '(?P<address>[0-9A-Fa-f:]*:[0-9A-Fa-f:]*[0-9A-Fa-f](?:\\.[0-9]{1,3}){3}|' +
    '[0-9A-Fa-f:]*:[0-9A-Fa-f:]*[0-9A-Fa-f]|[0-9A-Fa-f:]*::)' +
    '(?:$|[^0-9A-Za-z_.:]|[.:](?:$|[^0-9A-Za-z_.:]))',
  group: 'address',
  anchors: [
    '::',
    '[^0-9A-Za-z.][0-9A-Fa-f]{4}:[0-9A-Fa-f]',
    '[^0-9A-Za-z.][0-9A-Fa-f]{3}:[0-9A-Fa-f]',
    '^0:0:0:',
    '%[0-9A-Fa-f]{2}[0-9A-Fa-f]{4}:[0-9A-Fa-f]',
    '%[0-9A-Fa-f]{2}[0-9A-Fa-f]{3}:[0-9A-Fa-f]',
    '%[0-9A-Fa-f]{2}0:0:0:',
  ],
  check: isIpv6,
  find: findIpv6,
  judge: 'ipv6',
  yes: [
    'from «2001:db8::1» port 22',
    '[«::1»]:8080',
    '«fe80::1ff:fe23:4567:890a»%eth0',
    '«2001:0db8:85a3:0000:0000:8a2e:0370:7334»',
    'peer=«::ffff:192.0.2.128», x',
    '{"ip":"«2001:db8:0:0:0:0:0:1»"}',
    'route «2001:db8::»/32',
    'node:«fe80::1»: gone',
    'ip=%5B«2001:db8::1»%5D',
    'at «0:0:0:0:0:0:0:1».',
  ],
  no: [
    '12:34:56',
    '00:1a:2b:3c:4d:5e',
    '::',
    'std::abs(x)',
    'ns::add::face',
    'a::b::c',
    '00:11:22:33:44:55:66:77',
    '16:27:ac:a5:76:28:2d:36:63:1b:56:4d:eb:df:a6:48',
    '[21/Nov/2026:15:00:00 +0000]',
    ':::22',
    '2001:db8::1::2',
    '1:2:3:4:5:6:7:8:9',
    '12345::1',
    '20171223-22:15:29:633',
  ],
}

const findMac: SpanFinder = (bytes, from, to, at, span) => {
  // The anchor ends behind the third of four separators, the first of which follows the first pair.
  const start = at - 12
  const end = start + MAC_LENGTH
  if (start < from || end > to) return -1
  if (end < to) {
    const next = bytes[end]
    if (is(next, WORD) || next === UNDERSCORE) return -1
    const isJoint = next === COLON || next === DASH || next === DOT
    if (isJoint && end + 1 < to && (is(bytes[end + 1], WORD) || bytes[end + 1] === UNDERSCORE)) return -1
  }
  if (!isMac(bytes, start, end) || (start > from && !mayPrecedeMac(bytes, from, start))) return -1
  span.start = start
  return end
}

/** `mac:00:1a:…`: a word and a colon may stand before it, another pair of hex digits may not. */
function mayPrecedeMac(bytes: Uint8Array, from: number, start: number): boolean {
  const before = bytes[start - 1]
  if (afterEscape(bytes, from, start)) return true
  if (before !== COLON)
    return !is(before, WORD) && before !== UNDERSCORE && before !== DOT && before !== DASH && before !== PERCENT
  let word = start - 1
  while (word > from && start - 1 - word < 5 && is(bytes[word - 1], HEX)) word--
  if (start - 1 - word > 4 || word === from) return false
  return is(bytes[word - 1], ALPHA) || bytes[word - 1] === UNDERSCORE
}

const macAddress: Detector = {
  id: 'mac_address',
  summary: 'MAC addresses: six bytes in hex with colons or dashes',
  category: 'network',
  severity: 'low',
  confidence: 'high',
  source: 'IEEE 802-2014 clause 8',
  pattern:
    '(?:^|%[0-9A-Fa-f]{2}|[G-Zg-z_][0-9A-Fa-f]{0,4}:|[^0-9A-Za-z_.:%-])' +
    '(?P<address>[0-9A-Fa-f]{2}(?::[0-9A-Fa-f]{2}){5}|[0-9A-Fa-f]{2}(?:-[0-9A-Fa-f]{2}){5})' +
    '(?:$|[^0-9A-Za-z_.:-]|[.:-](?:$|[^0-9A-Za-z_]))',
  group: 'address',
  anchors: [':[0-9A-Fa-f]{2}:[0-9A-Fa-f]{2}:[0-9A-Fa-f]{2}:', '-[0-9A-Fa-f]{2}-[0-9A-Fa-f]{2}-[0-9A-Fa-f]{2}-'],
  check: isMac,
  find: findMac,
  yes: [
    'DHCPACK to «00:1a:2b:3c:4d:5e» via eth0',
    '"mac":"«AA:BB:CC:DD:EE:FF»"',
    'hw=«00-1A-2B-3C-4D-5E»,',
    'HWaddr:«00:1a:2b:3c:4d:5e».',
    '«52:54:00:12:34:56»',
    '?mac=«00:1a:2b:3c:4d:5e»&x',
  ],
  no: [
    '15:00:00',
    '00:1a:2b:3c:4d',
    '00:1a:2b:3c:4d:5e:6f',
    '00:1a:2b-3c:4d:5e',
    'MAC=ff:ff:ff:ff:ff:ff:00:11:22:33:44:55:08:00',
    '16:27:ac:a5:76:28:2d:36:63:1b:56:4d:eb:df:a6:48',
    '26-11-21-15-00-00',
    '550e8400-e29b-41d4-a716-446655440000',
    '0:1a:2b:3c:4d:5e',
  ],
}

export const network: readonly Detector[] = [ipv4, ipv6, macAddress]
