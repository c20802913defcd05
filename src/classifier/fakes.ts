// Made-up text for the samples of tokens: long enough, always the same, and nobody's secret.

const RINGS = {
  word: 'EXAMPLEexample0madeUP7',
  letters: 'ExampleMadeUpForTests',
  lower: 'example0made7up3',
  upper: 'EXAMPLE0MADE7UP3',
  base32: 'EXAMPLE2MADE7UP3',
  hex: 'ca11ab1e0ddba11f00d5eed',
  digits: '1029384756',
} as const

/** Made-up text of so many characters of an alphabet: always the same. */
export function fake(alphabet: keyof typeof RINGS, length: number): string {
  const ring = RINGS[alphabet]
  return ring.repeat(Math.ceil(length / ring.length)).slice(0, length)
}

/** A UUID of version 4 that nobody gave out. */
export const FAKE_UUID = '0ddba11f-00d5-4eed-8ca1-1ab1e0ddba11'
