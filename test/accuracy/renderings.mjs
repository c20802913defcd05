// The ways in which logs hold a value, as lines. Each knows where in its line the value lies.
import { bytesOf } from './values.mjs'

/**
 * `exact`: the value stands there in a form of its own length, so that the span of a finding can be compared. In the
 * others it lies inside something that is encoded as a whole, and a finding has to lie over it.
 * @typedef {{ line: string, start: number, end: number, exact: boolean }} Rendered
 * @typedef {import('./values.mjs').Piece} Piece
 * @typedef {import('../../dist/cli/traffic/random.js').Random} Random
 */

const SERVICES = ['checkout', 'ledger', 'mailer', 'gateway']
const LEVELS = ['info', 'warn', 'error']
const TEXTS = ['request refused', 'could not parse', 'upstream answered', 'seen before', 'stored']

/** @param {string} before @param {string} value @param {string} after @param {boolean} [exact] @returns {Rendered} */
function put(before, value, after, exact = true) {
  const start = bytesOf(before)
  return { line: before + value + after, start, end: start + bytesOf(value), exact }
}

/** @param {Piece} piece @param {(text: string) => string} encode @returns {[string, string, string]} */
function each({ before, value, after }, encode) {
  return [encode(before), encode(value), encode(after)]
}

/** The inside of a JSON string. @param {string} text */
function inJson(text) {
  return JSON.stringify(text).slice(1, -1)
}

/** @param {string} text */
function percent(text) {
  return encodeURIComponent(text).replace(/[-_.!~*'()]/g, (letter) => `%${letter.charCodeAt(0).toString(16)}`)
}

/** @param {string} text */
function unicode(text) {
  return [...text].map((letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`).join('')
}

/** @param {string} text */
function isOneLine(text) {
  return !text.includes('\n')
}

/** @param {string} words */
function camelCase(words) {
  return words.replace(/[ -]+(\w)/g, (_, letter) => letter.toUpperCase())
}

/**
 * By name; `undefined` where a value cannot be shown so. `word` is a word that speaks for the value, or an empty text.
 * @type {Record<string, (piece: Piece, word: string, random: Random) => Rendered | undefined>}
 */
export const renderings = {
  plain(piece, word, random) {
    if (!isOneLine(piece.value)) return undefined
    const front = `2026-11-21 10:00:0${random.int(0, 9)} ${random.pick(LEVELS)} ${random.pick(TEXTS)}: ${said(word)}`
    return put(front + piece.before, piece.value, `${piece.after} (${random.pick(SERVICES)})`)
  },
  logfmt(piece, word, random) {
    if (!isOneLine(piece.value)) return undefined
    const front = `level=${random.pick(LEVELS)} svc=${random.pick(SERVICES)} took=${random.int(1, 900)}ms `
    if (isBare(piece) && !/[\s"]/.test(piece.value)) {
      return put(`${front}${(word || 'value').replaceAll(' ', '_')}=`, piece.value, ' ok=true')
    }
    const [before, value, after] = each(piece, inJson)
    return put(`${front}msg="${said(word)}${before}`, value, `${after}" ok=true`)
  },
  json_message(piece, word, random) {
    const [before, value, after] = each(piece, inJson)
    const front = `{"level":"${random.pick(LEVELS)}","service":"${random.pick(SERVICES)}","n":${random.int(1, 1e6)},`
    return put(`${front}"message":"${random.pick(TEXTS)} ${said(word)}${before}`, value, `${after}","ok":true}`)
  },
  json_in_string(piece, word, random) {
    const [before, value, after] = each(piece, (text) => inJson(inJson(text)))
    const inner = `{\\"user\\":${random.int(1, 1e6)},\\"note\\":\\"${said(word)}${before}`
    return put(`{"level":"info","log":"${inner}`, value, `${after}\\"}","stream":"stdout"}`)
  },
  nested_arrays(piece, word, random) {
    const [before, value, after] = each(piece, inJson)
    const name = word === '' ? 'items' : camelCase(word)
    return put(`{"id":${random.int(1, 1e6)},"${name}":[[{"v":["${before}`, value, `${after}"]}],[]]}`)
  },
  field(piece, word, random) {
    const [before, value, after] = each(piece, inJson)
    const name = word === '' ? 'content' : word.replaceAll(' ', random.pick(['_', '-', '.']))
    return put(`{"service":"${random.pick(SERVICES)}","${name}":"${before}`, value, `${after}"}`)
  },
  url_query(piece, word) {
    if (!isBare(piece) || !/^[\w.~-]+$/.test(piece.value)) return undefined
    const name = word === '' ? 'q' : word.replaceAll(' ', '_')
    return put(`GET /v1/items?page=2&${name}=`, piece.value, '&sort=asc HTTP/1.1" 200')
  },
  percent_encoded(piece, word) {
    if (!isBare(piece)) return undefined
    const name = word === '' ? 'q' : word.replaceAll(' ', '_')
    return put(`{"request":"/find?lang=en&${name}=`, percent(piece.value), '&sort=asc"}')
  },
  unicode_escaped(piece, word) {
    const [before, value, after] = each(piece, unicode)
    return put(`{"level":"info","message":"${unicode(said(word))}${before}`, value, `${after}","ok":true}`)
  },
  base64(piece, word, random) {
    const text = `${random.pick(TEXTS)} ${said(word)}${piece.before}${piece.value}${piece.after} done`
    return put(`{"level":"info","payload":"`, Buffer.from(text).toString('base64'), '"}', false)
  },
  stack_trace(piece, word, random) {
    const [before, value, after] = each(piece, inJson)
    const trace = `\\n\\tat com.example.${random.pick(SERVICES)}.Store.put(Store.java:${random.int(10, 900)})`
    const front = `{"level":"error","error":"java.lang.IllegalStateException: refused ${said(word)}${before}`
    return put(front, value, `${after}${trace}${trace}"}`)
  },
}

/** @param {string} word */
function said(word) {
  return word === '' ? '' : `${word}: `
}

/** @param {Piece} piece */
function isBare({ before, after }) {
  return before === '' && after === ''
}
