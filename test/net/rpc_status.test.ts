// google.rpc.Status against bytes that protoc's text format gives (status.proto, error_details.proto).
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeStatus, encodeStatus, mayRepeat, Rpc, rpcName, statusJson } from '../../src/net/rpc_status.ts'

const TYPE = Buffer.from('type.googleapis.com/google.rpc.RetryInfo')
const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex')

describe('a status', () => {
  it('is written field by field, with RetryInfo in an Any', () => {
    expect(hex(encodeStatus({ code: 3, message: 'no' }))).toBe('080312026e6f')
    // Any{type_url, value: RetryInfo{Duration{seconds: 2, nanos: 500000000}}}
    const info = '0a0808021080cab5ee01'
    const any = `0a28${TYPE.toString('hex')}120a${info}`
    expect(hex(encodeStatus({ code: 14, message: '', retry_after_ms: 2500 }))).toBe(`080e1a36${any}`)
  })

  it('is read as it was written', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 16 }), fc.integer({ min: 0, max: 10_000_000 }), (code, retry_after_ms) => {
        const status = { code, message: 'text', retry_after_ms }
        expect(decodeStatus(encodeStatus(status))).toEqual({ code, retry_after_ms })
      }),
    )
  })

  it.each([
    ['nothing', '', { code: 0 }],
    ['half a field', '08', { code: 0 }],
    ['another detail', '080e1a060a0178120179', { code: 14 }],
    ['RetryInfo without a delay', `080e1a2a0a28${TYPE.toString('hex')}`, { code: 14, retry_after_ms: 0 }],
    [
      'a delay that is negative',
      `080e1a390a28${TYPE.toString('hex')}120d0a0b08ffffffffffffffffff01`,
      { code: 14, retry_after_ms: 0 },
    ],
  ])('from a peer may be anything: %s', (_name, bytes, expected) => {
    expect(decodeStatus(Buffer.from(bytes, 'hex'))).toEqual(expected)
  })

  it('never throws, whatever it is', () => {
    fc.assert(fc.property(fc.uint8Array(), (bytes) => decodeStatus(bytes).code >= 0))
  })

  it('in JSON has the delay as protobuf writes a Duration', () => {
    expect(JSON.parse(statusJson({ code: 14, message: 'later', retry_after_ms: 1500 }))).toEqual({
      code: 14,
      message: 'later',
      details: [{ '@type': TYPE.toString(), retryDelay: '1.5s' }],
    })
  })
})

describe('codes', () => {
  it('that an OTLP client may repeat', () => {
    const all = Object.values(Rpc)
    expect(all.filter((code) => mayRepeat(code, undefined))).toEqual([1, 4, 10, 11, 14, 15])
    expect(all.filter((code) => mayRepeat(code, 0))).toEqual([1, 4, 8, 10, 11, 14, 15])
  })

  it('have their names', () => {
    expect([14, 8, 99].map(rpcName)).toEqual(['UNAVAILABLE', 'RESOURCE_EXHAUSTED', 'code 99'])
  })
})
