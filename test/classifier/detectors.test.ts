// Every detector finds what it says, and only that; its finder, its pattern and its anchors agree.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { detectorById, detectors } from '../../src/classifier/detectors/index.ts'
import type { Detector } from '../../src/core/detector.ts'
import { byFinder, byMatcher, byPattern, candidates, matches, unmarked } from './detectors_reference.ts'

/** How far before its anchor a match may begin. */
const BEFORE_ANCHOR_BYTES = 64

describe('the library', () => {
  it('has at least 25 detectors with ids of their own', () => {
    expect(detectors.length).toBeGreaterThanOrEqual(25)
    expect(detectorById.size).toBe(detectors.length)
    for (const { id } of detectors) expect(id).toMatch(/^[a-z][a-z0-9_]*$/)
  })
})

describe.each(detectors.map((detector) => [detector.id, detector] as const))('%s', (_, detector) => {
  it('shows at least six strings of each kind', () => {
    expect(detector.yes.length).toBeGreaterThanOrEqual(6)
    expect(detector.no.length).toBeGreaterThanOrEqual(6)
  })

  it.each(detector.yes)('finds %j', (line) => {
    const { text, spans } = unmarked(line)
    expect(spans).toHaveLength(1)
    expect(byMatcher(detector, text)).toEqual(spans)
    if (needsWords(detector)) return
    expect(byPattern(detector, text)).toEqual(spans)
    if (detector.find) expect(byFinder(detector, text)).toEqual(spans)
    if (detector.find) expect(byFinder(detector, text, ' ')).toEqual(spans)
  })

  it.each(detector.no)('does not find %j', (line) => {
    expect(byMatcher(detector, line)).toEqual([])
    if (needsWords(detector)) return
    expect(byPattern(detector, line)).toEqual([])
    if (detector.find) expect(byFinder(detector, line)).toEqual([])
  })

  it('has an anchor in every match, near its start', () => {
    for (const line of detector.yes) {
      const { text } = unmarked(line)
      for (const match of matches(detector, text)) if (match.passed) expectAnchored(detector, text, match)
    }
    const property = fc.property(soup(detector), (text) => {
      for (const match of matches(detector, text)) if (match.passed) expectAnchored(detector, text, match)
    })
    fc.assert(property, { seed: 11, numRuns: detector.find ? 400 : 100 })
  })

  if (!detector.find) return

  it('has a finder that does what pattern and check do', () => {
    const property = fc.property(soup(detector), (text) => {
      fc.pre(!CHAIN.test(text))
      const found = byFinder(detector, text)
      const expected = byPattern(detector, text)
      expect(found).toEqual(expected)
    })
    fc.assert(property, { seed: 7, numRuns: 1000 })
  })
})

/** Its shape alone says little: what is no finding may well have it. */
function needsWords({ confidence }: Detector): boolean {
  return confidence === 'low'
}

function expectAnchored(
  detector: Detector,
  text: string,
  match: { start: number; matchStart: number; matchEnd: number },
) {
  const near = candidates(detector, text).some(
    (at) => at > match.matchStart && at <= match.matchEnd && at - match.matchStart <= BEFORE_ANCHOR_BYTES,
  )
  expect(near, `an anchor of ${detector.id} in ${JSON.stringify(text)}`).toBe(true)
}

/** Set apart, or a finder also sees a name that ends a value (`token=abcpass = x`), which RE2 has passed by then. */
const SPACED = new Set(['password_assignment', 'bearer_token', 'ldap_hash'])

/**
 * In `a@b.com@c.org@d` nobody knows which sign belongs to which address, and in `Bearer Bearer …` RE2 takes the second
 * word for a value (or the end of one), where a finder sees what is behind it.
 */
const CHAIN = /@[^@\s]*@[^@\s]*@|bearer\W+[\w.~+/-]*bearer/i

/** Text of the letters and pieces that the detector's own strings are made of. */
function soup(detector: Detector): fc.Arbitrary<string> {
  const lines = [...detector.yes, ...detector.no].map((line) => line.replace(/[«»]/g, ''))
  const letters = [...new Set(lines.join(''))]
  const pieces = lines.flatMap((line) => line.split(/(?<=[^0-9A-Za-z])|(?=[^0-9A-Za-z])/))
  const part = fc.oneof(
    { weight: 3, arbitrary: fc.constantFrom(...lines) },
    { weight: 5, arbitrary: fc.constantFrom(...pieces) },
    { weight: 3, arbitrary: fc.constantFrom(...letters) },
    {
      weight: 1,
      arbitrary: fc.constantFrom(' ', '-', '.', ':', '%20', '%3D', '+', '\n', 'é', '"', '_', '0', 'a', 'Z'),
    },
    { weight: 2, arbitrary: fc.tuple(fc.constantFrom(...lines), fc.nat(), fc.constantFrom(...letters)).map(mutated) },
  )
  return fc.array(part, { minLength: 1, maxLength: 8 }).map((parts) => parts.join(SPACED.has(detector.id) ? ' ' : ''))
}

function mutated([line, at, letter]: [string, number, string]): string {
  const letters = [...line]
  letters.splice(at % (letters.length + 1), at % 3 === 0 ? 0 : 1, letter)
  return letters.join('')
}

/** They go by the name before a value, whatever it is: rules for those who know whose it is stand before them. */
const BY_NAME = new Set([
  'identity_document',
  'bank_account',
  'vehicle_plate',
  'medical_record_number',
  'health_plan_number',
  'password_assignment',
  'aws_secret_access_key',
  'generic_secret',
  'session_id',
  'azure_key',
  'authorization_header',
])

/** Who else may claim strings of a detector, and why that is right: they settle as overlaps. */
const SHARED: Readonly<Record<string, readonly string[]>> = {
  // The number on the stripe: the longer span wins.
  card_track_2: ['payment_card'],
  // Many services begin their keys with sk-; the span is the same.
  openai_api_key: ['sk_api_key'],
  // The signature in the URL is a secret, and so is the URL: the longer span wins.
  power_automate_url: ['azure_sas_signature'],
  // A user, and hosts.
  netrc_password: ['email'],
  pgpass_password: ['ipv4'],
  sasl_password: ['ipv4'],
  // The last 32 bits of an address may be written as an IPv4 address: the longer span wins.
  ipv6: ['ipv4'],
  // The host behind the password is an address of its own.
  url_credentials: ['ipv4', 'ipv6'],
}

describe('across detectors', () => {
  it('no string of one is claimed by another', () => {
    const claims: string[] = []
    for (const owner of detectors) {
      // Attacks hold addresses, statements and other attacks: they are counted, and shadow nothing.
      if (owner.category === 'attack') continue
      for (const line of owner.yes) {
        const { text } = unmarked(line)
        for (const other of detectors) {
          // A word speaks for numbers of many states: "passport" does not say whose.
          if (needsWords(other)) continue
          if (other === owner || BY_NAME.has(other.id) || SHARED[owner.id]?.includes(other.id)) continue
          if (byMatcher(other, text).length > 0) claims.push(`${other.id} in ${owner.id}: ${text}`)
        }
      }
    }
    expect(claims).toEqual([])
  })
})
