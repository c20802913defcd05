// What of a text in the settings may be shown when a URL stands in it: scheme, host, and those words of its path and
// query that are words. Who has the URL of a webhook may post there, so the rest of such a path is as good as a
// password; when in doubt it is hidden. What came from elsewhere stays as it was written (`${NAME}`).

export const HIDDEN = '[hidden]'

const EXPRESSION = /\$\{([^}]*)\}/g
/** Stands for an expression: letters of a plane that nobody writes in. */
const MARK = 0xe000
const MARKS = /[\ue000-\uf8ff]/g
const URL_PARTS = /(:\/\/)([^/?#\s@]*@)?([^/?#\s]*)([^?#\s]*)(\?[^#\s]*)?(#\S*)?/g
const WORDS = /^_?[A-Za-z]{1,16}(?:[._-][A-Za-z]{1,16}){0,3}\d{0,3}$/
/** Behind such a segment nothing is a word any more. */
const HOOKS = /^(?:incoming)?(?:web)?hooks?b?\d?$|^(?:key|token|catch)s?$/i

/** `https://user:password@host/hooks/abc?sig=abc` as `https://[hidden]@host/hooks/[hidden]?sig=[hidden]`. */
export function shownText(text: string): string {
  if (!text.includes('://')) return text
  const expressions: string[] = []
  const marked = text.replace(EXPRESSION, (_whole, inside: string) => {
    expressions.push(shownExpression(inside))
    return String.fromCharCode(MARK + expressions.length - 1)
  })
  const shown = marked.replace(
    URL_PARTS,
    (_whole, scheme: string, user = '', host: string, path: string, query = '', fragment = '') => {
      const login = user === '' || isElsewhere(user.slice(0, -1)) ? user : `${HIDDEN}@`
      return `${scheme}${login}${host}${shownPath(path)}${shownQuery(query)}${fragment === '' ? '' : `#${HIDDEN}`}`
    },
  )
  return shown.replace(MARKS, (mark) => expressions[mark.charCodeAt(0) - MARK])
}

/** The literal parts of a secret go, and so do the defaults of what comes from elsewhere. */
export function shownSecret(written: string): string {
  const names = [...written.matchAll(EXPRESSION)].map(([, inside]) => `\${${inside.replace(/:-.*/s, `:-${HIDDEN}`)}}`)
  const literal = written.replace(EXPRESSION, '') !== ''
  return `${names.join('')}${literal ? HIDDEN : ''}`
}

/** A default is a text of its own. */
function shownExpression(inside: string): string {
  const at = inside.indexOf(':-')
  return at < 0 ? `\${${inside}}` : `\${${inside.slice(0, at)}:-${shownText(inside.slice(at + 2))}}`
}

function shownPath(path: string): string {
  let isHook = false
  const segments = path.split('/').map((segment) => {
    if (segment === '' || isElsewhere(segment)) return segment
    const isShown = !isHook && WORDS.test(segment.replace(MARKS, 'x'))
    isHook ||= HOOKS.test(segment)
    return isShown ? segment : HIDDEN
  })
  return segments.join('/')
}

function shownQuery(query: string): string {
  if (query === '') return ''
  const pairs = query.slice(1).split('&')
  const shown = pairs.map((pair) => {
    const [name, ...value] = pair.split('=')
    if (value.length === 0 || !WORDS.test(name)) return HIDDEN
    return isElsewhere(value.join('=')) ? pair : `${name}=${HIDDEN}`
  })
  return `?${shown.join('&')}`
}

function isElsewhere(text: string): boolean {
  return text !== '' && text.replace(MARKS, '') === ''
}
