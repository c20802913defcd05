// How detectors of secrets are declared: tokens that say themselves whose they are, and keys of a bare shape that only
// the name before them tells apart. The strings that a detector must and must not match follow from its sample.
import type { Check, Detector, SpanFinder } from '../core/detector.ts'
import { setOf } from './checks/bytes.ts'
import { isNoTemplate } from './checks/credential.ts'
import { fake } from './fakes.ts'
import { findTokens } from './sequence.ts'

/** What may stand before a token: nothing, an escape, no letter or digit. */
export const FRONT = '(?:^|%[0-9A-Fa-f]{2}|\\\\[nrt]|[^0-9A-Za-z%])'
/** The same for prefixes that also end names: `test_` of `unit_test_…`. */
const EDGE = '(?:^|%[0-9A-Fa-f]{2}|\\\\[nrt]|[^0-9A-Za-z%_.-])'
const QUOTE = '(?:\\\\*["\'`]|%22)?'
/** Between a name and its value in programs, settings, queries, XML and prose. */
const SEPARATOR = `${QUOTE}(?:[ \\t]{0,4}(?:[?:.+]{0,3}=>?|[:,>]|%3[DdAa])| is)[\\s=]{0,8}${QUOTE}`

interface Declared extends Pick<Detector, 'id' | 'summary' | 'source'> {
  readonly severity?: Detector['severity']
  readonly confidence?: Detector['confidence']
  readonly category?: Detector['category']
  readonly check?: Check
  /** More strings in which it must find nothing. */
  readonly no?: readonly string[]
}

export interface Token extends Declared {
  /** Literals, one of which begins every token. */
  readonly prefixes: readonly string[]
  /** What follows the prefix, in RE2 syntax, without captures. */
  readonly body: string
  /** Letters that may not follow a token, beyond letters and digits. */
  readonly glue?: string
  /** Absent: the prefixes. */
  readonly anchors?: readonly string[]
  /** With `anchors`: how many bytes behind the front of a token they end, if that is known. */
  readonly anchored?: readonly number[]
  /** True for prefixes that also end words and names: no `_`, `-` or `.` may stand before them either. */
  readonly edge?: boolean
  /** Whole tokens; the first one begins with a prefix whose case matters. */
  readonly samples: readonly string[]
}

/** A token with a prefix of its own. */
export function token(one: Token): Detector {
  const { prefixes, body, glue = '', samples, edge = false, anchors, anchored, no = [], ...rest } = one
  const [sample, ...others] = samples
  const start = prefixes.find((prefix) => sample.startsWith(prefix)) ?? ''
  const { check = isNoTemplate } = rest
  let made: { find: SpanFinder | undefined } | undefined
  const begins = prefixes.length === 1 ? literal(prefixes[0]) : `(?:${prefixes.map(literal).join('|')})`
  return {
    category: 'secret',
    severity: 'critical',
    confidence: 'high',
    ...rest,
    check,
    // Made when it is asked for: a policy has few of the library's detectors.
    get find() {
      const around = { front: edge ? NO_EDGE : NO_FRONT, glue }
      const places = anchors ? anchored : anchorPlaces(prefixes)
      made ??= { find: places && findTokens([{ prefixes, anchored: places, body }], around, check) }
      return made.find
    },
    pattern: `${edge ? EDGE : FRONT}(?P<token>${begins}${body})(?:$|[^0-9A-Za-z${glue}])`,
    group: 'token',
    anchors: anchors ?? prefixes.flatMap((prefix) => anchorsOf(prefix, edge)),
    yes: [...around(sample), ...others.map((other) => `also «${other}» here`)],
    no: [...nearMisses(sample, start), ...no],
  }
}

/** What `FRONT` and `EDGE` do not let stand before a token. */
export const NO_FRONT = setOf('0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz%')
const NO_EDGE = setOf('0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz%_.-')

/** Longer ones make more states and select hardly better. */
const ANCHOR_BYTES_MAX = 8

function anchorPlaces(prefixes: readonly string[]): number[] {
  return [...new Set(prefixes.map(({ length }) => Math.min(length, ANCHOR_BYTES_MAX)))]
}

function anchorsOf(prefix: string, edge: boolean): string[] {
  const anchor = literal(prefix.slice(0, ANCHOR_BYTES_MAX))
  return edge ? edged(anchor) : [anchor]
}

/** Anchors for what `FRONT` lets stand before a token. */
function edged(anchor: string): string[] {
  return [`^${anchor}`, `%[0-9A-Fa-f]{2}${anchor}`, `\\\\[nrt]${anchor}`]
}

/** The text as RE2 and anchors take it by the letter. */
function literal(text: string): string {
  return [...text].map((letter) => (PLAIN.has(letter) ? letter : `\\${letter}`)).join('')
}

const PLAIN = new Set('0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_-')

/** The six settings that every token is shown in. */
export function around(sample: string): string[] {
  return [
    `using «${sample}» now`,
    `"«${sample}»"`,
    `t=«${sample}»&x=1`,
    `k: '«${sample}»',`,
    `a%3D«${sample}»`,
    `(«${sample}»)`,
  ]
}

function nearMisses(sample: string, prefix: string): string[] {
  if (prefix === '') return partsOf(sample)
  const rest = sample.slice(prefix.length)
  return [
    `x${sample}`,
    `cut ${sample.slice(0, prefix.length + 4)}`,
    `${prefix}${'x'.repeat(rest.length)}`,
    `${prefix} ${rest}`,
    `${swappedCase(prefix)}${rest}`,
    `${prefix}\${TOKEN}`,
  ]
}

/** What is left of a token that begins with no literal: it is known by its parts, and by their order. */
function partsOf(sample: string): string[] {
  const half = sample.length >> 1
  const [front, back] = [sample.slice(0, half), sample.slice(half)]
  return [`x${sample}`, `cut ${front}`, `cut ${back}`, `${front} ${back}`, `${back}${front}`, 'x'.repeat(sample.length)]
}

function swappedCase(text: string): string {
  const swap = (letter: string) => (letter === letter.toLowerCase() ? letter.toUpperCase() : letter.toLowerCase())
  const swapped = [...text].map(swap).join('')
  return swapped === text ? `${text.slice(1)}9` : swapped
}

export interface Named extends Declared {
  /** What the name has in it, lower case, in RE2 syntax: `datadog|dd[_-]`. */
  readonly names: string
  /** One of them lies in each of the names; written with (?i). */
  readonly anchors: readonly string[]
  /** False when `names` says enough; else one of the words of `KINDS` must follow. */
  readonly kinds?: false
  /** The value in RE2 syntax, without captures. */
  readonly value: string
  /** The name in the samples: snake_case. */
  readonly as: string
  readonly samples: readonly string[]
}

const FILL = '[0-9A-Za-z_. -]'
const KINDS = `${FILL}{0,16}(?i:key|token|secret|pass|auth|cred|pat|access)`

/** A key of a bare shape behind a name: `DATADOG_API_KEY=…`. */
export function named(one: Named): Detector {
  const { names, anchors, kinds = true, value, as, samples, no = [], ...rest } = one
  const [sample, ...others] = samples
  return {
    category: 'secret',
    severity: 'critical',
    confidence: 'medium',
    check: isNoTemplate,
    ...rest,
    pattern: `(?i:${names})${kinds ? KINDS : ''}${FILL}{0,12}${SEPARATOR}(?P<key>${value})(?:$|[^0-9A-Za-z_-])`,
    group: 'key',
    anchors,
    yes: [...named6(as, sample), ...others.map((other) => `${as}=«${other}»`)],
    no: [
      `nothing but ${sample}`,
      `${as}=${sample.slice(0, 6)}`,
      `${as}=`,
      `zebra_${fake('lower', 3)}=${sample}`,
      `${as}=\${SECRET}`,
      `${as}=${'x'.repeat(sample.length)}`,
      ...no,
    ],
  }
}

function named6(as: string, sample: string): string[] {
  const words = as.split('_')
  const camel = words.map((word, i) => (i === 0 ? word : word[0].toUpperCase() + word.slice(1))).join('')
  return [
    `${as.toUpperCase()}=«${sample}»`,
    `"${camel}": "«${sample}»"`,
    `${words.join('-')}: «${sample}», next`,
    `{\\"${as}\\":\\"«${sample}»\\"}`,
    `GET /x?${as}=«${sample}»&a=1`,
    `${camel} := '«${sample}»'`,
  ]
}
