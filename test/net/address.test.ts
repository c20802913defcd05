import { describe, expect, it } from 'vitest'
import { addressSetting, formatAddress, formatBound, parseAddress } from '../../src/net/address.ts'

describe('an address', () => {
  it.each(['127.0.0.1:24224', 'localhost:0', '0.0.0.0:65535', '[::1]:80', '[fe80::1%eth0]:80', 'unix:/run/x.sock'])(
    '%s is read and written alike',
    (text) => {
      const address = parseAddress(text)
      expect(address).not.toBeNull()
      if (address !== null) expect(formatAddress(address)).toBe(text)
    },
  )

  it.each(['', 'localhost', ':80', '::1:80', 'a:65536', 'a:-1', 'a:1e3', 'a b:1', 'http://a:1', 'unix:', 'unix:a\0b'])(
    'is not "%s"',
    (text) => {
      expect(parseAddress(text)).toBeNull()
      expect(addressSetting.safeParse(text).success).toBe(false)
    },
  )

  it('is told as the server has it', () => {
    expect(formatBound({ address: '::', family: 'IPv6', port: 1 })).toBe('[::]:1')
    expect(formatBound('/run/x.sock')).toBe('unix:/run/x.sock')
  })
})
