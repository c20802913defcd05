// The operator's file as it may be shown: what came from elsewhere as it was written (`${NAME}`), and literal secrets
// hidden. What is a secret is told by the name of its setting; when in doubt it is hidden.
import { createHash } from 'node:crypto'
import { wordsOf } from '../classifier/fields.ts'
import type { Written } from '../core/plan.ts'
import type { Policy } from '../core/policy.ts'
import type { Path } from './complaint.ts'
import type { SettingsDocument } from './document.ts'
import { HIDDEN, shownSecret, shownText } from './shown_text.ts'

const HASH_HEX = 12

/** Words of names whose values are secrets. Below such a name everything is one, such as each of `headers`. */
const SECRET_WORDS = new Set([
  'auth',
  'authorization',
  'credential',
  'credentials',
  'headers',
  'key',
  'keys',
  'passphrase',
  'password',
  'passwords',
  'secret',
  'secrets',
  'token',
  'tokens',
])

/** Names with one of those words that are none: paths of files, and what names something. */
const PLAIN_NAMES = new Set(['tls.key', 'token_file', 'key_template', 'routing_key', 'partition_key', 'key_format'])

/** After the interpolation. */
export function writtenBy(document: SettingsDocument, policy: Policy): Written {
  const settings = shown(document, document.plain([]), [])
  const hash = createHash('sha256')
    .update(JSON.stringify([settings, policy.version]))
    .digest('hex')
    .slice(0, HASH_HEX)
  return { settings, hash, files: [...new Set([document.file, ...document.reads])] }
}

function shown(document: SettingsDocument, value: unknown, path: Path): unknown {
  if (Array.isArray(value)) return value.map((item, at) => shown(document, item, [...path, at]))
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(
      Object.entries(value).map(([name, inner]) => [name, shown(document, inner, [...path, name])]),
    )
  }
  const from = document.interpolatedAt(path)
  if (from !== undefined) return isSecret(path) ? shownSecret(from.written) : shownText(from.written)
  if (value === null || typeof value === 'boolean') return value
  if (isSecret(path)) return HIDDEN
  return typeof value === 'string' ? shownText(value) : value
}

function isSecret(path: Path): boolean {
  const [section, ...rest] = path.filter((part) => typeof part === 'string')
  // Rules speak of passwords and tokens all the time, and hold none.
  if (section === 'policy') return rest[0] === 'hmac' && rest[1] === 'key'
  const names = section === 'sources' || section === 'sinks' ? rest.slice(1) : rest
  return names.some((name, at) => {
    if (PLAIN_NAMES.has(name) || PLAIN_NAMES.has(`${names[at - 1]}.${name}`)) return false
    return wordsOf(name).some((word) => SECRET_WORDS.has(word))
  })
}
