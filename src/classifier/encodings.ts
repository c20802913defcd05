// Signs that text is written in other letters: percent-encoding, entities, escapes, characters that look like those of
// ASCII or like nothing. They are anchors of the automaton, so that text without them costs nothing. What they decode
// to is known in wire/escapes.ts; how base64 is seen, in wire/base64_runs.ts.
import { type Anchor, classOf, parseAnchor } from './anchor.ts'

const HEX = '[0-9A-Fa-f]'
/** As far as they differ from what stands in queries. */
const ENTITIES = 'amp; quot apos lt; gt; nbsp comma perio colon; equa lowb hyphe dash; plus; sol;'.split(' ')
const WRITTEN = [`%${HEX}{2}`, '&#[0-9xX]', `\\\\x${HEX}`, `\\\\u[0-9A-Fa-f{]`, ...ENTITIES.map((name) => `&${name}`)]

/** First bytes of blanks, dashes, digits and letters of other scripts, and of characters without width, in UTF-8. */
const LEADS = new Set([0xc2, 0xd9, 0xdb, 0xe2, 0xe3, 0xef])

export const ENCODING_ANCHORS: readonly Anchor[] = [
  ...WRITTEN.map(parseAnchor),
  { classes: [classOf((byte) => LEADS.has(byte))] },
]
