// Check digits and hashes on numbers that their authors publish: they pass, and with one symbol changed they do not.
import { describe, expect, it } from 'vitest'
import { isBase58Check, isBech32, isMixedCaseAddress, isMonero } from '../../../src/classifier/checks/crypto_address.ts'
import { isDate } from '../../../src/classifier/checks/dates.ts'
import { isHybrid, isMod11Of2, remainder } from '../../../src/classifier/checks/iso7064.ts'
import { keccak256 } from '../../../src/classifier/checks/keccak.ts'
import { documentDigit } from '../../../src/classifier/checks/mrz.ts'
import { onSymbols, type SymbolTest } from '../../../src/classifier/checks/symbols.ts'
import { isVerhoeff } from '../../../src/classifier/checks/verhoeff.ts'
import { isLuhn } from '../../../src/classifier/checks/weighted.ts'
import type { Check } from '../../../src/core/detector.ts'

const encoder = new TextEncoder()

function passes(check: Check, text: string): boolean {
  const bytes = encoder.encode(`zz${text}zz`)
  return check(bytes, 2, bytes.length - 2)
}

const SYMBOLS: [string, SymbolTest, string[]][] = [
  ['Luhn', (v, count) => isLuhn(v, 0, count), ['79927398713', '490154203237518', '7992-7398 713']],
  ['Verhoeff', (v, count) => isVerhoeff(v, 0, count), ['2363', '123451', '2341 2341 2346']],
  ['mod 11,10', (v, count) => isHybrid(v, 0, count, 10), ['86095742719', '33392005961', '0794 5']],
  [
    'mod 11-2',
    (v, count) => isMod11Of2(v, 0, count),
    ['07940', '11010519491231002X', '000000021694233X', '0000-0002-1825-0097'],
  ],
  ['mod 97', (v, count) => remainder(v, 0, count, 97) === 1, ['3214282912345698765432161182', '79444']],
  ['7-3-1', (v, count) => documentDigit(v, 0, count - 1) === v[count - 1], ['L898902C36', '7408122', '1204159']],
]

describe.each(SYMBOLS)('%s', (_, test, valid) => {
  it.each(valid)('passes %s, and nothing with one digit changed', (text) => {
    const check = onSymbols(test)
    expect(passes(check, text)).toBe(true)
    for (let at = 0; at < text.length; at++) {
      if (!/\d/.test(text[at])) continue
      const wrong = `${text.slice(0, at)}${(Number(text[at]) + 1) % 10}${text.slice(at + 1)}`
      expect(passes(check, wrong), wrong).toBe(false)
    }
  })
})

describe('symbols', () => {
  it('are at most 64: more never pass, and do no harm', () => {
    const any = onSymbols(() => true)
    expect(passes(any, '1'.repeat(64))).toBe(true)
    expect(passes(any, '1'.repeat(65))).toBe(false)
    expect(passes(any, '-'.repeat(500))).toBe(true)
  })

  it('know no symbol of an earlier number', () => {
    const second = onSymbols((v) => v[6] === 0 && v[1] === 0)
    passes(
      onSymbols(() => true),
      '99999999999',
    )
    const bytes = encoder.encode('5')
    expect(second(bytes, 0, 1)).toBe(true)
  })
})

describe('dates', () => {
  it.each([
    [2000, 2, 29, true],
    [1900, 2, 29, false],
    [2024, 2, 29, true],
    [2023, 2, 29, false],
    [2023, 4, 31, false],
    [2023, 12, 31, true],
    [2023, 13, 1, false],
    [2023, 0, 1, false],
    [2023, 1, 0, false],
  ])('%i-%i-%i is one: %s', (year, month, day, is) => expect(isDate(year, month, day)).toBe(is))
})

describe('Keccak-256', () => {
  it.each([
    ['', 'c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470'],
    ['abc', '4e03657aea45a94fc7d47ba826c8d667c0d1e6e33a64a036ec44f58fa12d6c45'],
    ['Transfer(address,address,uint256)', 'ddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef'],
  ])('of %j', (text, hash) => {
    const bytes = encoder.encode(text)
    expect(Buffer.from(keccak256(bytes, 0, bytes.length)).toString('hex')).toBe(hash)
  })
})

/** Vectors of the standards, and one letter that is changed in each. */
const ADDRESSES: [string, Check, string, number][] = [
  ['Base58Check', isBase58Check, '1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa', 9],
  ['Bech32', isBech32, 'bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4', 12],
  ['Bech32m', isBech32, 'bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj0', 30],
  ['EIP-55', (bytes, start) => isMixedCaseAddress(bytes, start), '0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed', 6],
  [
    'Monero',
    isMonero,
    '44AFFq5kSiGBoZ4NMDwYtN18obc8AemS33DBLWs3H7otXft3XjrpDtQGv7SqSsaBYBb98uNbr2VBBEt7f2wfn3RVGQBEP3A',
    40,
  ],
]

describe.each(ADDRESSES)('%s', (_, check, address, at) => {
  it('passes, and not with one letter changed', () => {
    expect(passes(check, address)).toBe(true)
    const other = address[at] === '3' ? '4' : '3'
    expect(passes(check, `${address.slice(0, at)}${other}${address.slice(at + 1)}`)).toBe(false)
  })
})
