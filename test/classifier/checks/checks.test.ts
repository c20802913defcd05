// Checks: valid numbers pass, and with one digit changed they do not.
import { describe, expect, it } from 'vitest'
import { isBasicCredentials } from '../../../src/classifier/checks/basic_credentials.ts'
import { hasBase62Checksum } from '../../../src/classifier/checks/crc32_base62.ts'
import { isNoSecret } from '../../../src/classifier/checks/credential.ts'
import { isIban } from '../../../src/classifier/checks/iban.ts'
import { isIssued } from '../../../src/classifier/checks/iin.ts'
import { isIpv4 } from '../../../src/classifier/checks/ipv4.ts'
import { isIpv6 } from '../../../src/classifier/checks/ipv6.ts'
import { isJwt } from '../../../src/classifier/checks/jwt.ts'
import { passesLuhn } from '../../../src/classifier/checks/luhn.ts'
import { isPaymentCard } from '../../../src/classifier/checks/payment_card.ts'
import { isSsn } from '../../../src/classifier/checks/ssn.ts'
import type { Check } from '../../../src/core/detector.ts'

function passes(check: Check, text: string): boolean {
  const bytes = new TextEncoder().encode(`99${text}99`)
  return check(bytes, 2, bytes.length - 2)
}

/** The text with each digit in turn raised by one. */
function corrupted(text: string): string[] {
  return [...text].flatMap((letter, at) =>
    /\d/.test(letter) ? [`${text.slice(0, at)}${(Number(letter) + 1) % 10}${text.slice(at + 1)}`] : [],
  )
}

const GITHUB = ['EXAMPLEexampleEXAMPLEexample00', '2dPYoc'].join('')

const CHECKED: [string, Check, string[]][] = [
  ['Luhn', passesLuhn, ['4111111111111111', '378282246310005', '79927398713', '0', '4111-1111-1111-1111']],
  [
    'payment card',
    isPaymentCard,
    [
      '4111111111111111',
      '5555555555554444',
      '2223003122003222',
      '378282246310005',
      '30569309025904',
      '6011111111111117',
      '3530111333300000',
      '6205500000000000004',
      '6759649826438453',
      '4222222222222',
      '4111%201111%201111%201111',
    ],
  ],
  ['IBAN', isIban, ['DE89370400440532013000', 'GB82WEST12345698765432', 'NO9386011117947', 'BE68 5390 0754 7034']],
  ['CRC in base 62', hasBase62Checksum, [GITHUB]],
]

describe.each(CHECKED)('%s', (_, check, valid) => {
  it.each(valid)('passes %s, and nothing with one digit changed', (text) => {
    expect(passes(check, text)).toBe(true)
    const plain = text.replaceAll('%20', '')
    for (const wrong of corrupted(plain)) expect(passes(check, wrong), wrong).toBe(false)
  })
})

const TABLE: [string, Check, string[], string[]][] = [
  [
    'SSN',
    isSsn,
    ['123-45-6789', '899-99-9999', '001 01 0001'],
    [
      '000-45-6789',
      '666-45-6789',
      '900-45-6789',
      '123-00-6789',
      '123-45-0000',
      '078-05-1120',
      '219-09-9999',
      '123-45 6789',
    ],
  ],
  [
    'IPv4',
    isIpv4,
    ['0.0.0.0', '255.255.255.255', '10.0.0.1'],
    ['256.0.0.1', '1.2.3', '1.2.3.4.5', '01.2.3.4', '1..2.3', '1.2.3.'],
  ],
  [
    'IPv6',
    isIpv6,
    ['::1', 'fe80::1', '2001:db8::', '1:2:3:4:5:6:7::', '2001:db8:0:0:0:0:0:1', '::ffff:1.2.3.4', '0:0:0:0:0:0:0:0'],
    [
      '::',
      ':',
      '1::2::3',
      '12345::',
      '1:2:3:4:5:6:7:8:9',
      'fe80::1:',
      ':1::2',
      'dead::beef',
      '::1.2.3.256',
      '12:34:56',
      '00:11:22:33:44:55:66:77',
    ],
  ],
  [
    'JWT',
    isJwt,
    ['eyJhbGciOiJIUzI1NiJ9.e30.x'],
    ['eyJhbGciOiJIUzI1NiI.e30.x', 'e30.e30.x', 'eyJmb28iOiJiYXIifQ.e30.x', '!.e30.x'],
  ],
  [
    'Basic',
    isBasicCredentials,
    ['dXNlcjpwYXNz', 'OnBhc3M=', 'QWxhZGRpbjpvcGVuIHNlc2FtZQ'],
    ['dXNlcg==', 'dXNlcjo=', 'authentication', 'a', 'AAAA'],
  ],
  [
    'no secret',
    isNoSecret,
    [
      'null',
      'NONE',
      '****',
      'ab****cd',
      '[REDACTED:ssn]',
      '[REDACTED',
      '${VAR}',
      '$VAR',
      '%s',
      '<password>',
      '{{ .x }}',
      'getPassword(',
      'os.environ[',
      'must',
    ],
    ['hunter2', '[Secret1', '<p4ss', '$ecret', 'p%40ss', 'correct horse', 'a(b', '{x1}', '12345'],
  ],
]

describe.each(TABLE)('%s', (_, check, valid, invalid) => {
  it.each(valid)('passes %s', (text) => expect(passes(check, text)).toBe(true))
  it.each(invalid)('refuses %s', (text) => expect(passes(check, text)).toBe(false))
})

it('knows brands by range and length', () => {
  for (const [four, length] of [
    [4111, 16],
    [4222, 13],
    [2221, 16],
    [2720, 16],
    [3782, 15],
    [3000, 14],
    [6200, 19],
  ]) {
    expect(isIssued(four, length), `${four} ${length}`).toBe(true)
  }
  for (const [four, length] of [
    [1700, 13],
    [2220, 16],
    [2721, 16],
    [3782, 16],
    [4111, 15],
    [5111, 15],
    [9999, 16],
    [2026, 14],
  ]) {
    expect(isIssued(four, length), `${four} ${length}`).toBe(false)
  }
})
