// `npm run accuracy`: precision, recall and exact spans of every detector on a corpus of the project's own.
//   --seed N     another corpus          --values N    values of each detector (default 5)
//   --write      docs/accuracy.md anew   --mistakes    every mistake with its line (the values are made up)
//   --logs PATH  instead: where the library finds something in real logs, addresses of the net and of mail left out
import { writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { makeCorpus } from './corpus.mjs'
import { sightings } from './real_logs.mjs'
import { page, summary, total } from './report.mjs'
import { findingsOf, scored, wholeLibrary } from './score.mjs'

const SHARE_MIN = 0.98

const { values: options } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    values: { type: 'string', default: '5' },
    write: { type: 'boolean', default: false },
    mistakes: { type: 'boolean', default: false },
    logs: { type: 'string' },
  },
})
if (options.logs === undefined) score()
else readLogs(options.logs)

/** @param {string} path */
function readLogs(path) {
  const { lines, seen } = sightings(wholeLibrary(), path)
  for (const { file, line, column, rule } of seen) print(`${file}:${line}:${column}: ${rule}`)
  print(`${seen.length} findings in ${lines} lines, other than addresses of the net and of mail`)
}

function score() {
  const corpus = makeCorpus(Number(options.seed), Number(options.values))
  const places = findingsOf(
    wholeLibrary(),
    corpus.map(({ line }) => line),
  )
  const { scores, mistakes } = scored(corpus, places)
  if (options.mistakes) {
    for (const { why, detector, rendering, line } of mistakes) print(`${why} ${detector} ${rendering}: ${line}`)
  }
  const sums = total(scores)
  print(page(corpus.length, scores))
  print(summary(corpus.length, sums))
  if (options.write) writeFileSync(new URL('../../docs/accuracy.md', import.meta.url), page(corpus.length, scores))
  if (sums.recall < SHARE_MIN || sums.precision < SHARE_MIN) process.exitCode = 1
}

/** @param {string} text */
function print(text) {
  process.stdout.write(`${text}\n`)
}
