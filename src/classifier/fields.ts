// Names of fields: `dbPassword`, `db-password` and `DB_PASSWORD` are one name, and `password` is its end.

/** Names of so many letters also match the end of a word that was written in one piece (`dbpassword`). */
const INSIDE_WORD_MIN = 8

/** The words of a key in lower case: split at `- _ . / :`, spaces and camelCase, without numbers at the end. */
export function wordsOf(key: string): string[] {
  const lower = key.toLowerCase()
  // A letter that changes its length in lower case cannot be followed place by place; such a key is one word.
  if (lower.length !== key.length) return [lower]
  const words: string[] = []
  let start = -1
  for (let at = 0; at <= key.length; at++) {
    const kind = at < key.length ? kindAt(key, lower, at) : NO_LETTER
    if (start >= 0 && (kind === NO_LETTER || (kind === UPPER && startsWord(key, lower, at)))) {
      words.push(lower.slice(start, at))
      start = -1
    }
    if (start < 0 && kind !== NO_LETTER) start = at
  }
  const last = words.length - 1
  if (last >= 0) words[last] = withoutNumber(words[last])
  return words
}

const NO_LETTER = 0
const LOWER = 1
const UPPER = 2
const DIGIT = 3

function kindAt(key: string, lower: string, at: number): number {
  const code = key.charCodeAt(at)
  if (code >= 0x61 && code <= 0x7a) return LOWER
  if (code >= 0x30 && code <= 0x39) return DIGIT
  if (code >= 0x41 && code <= 0x5a) return UPPER
  if (code < 128) return NO_LETTER
  if (key[at] !== lower[at]) return UPPER
  return lower[at].toUpperCase() === lower[at] ? NO_LETTER : LOWER
}

/** A capital begins a word behind a small letter, and before one: `dbPassword`, `APIKey`, `oauth2Token`. */
function startsWord(key: string, lower: string, at: number): boolean {
  const before = kindAt(key, lower, at - 1)
  const isBeforeSmall = at + 1 < key.length && kindAt(key, lower, at + 1) === LOWER
  return before === LOWER || (before !== NO_LETTER && isBeforeSmall)
}

function withoutNumber(word: string): string {
  let end = word.length
  while (end > 0 && word[end - 1] >= '0' && word[end - 1] <= '9') end--
  return end === 0 ? word : word.slice(0, end)
}

/** A name as settings give it, in the form that keys are compared in. */
export function normalName(name: string): string {
  return wordsOf(name).join('')
}

/** True when the key, as a whole, is one of the names (normalised by `normalName`). */
export function isNamed(key: string, names: ReadonlySet<string>): boolean {
  return names.has(wordsOf(key).join(''))
}

/** A name of a rule by field name, or one of its exceptions. */
export interface FieldName {
  readonly rule: number
  readonly isException: boolean
}

const NO_RULES: readonly number[] = []

/** Indices of the rules that a key of these words is a name of, the first in precedence first. */
export function rulesOf(fields: NameEnds<FieldName>, words: readonly string[], ranks: Int32Array): readonly number[] {
  const named = fields.find(words)
  if (named.length === 0) return NO_RULES
  const except = new Set(named.filter(({ isException }) => isException).map(({ rule }) => rule))
  const rules = named.filter(({ rule, isException }) => !isException && !except.has(rule)).map(({ rule }) => rule)
  return [...new Set(rules)].sort((a, b) => ranks[a] - ranks[b])
}

/** Names, each with what it stands for, asked by the ends of keys. */
export class NameEnds<Value> {
  private readonly values = new Map<string, Value[]>()
  private readonly inside: string[] = []

  /** `name` in the form of `normalName`. */
  add(name: string, value: Value): void {
    const known = this.values.get(name)
    if (known) known.push(value)
    else {
      this.values.set(name, [value])
      if (name.length >= INSIDE_WORD_MIN) this.inside.push(name)
    }
  }

  /** What the names stand for that are the end of these words. */
  find(words: readonly string[]): Value[] {
    const found: Value[] = []
    let end = ''
    for (let at = words.length - 1; at >= 0; at--) {
      end = words[at] + end
      found.push(...(this.values.get(end) ?? []))
    }
    const last = words[words.length - 1] ?? ''
    for (const name of this.inside) {
      if (last.length > name.length && last.endsWith(name)) found.push(...(this.values.get(name) ?? []))
    }
    return found
  }
}
