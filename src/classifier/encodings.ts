// Signs that text is written in other letters: percent-encoding, entities, escapes, characters that look like those of
// ASCII or like nothing. They are anchors of the automaton, so that text without them costs nothing. What they decode
// to is known in wire/escapes.ts; how base64 is seen, in wire/base64_runs.ts.
import { type Anchor, type ByteClass, classOf, parseAnchor } from './anchor.ts'

const HEX = '[0-9A-Fa-f]'
const ENTITIES = 'amp quot apos lt gt nbsp commat period colon equals lowbar hyphen dash plus sol'.split(' ')
const WRITTEN = [
  `%${HEX}{2}`,
  '&#[0-9xX]',
  `\\\\x${HEX}{2}`,
  `\\\\u${HEX}{2}`,
  '\\\\u[{]',
  ...ENTITIES.map((name) => `&${name};`),
]

function exactly(byte: number): ByteClass {
  return classOf((other) => other === byte)
}

function between(low: number, high: number): ByteClass {
  return classOf((byte) => byte >= low && byte <= high)
}

/** UTF-8 of: no-break space, soft hyphen, Arabic digits; blanks, dashes and marks without width; full-width letters. */
const CHARACTERS: readonly ByteClass[][] = [
  [exactly(0xc2), classOf((byte) => byte === 0xa0 || byte === 0xad)],
  [exactly(0xd9), between(0xa0, 0xa9)],
  [exactly(0xdb), between(0xb0, 0xb9)],
  [exactly(0xe2), exactly(0x80), classOf((byte) => byte <= 0x95 || (byte >= 0xaa && byte <= 0xaf))],
  [exactly(0xe2), exactly(0x81), classOf((byte) => byte === 0x9f || (byte >= 0xa0 && byte <= 0xa4))],
  [exactly(0xe2), exactly(0x88), exactly(0x92)],
  [exactly(0xe3), exactly(0x80), exactly(0x80)],
  [exactly(0xef), exactly(0xbb), exactly(0xbf)],
  [exactly(0xef), exactly(0xbc), between(0x81, 0xbf)],
  [exactly(0xef), exactly(0xbd), between(0x80, 0x9e)],
]

export const ENCODING_ANCHORS: readonly Anchor[] = shared([
  ...WRITTEN.map(parseAnchor),
  ...CHARACTERS.map((classes) => ({ classes })),
])

/** One object for each set of bytes: an automaton is made of them faster. */
function shared(anchors: readonly Anchor[]): Anchor[] {
  const known = new Map<string, ByteClass>()
  return anchors.map(({ classes }) => ({
    classes: classes.map((set) => {
      const key = set.join('')
      if (!known.has(key)) known.set(key, set)
      return known.get(key) ?? set
    }),
  }))
}
