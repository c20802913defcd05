import { describe, expect, it } from 'vitest'
import { inspect, policy, rule } from '../worker/harness.ts'

const fields = rule(
  'field',
  { field: ['cvv', 'ssn', 'card number', 'token', 'pwd', 'authorization', 'cookie'], except: ['page token'] },
  'replace',
)
const one = policy([fields])
const X = '[REDACTED:field]'

describe('names in text are names of fields', () => {
  it.each([
    ['a query', 'GET /pay?cvv=123&x=1 HTTP/1.1', `GET /pay?cvv=${X}&x=1 HTTP/1.1`],
    ['a form', 'a=b&card_number=4929&ssn=1&c=d', `a=b&card_number=${X}&ssn=1&c=d`],
    ['logfmt', 'level=info user.cvv=123 msg="ok"', `level=info user.cvv=${X} msg="ok"`],
    ['logfmt with quotes', 'token="a b\\" c" x=1', `token="${X}" x=1`],
    [
      'any spelling',
      'cardNumber=1234; CARD-NUMBER=1234, Card.Number=1234',
      `cardNumber=${X}; CARD-NUMBER=${X}, Card.Number=${X}`,
    ],
    ['the end of a longer name', 'userSsn=536 billing_cvv2=77', `userSsn=${X} billing_cvv2=${X}`],
    ['a piece of JSON', 'body {"cvv": "123", "n": 1', `body {"cvv": "${X}", "n": 1`],
    ['a piece of escaped JSON', 'body {\\"cvv\\":\\"123\\",\\"n\\":1', `body {\\"cvv\\":\\"${X}\\",\\"n\\":1`],
    ['JSON without quotes around the value', 'body {"cvv":123,"n":1', `body {"cvv":${X},"n":1`],
    ['single quotes', "{'ssn': '536-22-1234'}", `{'ssn': '${X}'}`],
    ['SQL', "update t set ssn = '536-22-1234' where id = 3", `update t set ssn = '${X}' where id = 3`],
    ['XML', '<user><cvv>123</cvv><id>7</id></user>', `<user><cvv>${X}</cvv><id>7</id></user>`],
    ['XML with a prefix', '<u:cardNumber>12 34</u:cardNumber>', `<u:cardNumber>${X}</u:cardNumber>`],
    ['an attribute', '<user cvv="123" id="7"/>', `<user cvv="${X}" id="7"/>`],
    ['a header', 'Authorization: Custom abcdef123456', `Authorization: Custom ${X}`],
    ['a header without a scheme', 'Authorization: abcdef123456', `Authorization: ${X}`],
    ['a cookie header', 'Cookie: a=b; c=d', `Cookie: ${X}`],
    ['YAML', 'cvv: 123', `cvv: ${X}`],
    ['a name of two words before a colon', 'card_number: abcd efgh', `card_number: ${X} efgh`],
    ['a name of two words with a blank', 'Card number: 1234-5678, next', `Card number: ${X}, next`],
    ['Ruby', 'params {:ssn=>"536", :a=>1}', `params {:ssn=>"${X}", :a=>1}`],
    ['percent-encoding', 'next=%2Fpay%3Fcvv%3D123%26x%3D1', `next=%2Fpay%3Fcvv%3D${X}%26x%3D1`],
    ['entities', '&lt;cvv&gt;123&lt;/cvv&gt;', `&lt;cvv&gt;${X}&lt;/cvv&gt;`],
  ])('%s', (_, input, output) => {
    expect(inspect(one, 'text', [input]).text).toBe(output)
  })

  it.each([
    'cvv=',
    'card number: please enter it',
    'the number: 12',
    'cvv=***&x=1',
    'cvv=null ssn=none',
    `cvv=${X}`,
    'cvv_check=passed',
    'page_token=abc nextPageToken=abc',
    'unexpected token: identifier',
    'token == other',
    'token=getToken()',
    'PWD=/root ; USER=root',
    'authorization: failed for user 12',
    'cookie: none',
    'the cvv is wrong',
    'a > cvv > b',
    'tokens=300',
  ])('leaves alone: %s', (input) => {
    expect(inspect(one, 'text', [input]).untouched).toBe(true)
  })

  it('ends at nothing slow', () => {
    const input = `${'cvv='.repeat(50_000)} ${'"ssn":"'.repeat(9_000)}`
    const began = process.cpuUsage()
    inspect(one, 'text', [input])
    const { user, system } = process.cpuUsage(began)
    expect((user + system) / 1000).toBeLessThan(2_000)
  })
})
