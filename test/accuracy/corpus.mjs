// The labelled corpus: every detector in every rendering, near misses, and innocent lines. The same seed makes the
// same corpus on every machine.
import { detectors } from '../../dist/classifier/detectors/index.js'
import { Random } from '../../dist/cli/traffic/random.js'
import { innocentLine } from './innocent.mjs'
import { renderings } from './renderings.mjs'
import { nearMiss, samplesOf, varied } from './values.mjs'

/**
 * `detector`: whose value the line holds; absent: it holds none. `near`: whose value it nearly holds.
 * @typedef {{ line: string, rendering: string, detector?: string, near?: string,
 *   start: number, end: number, exact: boolean }} Labelled
 * @typedef {import('../../dist/core/detector.js').Detector} Detector
 */

const NO_SPAN = { start: 0, end: 0, exact: false }

/** @param {number} seed @param {number} values  a detector @returns {Labelled[]} */
export function makeCorpus(seed, values) {
  /** @type {Labelled[]} */
  const corpus = []
  for (const [number, detector] of detectors.entries()) {
    const random = new Random(seed, number)
    corpus.push(...positives(detector, values, random), ...nearMisses(detector, values, random))
  }
  const random = new Random(seed, -1)
  const innocent = Math.max(1000, corpus.length >> 1)
  for (let n = 0; n < innocent; n++) corpus.push({ line: innocentLine(random), rendering: 'innocent', ...NO_SPAN })
  return corpus
}

/** @param {Detector} detector @param {number} values @param {Random} random */
function* positives(detector, values, random) {
  const samples = samplesOf(detector)
  if (samples.length === 0) throw new Error(`${detector.id} has no sample that can stand elsewhere`)
  for (let n = 0; n < values; n++) {
    const piece = varied(detector, samples[n % samples.length], random)
    for (const [rendering, render] of Object.entries(renderings)) {
      const rendered = render(piece, wordFor(detector, random), random)
      if (rendered) yield { ...rendered, rendering, detector: detector.id }
    }
  }
}

/** @param {Detector} detector @param {number} values @param {Random} random */
function* nearMisses(detector, values, random) {
  const samples = samplesOf(detector)
  for (let n = 0; n < values; n++) {
    const sample = samples[n % samples.length]
    // Behind the name of a secret anything is one.
    if (sample.before !== '') continue
    const piece = nearMiss(sample, random)
    if (piece === undefined) continue
    for (const rendering of ['plain', 'json_message', 'nested_arrays']) {
      const rendered = renderings[rendering](piece, '', random)
      if (rendered) yield { line: rendered.line, rendering: 'near miss', near: detector.id, ...NO_SPAN }
    }
  }
}

/**
 * A word that speaks for the value, where it is not found without.
 * @param {Detector} detector @param {Random} random
 */
function wordFor({ near, confidence }, random) {
  return near !== undefined && confidence === 'low' ? random.pick(near) : ''
}
