// Names of fields: `dbPassword`, `db-password` and `DB_PASSWORD` are one name, and `password` is its end.

/** Names of so many letters also match the end of a word that was written in one piece (`dbpassword`). */
const INSIDE_WORD_MIN = 8

/** The words of a key in lower case: split at `- _ . / :`, spaces and camelCase, without numbers at the end. */
export function wordsOf(key: string): string[] {
  const words: string[] = []
  let word = ''
  for (let at = 0; at < key.length; at++) {
    const letter = key[at]
    const lower = letter.toLowerCase()
    const isLetter = lower !== letter.toUpperCase()
    const isDigit = letter >= '0' && letter <= '9'
    const next = key[at + 1]
    const nextIsLower = next !== undefined && next !== next.toUpperCase()
    const startsWord =
      isLetter && letter !== lower && (isLower(key[at - 1]) || (isLetterAt(key, at - 1) && nextIsLower))
    if (startsWord || !(isLetter || isDigit)) {
      if (word !== '') words.push(word)
      word = ''
    }
    if (isLetter || isDigit) word += lower
  }
  if (word !== '') words.push(word)
  const last = words.length - 1
  if (last >= 0) words[last] = withoutNumber(words[last])
  return words
}

function isLower(letter: string | undefined): boolean {
  return letter !== undefined && letter !== letter.toUpperCase()
}

function isLetterAt(key: string, at: number): boolean {
  return at >= 0 && key[at].toLowerCase() !== key[at].toUpperCase()
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

/** True when the key's last words are one of the names. */
export function endsInName(key: string, names: ReadonlySet<string>): boolean {
  const words = wordsOf(key)
  let end = ''
  for (let at = words.length - 1; at >= 0; at--) {
    end = words[at] + end
    if (names.has(end)) return true
  }
  const last = words[words.length - 1] ?? ''
  for (const name of names) if (name.length >= INSIDE_WORD_MIN && last.endsWith(name)) return true
  return false
}
