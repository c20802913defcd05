import { describe, expect, it } from 'vitest'
import { Needles } from './needles.mjs'

function countIn(text: string, needles: readonly string[]): number {
  const all = new Needles()
  for (const needle of needles) all.add(needle)
  return all.countIn(Buffer.from(text, 'latin1'))
}

describe('the search of the proof finds what is there, or a clean proof would mean nothing', () => {
  it.each([
    ['at the start', 'hunter2-hunter2 is it', ['hunter2-hunter2'], 1],
    ['at the end', 'it is hunter2-hunter2', ['hunter2-hunter2'], 1],
    ['twice', 'hunter2-x hunter2-x', ['hunter2-x'], 2],
    ['one of several that begin alike', 'a password-2', ['password-1', 'password-2'], 1],
    ['overlapping', 'abcdefghij', ['abcdefgh', 'cdefghij'], 2],
    ['bytes above 127', 'xx\xa9987654321', ['\xa9987654321'], 1],
    ['nothing', 'abcdefgX abcdefg', ['abcdefgh'], 0],
    ['a needle that is cut off', 'it is hunter2-hunte', ['hunter2-hunter2'], 0],
  ])('%s', (_name, text, needles, count) => expect(countIn(text, needles)).toBe(count))

  it('among ten thousand', () => {
    const needles = Array.from({ length: 10_000 }, (_, i) => `${10_000_000 + i * 7919}-secret`)
    const text = needles.map((needle, i) => (i % 2 === 0 ? `<${needle}>` : `<${needle.slice(1)}>`)).join('')
    expect(countIn(text, needles)).toBe(5_000)
    expect(countIn(text.replaceAll('secret', 'sacred'), needles)).toBe(0)
  })
})
