// A body that the operator writes for each record: JSON with places in it that members of the record are put into.
//
//   {{service}}         the member as text within a JSON string: {"text": "leak in {{service}}"}
//   {{html service}}    the same with & < > escaped, which chats such as Slack ask for
//   {{json paths}}      the member as JSON, outside of strings; {{json .}} is the whole record
//
// A dotted name is a member of that name, or else members within members. What is not there is empty, or null.

const PLACE = /\{\{(?: *(html|json) +| *)([^{} ]+) *\}\}/g

export type Fill = (record: Uint8Array) => Uint8Array

/** What is wrong with a template; null when nothing is. */
export function faultOf(template: string): string | null {
  const tried = template.replace(PLACE, (_place, form: string | undefined) => (form === 'json' ? 'null' : 'x'))
  if (tried.includes('{{')) return 'a place looks like {{name}}, {{html name}} or {{json name}}'
  try {
    JSON.parse(tried)
    return null
  } catch {
    return 'it is no JSON: places stand within quotes, {{json …}} outside of them'
  }
}

export function compileTemplate(template: string): Fill {
  return (bytes) => {
    const record: unknown = JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString())
    const text = template.replace(PLACE, (_place, form: string | undefined, name: string) => {
      const value = name === '.' ? record : memberOf(record, name)
      if (form === 'json') return JSON.stringify(value ?? null)
      const plain = typeof value === 'string' ? value : value === undefined ? '' : JSON.stringify(value)
      return JSON.stringify(form === 'html' ? escaped(plain) : plain).slice(1, -1)
    })
    return Buffer.from(text)
  }
}

function memberOf(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null) return undefined
  if (Object.hasOwn(value, name)) return (value as Record<string, unknown>)[name]
  for (let dot = name.indexOf('.'); dot > 0; dot = name.indexOf('.', dot + 1)) {
    const head = name.slice(0, dot)
    const inner = Object.hasOwn(value, head) ? (value as Record<string, unknown>)[head] : undefined
    const found = memberOf(inner, name.slice(dot + 1))
    if (found !== undefined) return found
  }
  return undefined
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}
