// Whether a pattern of an operator can be used at all. Runs on no record: the workers compile it again for themselves.
import RE2 from 're2'

export interface PatternFault {
  readonly message: string
  readonly remedy: string
}

export interface Groups {
  /** Number of capture groups, the whole match not counted. */
  readonly count: number
  readonly names: readonly string[]
}

/** Texts in which a pattern that can match nothing (`a*`, `^`, `\b`) will do so. */
const PROBES = ['', 'a', ' ', '0', 'a.b@c-d 1', '-', '\n']

/** The pattern's groups, or what is wrong with it; for a `secret` one without the engine's reason, which cites it. */
export function checkPattern(pattern: string, ignoreCase: boolean, secret: boolean): Groups | PatternFault {
  let compiled: RE2
  let withNothing: RE2
  const flags = ignoreCase ? 'iu' : 'u'
  try {
    compiled = new RE2(pattern, flags)
    // One branch more that always matches: its result lists the groups of the others.
    withNothing = new RE2(`(?:${pattern})|`, flags)
  } catch (error) {
    const reason = secret || !(error instanceof Error) ? '' : `: ${error.message}`
    return { message: `the pattern does not compile${reason}`, remedy: 'RE2 has no look-around and no back-references' }
  }
  if (PROBES.some((probe) => compiled.exec(probe)?.[0] === '')) {
    return { message: 'the pattern matches an empty text', remedy: 'let it match at least one character' }
  }
  const empty = withNothing.exec('')
  return { count: (empty?.length ?? 1) - 1, names: Object.keys(empty?.groups ?? {}) }
}

/** Why a glob over dotted paths can match nothing, or undefined when it can. */
export function globFault(glob: string): string | undefined {
  if (/\s/.test(glob)) return 'a path has no white space'
  if (/^\.|\.$|\.\./.test(glob)) return 'a key between two dots is empty'
  if (glob.includes('***')) return '`***` is more than `**`'
  if (/\[(?!\])|(?<!\[)\]/.test(glob)) return 'list elements are written `[]`'
  return undefined
}
