// The figures as a page for people.

/** @typedef {import('./score.mjs').Score} Score */

/** @param {ReadonlyMap<string, Score>} scores */
export function total(scores) {
  const all = { there: 0, found: 0, asOther: 0, exactly: 0, comparable: 0, wrong: 0 }
  for (const score of scores.values()) {
    for (const key of /** @type {(keyof Score)[]} */ (Object.keys(all))) all[key] += score[key]
  }
  return shares(all)
}

/** @param {Score} score */
function shares(score) {
  const { there, found, asOther, exactly, comparable, wrong } = score
  const hidden = found + asOther
  return {
    ...score,
    recall: there === 0 ? 1 : hidden / there,
    precision: hidden + wrong === 0 ? 1 : hidden / (hidden + wrong),
    exact: comparable === 0 ? 1 : exactly / comparable,
  }
}

/** @param {number} lines @param {ReturnType<typeof total>} sums */
export function summary(lines, { there, recall, precision, exact, wrong }) {
  return (
    `${lines} lines, ${there} values: recall ${percent(recall)}, precision ${percent(precision)} ` +
    `(${wrong} findings where nothing is), exact span ${percent(exact)}`
  )
}

/** @param {number} lines @param {ReadonlyMap<string, Score>} scores */
export function page(lines, scores) {
  const rows = [...scores].sort(([a], [b]) => (a < b ? -1 : 1))
  return `# Accuracy of the detectors

Made by \`npm run accuracy -- --write\` on a corpus that it makes itself, ${lines} lines from a seed: every detector in
plain text, logfmt, JSON, JSON in a string, nested arrays, fields, URL queries, percent-encoded, \`\\u\`-escaped, in
base64 and in stack traces; near misses with one digit or letter changed; and lines as logs are full of them, with
UUIDs, times, trace ids, floats, hashes, versions and hex dumps. All detectors are on, and no rule on field names.

- *Recall*: values that are found; *as another* counts those of them that only another detector covers whole.
- *Precision*: findings that lie on a value, of all findings.
- *Exact*: findings that begin and end with the value, where it does not lie inside base64.

**All: ${summary(lines, total(scores))}.**

| detector | values | recall | as another | wrong | precision | exact |
| --- | ---: | ---: | ---: | ---: | ---: | ---: |
${rows.map(([id, score]) => row(id, score)).join('\n')}
`
}

/** @param {string} id @param {Score} score */
function row(id, score) {
  const { there, asOther, wrong, recall, precision, exact } = shares(score)
  const cells = [`\`${id}\``, there, percent(recall), asOther, wrong, percent(precision), percent(exact)]
  return `| ${cells.join(' | ')} |`
}

/** @param {number} share */
function percent(share) {
  return `${(Math.floor(share * 1000) / 10).toFixed(1)} %`
}
