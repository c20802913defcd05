import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isAtlassianToken } from '../../../src/classifier/checks/atlassian.ts'
import { hasBase58Checksum } from '../../../src/classifier/checks/base58.ts'
import { isBase64PrivateKey } from '../../../src/classifier/checks/base64_pem.ts'
import { crc32 } from '../../../src/classifier/checks/crc32.ts'
import { isGeneratedSecret, isNoTable, isSessionId } from '../../../src/classifier/checks/generated.ts'
import { isNoneOfTemplates, isOptionValue, isSaslPlain } from '../../../src/classifier/checks/login.ts'

type Test = (bytes: Uint8Array, start: number, end: number) => boolean

/** The text between other bytes, so that a look too far is noticed. */
function says(test: Test, text: string): boolean {
  const bytes = Buffer.from(`7A${text}7A`)
  return test(bytes, 2, bytes.length - 2)
}

describe('crc32', () => {
  it('is the CRC-32 of zlib', () => {
    expect(crc32(Buffer.from('123456789'), 0, 9)).toBe(0xcbf43926)
    const property = fc.property(fc.uint8Array({ maxLength: 200 }), fc.nat(50), (bytes, from) => {
      const start = Math.min(from, bytes.length)
      expect(crc32(bytes, start, bytes.length)).toBe(crcByBits(bytes.subarray(start)))
    })
    fc.assert(property, { seed: 3 })
  })
})

function crcByBits(bytes: Uint8Array): number {
  let crc = 0xffffffff
  for (const byte of bytes) {
    crc ^= byte
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1
  }
  return (crc ^ 0xffffffff) >>> 0
}

describe('isAtlassianToken', () => {
  it('takes a token whose last eight digits are its CRC-32, in either case, and no other', () => {
    const token = `ATATT3xFfGF0${'a1B2'.repeat(20)}=`
    const check = crcByBits(Buffer.from(token)).toString(16).padStart(8, '0')
    expect(says(isAtlassianToken, token + check)).toBe(true)
    expect(says(isAtlassianToken, token + check.toUpperCase())).toBe(true)
    expect(says(isAtlassianToken, token + (check === '00000000' ? '00000001' : '00000000'))).toBe(false)
  })

  it('asks nothing of tokens that carry none', () => {
    expect(says(isAtlassianToken, `ATBB${'a1B2'.repeat(8)}`)).toBe(true)
    expect(says(isAtlassianToken, `ATBB${'x'.repeat(32)}`)).toBe(false)
  })
})

const BASE58 = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz'

function base58Check(payload: Uint8Array): string {
  const sha = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest()
  const bytes = Buffer.concat([payload, sha(sha(payload)).subarray(0, 4)])
  let rest = BigInt(`0x${bytes.toString('hex')}`)
  let text = ''
  for (; rest > 0n; rest /= 58n) text = BASE58[Number(rest % 58n)] + text
  let zeros = 0
  while (bytes[zeros] === 0) zeros++
  return '1'.repeat(zeros) + text
}

describe('hasBase58Checksum', () => {
  it('takes what was made with the checksum, and nothing with one letter changed', () => {
    const property = fc.property(fc.uint8Array({ minLength: 5, maxLength: 78 }), fc.nat(), (payload, at) => {
      const text = base58Check(payload)
      expect(says(hasBase58Checksum, text)).toBe(true)
      const place = at % text.length
      const other = text[place] === 'z' ? 'y' : 'z'
      expect(says(hasBase58Checksum, text.slice(0, place) + other + text.slice(place + 1))).toBe(false)
    })
    fc.assert(property, { seed: 5 })
  })

  it('takes the vector of the Bitcoin wiki, and no foreign letter', () => {
    const address = '1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2'
    expect(says(hasBase58Checksum, address)).toBe(true)
    expect(says(hasBase58Checksum, address.replace('B', '0'))).toBe(false)
    expect(says(hasBase58Checksum, '1')).toBe(false)
    expect(says(hasBase58Checksum, 'z'.repeat(400))).toBe(false)
  })
})

describe('isBase64PrivateKey', () => {
  it.each([
    ['-----BEGIN PRIVATE KEY-----\nTUFERSBVUCBLRVkgRk9SIFRFU1RT\n', true],
    ['-----BEGIN OPENSSH PRIVATE KEY-----\nTUFERSBVUCBLRVkgRk9S\n', true],
    ['-----BEGIN CERTIFICATE-----\nTUFERSBVUCBLRVkgRk9SIFRFU1RT\n', false],
    ['a text of sixty letters and more in which no key is named at all', false],
  ])('%j', (text, expected) => {
    expect(says(isBase64PrivateKey, Buffer.from(text).toString('base64'))).toBe(expected)
  })
})

describe('isGeneratedSecret', () => {
  it.each([
    ['Zf3D0LXCM3EIMbgJpUNnkRtOfOueHznB', true],
    ['0a1b2c3d4e5f60718293a4b5c6d7e8f9', true],
    ['q7w2e9r4t1y8u3i6o5p0', true],
    ['550e8400-e29b-41d4-a716-446655440000', false],
    ['1234567890123456789', false],
    ['com.example.Credentials2Provider', false],
    ['/etc/ssl/private/server1key.pem', false],
    ['kubernetes-dashboard-token-abcde', false],
    ['AcceptanceTimeoutInSeconds30', false],
    ['xxxxxxxxxxxxxxxxxxxxxxxxxxxx', false],
    ['aB3aB3aB3aB3aB3aB3', false],
  ])('%j: %s', (text, expected) => {
    expect(says(isGeneratedSecret, text)).toBe(expected)
  })

  it('takes 99 of 100 values that a machine drew', () => {
    const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'
    const value = fc.array(fc.constantFrom(...letters), { minLength: 32, maxLength: 32 })
    const drawn = fc.sample(value, { seed: 9, numRuns: 1000 }).map((one) => one.join(''))
    expect(drawn.filter((one) => says(isGeneratedSecret, one)).length).toBeGreaterThanOrEqual(990)
  })
})

describe('isSessionId', () => {
  it.each([
    ['n4v5c1q8i7s2d0t9k3b6a1e2f3', true],
    ['550e8400-e29b-41d4-a716-446655440000', true],
    ['0x14ede63a5a70002', false],
    ['1700000000000000000', false],
    ['short1a', false],
    ['anonymous-user-session', false],
  ])('%j: %s', (text, expected) => {
    expect(says(isSessionId, text)).toBe(expected)
  })
})

describe('passwords where programs log in', () => {
  it.each(['hunter2', 's3cret', 'letmein', 'Tr0ub4dor#3'])('%j is one', (text) => {
    expect(says(isNoneOfTemplates, text)).toBe(true)
  })

  it.each(['$PASSWORD', '<password>', '***', '-v', '/run/secrets/x', 'PASSWORD', '@file', '${X}'])(
    '%j is none',
    (text) => {
      expect(says(isNoneOfTemplates, text)).toBe(false)
    },
  )

  it('is no word of prose behind an option', () => {
    expect(says(isOptionValue, 'option')).toBe(false)
    expect(says(isOptionValue, 'option9')).toBe(true)
  })
})

describe('isSaslPlain', () => {
  it('asks for two zero bytes, and a password behind them', () => {
    const plain = (text: string) => Buffer.from(text).toString('base64')
    expect(says(isSaslPlain, plain('\0jane\0s3cret'))).toBe(true)
    expect(says(isSaslPlain, plain('jane:s3cret'))).toBe(false)
    expect(says(isSaslPlain, plain('\0jane\0'))).toBe(false)
  })
})

describe('isNoTable', () => {
  it('tells a token from a table of binary numbers', () => {
    expect(says(isNoTable, `EAA${'Example0madeUp7'.repeat(8)}`)).toBe(true)
    expect(says(isNoTable, 'EAAAoBUAACMUAACJEgAAixQAAE0VAADUEQAAzxQAABAYAADJFgAA3BYAAMERAADgFwAAux')).toBe(false)
  })
})
