// What is read of a message, with the examples of the two specifications.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { read } from './support.ts'

const utf8 = (text: string) => Buffer.from(text).toString('latin1')

describe('RFC 5424, section 6.5', () => {
  it('example 1', () => {
    const head = '<34>1 2003-10-11T22:14:15.003Z mymachine.example.com su - ID47 -'
    const message = `${head} \xef\xbb\xbf'su root' failed on /dev/pts/8`
    expect(read(message).record).toEqual({
      facility: 'auth',
      severity: 'crit',
      timestamp: '2003-10-11T22:14:15.003Z',
      host: 'mymachine.example.com',
      app: 'su',
      msgid: 'ID47',
      message: "'su root' failed on /dev/pts/8",
    })
  })

  it('example 3, with structured data', () => {
    const data = '[exampleSDID@32473 iut="3" eventSource="Application" eventID="1011"]'
    const message = `<165>1 2003-08-24T05:14:15.000003-07:00 192.0.2.1 evntslog 8710 ID47 ${data} An event`
    expect(read(message).record).toEqual({
      facility: 'local4',
      severity: 'notice',
      timestamp: '2003-08-24T05:14:15.000003-07:00',
      host: '192.0.2.1',
      app: 'evntslog',
      procid: '8710',
      msgid: 'ID47',
      structured_data: { 'exampleSDID@32473': { iut: '3', eventSource: 'Application', eventID: '1011' } },
      message: 'An event',
    })
  })

  it('example 4, without a text', () => {
    const data = '[exampleSDID@32473 iut="3"][examplePriority@32473 class="high"]'
    const { record, malformed } = read(`<165>1 2003-10-11T22:14:15.003Z h evntslog - ID47 ${data}`)
    expect(record).toMatchObject({
      structured_data: { 'exampleSDID@32473': { iut: '3' }, 'examplePriority@32473': { class: 'high' } },
      message: '',
    })
    expect(malformed).toBe(0)
  })
})

describe('structured data', () => {
  it.each([
    ['[a]', { a: {} }],
    ['[a x="1\\"2\\\\3\\]4\\n5"]', { a: { x: '1"2\\3]4\\n5' } }],
    ['[a ip="1" n="2" ip="3"]', { a: { ip: ['1', '3'], n: '2' } }],
    ['[a __proto__="1" constructor="2"]', JSON.parse('{"a":{"__proto__":"1","constructor":"2"}}')],
    ['[a x=" ]="]', { a: { x: ' ]=' } }],
  ])('%s', (data, expected) => {
    const { record, malformed } = read(`<13>1 - - - - - ${data} m`)
    expect([record.structured_data, record.message, malformed]).toEqual([expected, 'm', 0])
  })

  it.each(['[', '[]', '[a', '[a x]', '[a x=1]', '[a x="1', '[a x="1"', '[a x="1"]m', '[ a="1"]', 'a', '[a  b="1"]'])(
    'that is broken leaves the message whole: %s',
    (data) => {
      const message = `<13>1 - - - - - ${data} m`
      expect(read(message)).toMatchObject({ record: { facility: 'user', severity: 'notice', message }, malformed: 1 })
    },
  )
})

describe('RFC 3164', () => {
  it.each([
    [
      "<34>Oct 11 22:14:15 mymachine su: 'su root' failed",
      { timestamp: '2026-10-11T22:14:15Z', host: 'mymachine', app: 'su', message: "'su root' failed" },
    ],
    [
      '<34>Feb  5 17:32:18 10.0.0.99 Use the BFG!',
      { timestamp: '2026-02-05T17:32:18Z', host: '10.0.0.99', message: 'Use the BFG!' },
    ],
    [
      '<34>Nov 21 15:00:00 web-1 sshd[4721]: Accepted publickey',
      { timestamp: '2026-11-21T15:00:00Z', host: 'web-1', app: 'sshd', procid: '4721', message: 'Accepted publickey' },
    ],
    [
      '<34>Nov 21 15:00:00 sshd[4721]: no host',
      { timestamp: '2026-11-21T15:00:00Z', app: 'sshd', procid: '4721', message: 'no host' },
    ],
    ['<34>Nov 21 15:00:00 root: no host', { timestamp: '2026-11-21T15:00:00Z', app: 'root', message: 'no host' }],
    [
      '<34>2026-11-21T15:00:00.123456+01:00 web-1 app/2.1[x]: t',
      { timestamp: '2026-11-21T15:00:00.123456+01:00', host: 'web-1', app: 'app/2.1', procid: 'x', message: 't' },
    ],
    ['<34>Nov 21 15:00:00 h a[1 b: t', { timestamp: '2026-11-21T15:00:00Z', host: 'h', message: 'a[1 b: t' }],
    ['<34>Nov 21 15:00:00 h app:t', { timestamp: '2026-11-21T15:00:00Z', host: 'h', app: 'app', message: 't' }],
    ['<34>Nov 21 15:00:00 h', { timestamp: '2026-11-21T15:00:00Z', message: 'h' }],
  ])('%s', (message, members) => {
    expect(read(message)).toMatchObject({ record: members, malformed: 0 })
    expect(read(message).record).toEqual({ facility: 'auth', severity: 'crit', ...members })
  })

  it.each([
    ['Dec 31 23:59:59', Date.UTC(2027, 0, 1), '2026-12-31T23:59:59Z'],
    ['Jan  1 00:00:01', Date.UTC(2026, 11, 31), '2027-01-01T00:00:01Z'],
    ['Jan 20 12:00:00', Date.UTC(2026, 11, 31), '2026-01-20T12:00:00Z'],
    ['Feb 29 12:00:00', Date.UTC(2027, 2, 1), '2024-02-29T12:00:00Z'],
  ])('a time is of the last year in which it is not in the future: %s', (time, now_ms, timestamp) => {
    expect(read(`<34>${time} h a: t`, null, 'Z', now_ms).record).toMatchObject({ timestamp })
  })

  it('a time is of the zone of the settings', () => {
    expect(read('<34>Nov 21 15:00:00 h a: t', null, '+05:30').record).toMatchObject({
      timestamp: '2026-11-21T09:30:00Z',
    })
  })
})

describe('what can not be read', () => {
  it.each([
    ['no priority at all', {}],
    ['<192>1 - - - - - - m', {}],
    ['<>1 - - - - - - m', {}],
    ['<1234>m', {}],
    ['<13', {}],
    ['<13>no time', { facility: 'user', severity: 'notice' }],
    ['<13>Feb 30 15:00:00 h a: t', { facility: 'user', severity: 'notice' }],
    ['<13>Nov 21 25:00:00 h a: t', { facility: 'user', severity: 'notice' }],
    ['<13>1 yesterday h a p m - t', { facility: 'user', severity: 'notice' }],
    ['<13>1 2026-11-21T15:00:00Z h a', { facility: 'user', severity: 'notice' }],
    ['<13>1 2026-11-21T15:00:00Z  a p m - t', { facility: 'user', severity: 'notice' }],
  ])('is the message, all of it, and is counted: %s', (message, members) => {
    expect(read(message)).toMatchObject({ record: { ...members, message }, malformed: 1 })
    expect(read(message).record).toEqual({ ...members, message })
    expect(read(message, '10.0.0.1').record).toEqual({ ...members, host: '10.0.0.1', message })
  })

  it('a blank message is none', () => expect(read('\r\n\0').text).toBe(''))
})

describe('bytes', () => {
  it('of UTF-8 are text', () => {
    expect(read(utf8('<13>1 - - - - - - grüße \u0000 "x" 🎉\n')).record.message).toBe('grüße \u0000 "x" 🎉')
  })

  it('of no UTF-8 come back by Latin-1, each of them', () => {
    const message = '<13>Nov 21 15:00:00 h a: caf\xe9 \xff\x00\x01\xc3'
    const { record } = read(message)
    expect(record).toMatchObject({ app: 'a', encoding: 'latin1' })
    expect(record.message).toBe('caf\xe9 \xff\x00\x01\xc3')
  })

  it('of any kind make one line of JSON, from which they come back', () => {
    const bytes = fc.uint8Array({ maxLength: 60 })
    const head = fc.constantFrom(
      '',
      '<13>',
      '<13>1 ',
      '<13>1 - - - - - ',
      '<13>1 - - - - - [a x="',
      '<34>Nov 21 15:00:00 ',
    )
    fc.assert(
      fc.property(head, bytes, (before, after) => {
        const message = before + Buffer.from(after).toString('latin1')
        const { text, record, malformed } = read(message)
        if (text === '') return
        expect(text.indexOf('\n')).toBe(text.length - 1)
        if (malformed === 0) return
        const encoding = record.encoding === 'latin1' ? 'latin1' : 'utf8'
        const back = Buffer.from(String(record.message), encoding).toString('latin1')
        expect(back).toBe(message.replace(/[\r\n\0]+$/, ''))
      }),
      { numRuns: 2000 },
    )
  })
})

it('the address of the sender is the host of a message that does not say its own', () => {
  expect(read('<13>1 - - a - - - m', '10.0.0.1').record).toMatchObject({ host: '10.0.0.1' })
  expect(read('<13>1 - h a - - - m', '10.0.0.1').record).toMatchObject({ host: 'h' })
  expect(read('<34>Nov 21 15:00:00 a: t', '10.0.0.1').record).toMatchObject({ host: '10.0.0.1', app: 'a' })
})
