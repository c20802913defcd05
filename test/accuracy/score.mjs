// Runs the corpus through the inspector as `logveil scan` does, and compares what it finds with what is there.

import { detectors } from '../../dist/classifier/detectors/index.js'
import { Findings } from '../../dist/cli/findings.js'
import { Inspector } from '../../dist/worker/inspector.js'

/**
 * @typedef {import('./corpus.mjs').Labelled} Labelled
 * @typedef {import('../../dist/core/policy.js').Policy} Policy
 * @typedef {{ rule: string, column: number, end_column: number }} Place
 * @typedef {Record<'there' | 'found' | 'asOther' | 'exactly' | 'comparable' | 'wrong', number>} Score
 * @typedef {{ why: 'missed' | 'found', detector: string, rendering: string, line: string }} Mistake
 */

/** The stack traces of the corpus are stack traces. */
const TRACES = new Set(['java_stack_trace'])

/** Every detector, and nothing but detectors. @returns {Policy} */
export function wholeLibrary() {
  const rules = detectors.map(({ id, category, severity, confidence }) => ({
    id,
    find: { detector: id },
    action: { type: 'keep' },
    category,
    severity,
    confidence,
  }))
  return {
    version: 'accuracy',
    mode: 'observe',
    rules,
    allow: {},
    exclude_fields: ['trace_id', 'span_id', 'timestamp'],
    on_error: 'mask_all',
    service_from: ['service'],
  }
}

/** What is found in each of the lines. @param {Policy} policy @param {readonly string[]} lines @returns {Place[][]} */
export function findingsOf(policy, lines) {
  const inspector = new Inspector(policy)
  const findings = new Findings(policy)
  return lines.map((line) => {
    const bytes = padded(`${line}\n`)
    const ends = Uint32Array.of(bytes.length)
    findings.begin({ bytes, ends, firstLine: 1 })
    inspector.inspectLines(bytes, ends, 'accuracy', findings.observer)
    return findings.take().map(({ rule, column, end_column }) => ({ rule: rule.id, column, end_column }))
  })
}

/** @param {string} text */
function padded(text) {
  const content = Buffer.from(text)
  const bytes = new Uint8Array(new ArrayBuffer(content.length + 8), 0, content.length)
  bytes.set(content)
  return bytes
}

/** @param {readonly Labelled[]} corpus @param {readonly Place[][]} places */
export function scored(corpus, places) {
  /** @type {Map<string, Score>} */
  const scores = new Map()
  /** @type {Mistake[]} */
  const mistakes = []
  /** @param {string} id */
  const scoreOf = (id) => {
    const score = scores.get(id) ?? { there: 0, found: 0, asOther: 0, exactly: 0, comparable: 0, wrong: 0 }
    scores.set(id, score)
    return score
  }
  for (const [at, labelled] of corpus.entries()) {
    const { detector, rendering, line } = labelled
    for (const place of places[at]) {
      if (TRACES.has(place.rule) && line.includes('\\tat ')) continue
      if (detector !== undefined && touches(place, labelled)) continue
      scoreOf(place.rule).wrong++
      mistakes.push({ why: 'found', detector: place.rule, rendering, line })
    }
    if (detector === undefined) continue
    const score = scoreOf(detector)
    score.there++
    const over = places[at].filter((place) => touches(place, labelled))
    if (over.some(({ rule }) => rule === detector)) score.found++
    else if (labelled.exact ? isCovered(over, labelled) : over.length > 0) score.asOther++
    else mistakes.push({ why: 'missed', detector, rendering, line })
    if (!labelled.exact) continue
    score.comparable++
    if (over.some((place) => place.column - 1 === labelled.start && place.end_column - 1 === labelled.end))
      score.exactly++
  }
  return { scores, mistakes }
}

/** @param {Place} place @param {Labelled} labelled */
function touches({ column, end_column }, { start, end }) {
  return column - 1 < end && end_column - 1 > start
}

/** Nothing of the value would be left. @param {readonly Place[]} places @param {Labelled} labelled */
function isCovered(places, { start, end }) {
  let at = start
  for (const { column, end_column } of places) if (column - 1 <= at) at = Math.max(at, end_column - 1)
  return at >= end
}
