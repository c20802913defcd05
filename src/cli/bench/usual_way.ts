// The opponent: what most redaction filters do. Decode the record to objects, run one V8 `RegExp` replacement per
// detector over every string (keys too), look at key names, encode. This is the only place with native RegExps on
// records: it is here to be beaten, and nothing of it runs in the pipeline.
import { decodeMulti, ExtData, encode } from '@msgpack/msgpack'

/** One ordinary pattern a detector, as a careful engineer would write it; no checksums, which only helps it. */
const PATTERNS: readonly (readonly [string, RegExp])[] = [
  ['payment_card', /\b[2-6]\d{3}(?:[ -]?\d{4}){3}\b|\b3[47]\d{2}[ -]?\d{6}[ -]?\d{5}\b/g],
  ['iban', /\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?\b/g],
  ['us_ssn', /\b(?!000|666|9\d\d)\d{3}-(?!00)\d{2}-(?!0000)\d{4}\b/g],
  ['email', /\b[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+\.[A-Za-z]{2,}\b/g],
  ['phone', /(?:\+1[ -])?\(?\b[2-9]\d{2}\)?[ -]\d{3}-\d{4}\b/g],
  ['ipv4', /\b(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)\.){3}(?:25[0-5]|2[0-4]\d|1?\d?\d)\b/g],
  ['ipv6', /\b(?:[0-9a-fA-F]{1,4}:){7}[0-9a-fA-F]{1,4}\b|\b(?:[0-9a-fA-F]{1,4}:){1,6}:(?:[0-9a-fA-F]{1,4}){1,6}\b/g],
  ['mac_address', /\b(?:[0-9A-Fa-f]{2}[:-]){5}[0-9A-Fa-f]{2}\b/g],
  ['jwt', /\beyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}/g],
  ['pem_private_key', /-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]+?-----END [A-Z ]*PRIVATE KEY-----/g],
  ['aws_access_key_id', /\b(?:AKIA|ASIA|ABIA|ACCA)[A-Z2-7]{16}\b/g],
  ['aws_secret_access_key', /aws_?secret_?(?:access_?)?key["']?\s*[:=]\s*["']?[A-Za-z0-9/+=]{40}\b/gi],
  ['github_token', /\b(?:gh[pousr]_[A-Za-z0-9]{36}|github_pat_[A-Za-z0-9_]{82})\b/g],
  ['gitlab_token', /\bglpat-[A-Za-z0-9_-]{20}\b/g],
  ['slack_token', /\bxox[abprs]-[A-Za-z0-9-]{10,}\b/g],
  ['slack_webhook', /https:\/\/hooks\.slack\.com\/services\/T[A-Z0-9]+\/B[A-Z0-9]+\/[A-Za-z0-9]+/g],
  ['stripe_key', /\b[sr]k_(?:live|test)_[A-Za-z0-9]{16,}\b/g],
  ['google_api_key', /\bAIza[A-Za-z0-9_-]{35}\b/g],
  ['npm_token', /\bnpm_[A-Za-z0-9]{36}\b/g],
  ['url_credentials', /\b[a-z][a-z0-9+.-]*:\/\/[^\s/:@]+:[^\s/@]+@/gi],
  ['bearer_token', /\bbearer\s+[A-Za-z0-9._~+/-]+=*/gi],
  ['basic_auth', /\bbasic\s+[A-Za-z0-9+/]{8,}={0,2}/gi],
  ['cookie_header', /\b(?:set-)?cookie:\s*[^\r\n]+/gi],
  ['password_assignment', /\b(?:password|passwd|pwd)["']?\s*[:=]\s*["']?[^\s"'&,;]+/gi],
]

/** Members whose value is a secret, whatever it looks like. */
export const NAMES = /(?:password|passwd|pwd|secret|token|api_?key|authorization|cookie|card_?number|cvv|ssn)$/i
export const TRACE_NAMES = new Set(['trace_id', 'span_id', 'timestamp', '@timestamp', 'time', 'ts'])

/** The same for RE2, which has no look-ahead. */
export function valuePatterns(): string[] {
  return PATTERNS.map(
    ([, { source, flags }]) => `${flags.includes('i') ? '(?i)' : ''}${source.replace(/\(\?![^)]*\)/g, '')}`,
  )
}

export function keyPattern(): string {
  return `(?i)${NAMES.source}`
}

export function redactText(text: string): string {
  for (const [name, pattern] of PATTERNS) text = text.replace(pattern, `[REDACTED:${name}]`)
  return text
}

function redactValue(value: unknown): unknown {
  if (typeof value === 'string') return redactText(value)
  if (Array.isArray(value)) return value.map(redactValue)
  if (value === null || typeof value !== 'object' || value instanceof ExtData || value instanceof Date) return value
  const redacted: Record<string, unknown> = {}
  for (const [key, member] of Object.entries(value)) {
    if (TRACE_NAMES.has(key)) redacted[key] = member
    else redacted[redactText(key)] = NAMES.test(key) ? '[REDACTED]' : redactValue(member)
  }
  return redacted
}

const decoder = new TextDecoder()

/** JSON lines to JSON lines. */
export function usualJson(bytes: Uint8Array): Uint8Array {
  const lines = decoder.decode(bytes).split('\n')
  const redacted = lines.map((line) => (line === '' ? '' : JSON.stringify(redactValue(JSON.parse(line)))))
  return Buffer.from(redacted.join('\n'))
}

/** Forward frames (`[tag, bin events]`) to forward frames. */
export function usualForward(bytes: Uint8Array): Uint8Array {
  const frames: Uint8Array[] = []
  for (const frame of decodeMulti(bytes)) {
    const [tag, events] = frame as [string, Uint8Array]
    const redacted: Uint8Array[] = []
    for (const event of decodeMulti(events)) redacted.push(encode(redactValue(event)))
    frames.push(encode([redactText(tag), Buffer.concat(redacted)]))
  }
  return Buffer.concat(frames)
}

/** Lines of text to lines of text. */
export function usualText(bytes: Uint8Array): Uint8Array {
  return Buffer.from(decoder.decode(bytes).split('\n').map(redactText).join('\n'))
}
