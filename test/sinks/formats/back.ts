// Reads lines of CEF and LEEF as their receivers do, written from their documents and not from our writer.

/** Seven fields of header, with `\|` and `\\` unescaped; then key=value pairs, where a key follows a space. */
export function parseCef(line: string): { header: string[]; extension: Map<string, string> } {
  const header: string[] = []
  let field = ''
  let at = 0
  for (; at < line.length && header.length < 7; at++) {
    if (line[at] === '\\') field += line[++at]
    else if (line[at] === '|') {
      header.push(field)
      field = ''
    } else field += line[at]
  }
  const extension = new Map<string, string>()
  const text = line.slice(at)
  // A key is a run of letters and digits before an equals sign that is not escaped, at the start or behind a space.
  const keys = [...text.matchAll(/(?:^| )([A-Za-z0-9_.]+)=/g)]
  for (const [at, match] of keys.entries()) {
    const from = match.index + match[0].length
    const to = keys[at + 1]?.index ?? text.length
    if (extension.has(match[1])) throw new Error(`${match[1]} is there twice`)
    extension.set(match[1], unescaped(text.slice(from, to)))
  }
  return { header, extension }
}

function unescaped(value: string): string {
  return value.replace(/\\(.)/gsu, (_, escaped) => (escaped === 'n' ? '\n' : escaped === 'r' ? '\r' : escaped))
}

/** Six fields divided by pipes, which can not be escaped; the sixth is the delimiter, `x09` a tab. */
export function parseLeef(line: string): { header: string[]; attributes: Map<string, string> } {
  const parts = line.split('|')
  const header = parts.slice(0, 6)
  const attributes = new Map<string, string>()
  for (const pair of parts.slice(6).join('|').split('\t')) {
    const equals = pair.indexOf('=')
    if (equals < 1) throw new Error('an attribute without a name')
    const key = pair.slice(0, equals)
    if (attributes.has(key)) throw new Error(`${key} is there twice`)
    attributes.set(key, pair.slice(equals + 1))
  }
  return { header, attributes }
}
