// The page on what a SIEM gets: words, the table of fields, and an example of each format as the program writes it.
import { EVENT_FIELDS, exampleEvent } from './event_fields.mjs'
import { table } from './table.mjs'

/** @typedef {typeof import('../../src/sinks/formats/index.ts')} Formats */

const INTRO = `# Counts for a SIEM

Written by \`npm run docs\` from \`tools/docs/siem.mjs\`, \`tools/docs/event_fields.mjs\` and \`src/sinks/formats\`.

logveil counts what it finds, per service, rule, action and source, and tells it in events when a window closes
(\`census.window_ms\`, a minute). Any sink takes them: \`inputs: [census]\` for counts, \`inputs: [alerts]\` for what
[rules on counts](alerts.md) say. Sinks that write text take a \`format\`; records are not changed by it.

\`\`\`yaml
sources:
  app: { type: forward, listen: 127.0.0.1:24224 }
sinks:
  store: { type: file, path: ./out/logs.ndjson }
  siem: { type: file, inputs: [census], path: ./out/findings.ndjson, format: ocsf }
census:
  window_ms: 1m
  state_dir: ./out/census
policy:
  packs: [default]
\`\`\`

An event holds names, numbers and keyed fingerprints, never a value of a record. A \`finding\` says what was found and
what was done; a \`coverage\` is written for every service that was looked at, found something or not, so that a clean
service and one that nobody looked at are not the same. What could not be inspected failed closed and is counted there:
much of it from one service means that something is wrong with it, or that somebody is hiding something.
`

const EXACT = `
## How exact they are

Every event holds what was counted in its window and nothing else: the sum over distinct ids is the number of findings
in everything that was delivered.

- **A batch is counted when every required sink has it**, once, however often a send was repeated or a worker was lost.
  What was never delivered is never counted.
- **An event keeps its id, its numbers and its counts** once it was sent. A sink that took it and answered too late is
  sent the same event again: let the id overwrite (Elasticsearch: \`create\` with \`_id\`), or count distinct ids.
- **A sink that is down loses nothing.** Windows that close meanwhile are merged into one, in bounded memory; it gets
  them in order when it is back. One that refuses an event is sent it again with the next window; nothing passes it.
- **\`seq\` has no gaps** within a \`run\` and a sink. A gap is an event that your SIEM did not keep.
- **Services are bounded** by \`census.services_max\`; the rest is counted under \`_other\`, so that sums stay right.
- **Time only goes forward.** When the clock is set back, windows go on from where they were.

With \`census.state_dir\` this holds when the process is killed, too: counts are on the disk before a source is told
that its records were delivered, and so is what was sent to whom. The next start takes up there, under the same \`run\`.
A batch whose acknowledgement the kill cut off comes again from its client, or is read again. When it has a name of its
own (the \`chunk\` of a forward client, the place in a file) it is recognised for ten minutes and not counted again,
though it is stored again. Without a name it is counted as often as it was delivered. The folder belongs to one process
alone; it holds names and counts, as events do. If it cannot be written (\`census_state_failed\` in the log), records go
on, and counts are as safe as without it. It costs a tenth of a millisecond of the main thread for each batch of a MiB,
and batches that wait share one flush of the disk.

Without \`census.state_dir\`, a process that ends well has delivered its counts (or says so, with exit code 4); one that
is killed loses those of the open window and those that no sink had yet. It never counts twice.

\`npm run proof:census\` shows it: 20 times over, logveil, its workers, the sink behind it and two SIEMs are killed and
come back, and the sums of both SIEMs are the truth for every service, rule and action.
`

/** @param {Formats} formats */
export function siemPage({ eventFormats, rendered }) {
  const rows = EVENT_FIELDS.map(([name, events, meaning, example]) => {
    return [`\`${name}\``, events, meaning, `\`${JSON.stringify(example)}\``]
  })
  const finding = /** @type {import('../../src/core/siem_event.ts').SiemEvent} */ (
    /** @type {unknown} */ (exampleEvent('finding'))
  )
  const names = /** @type {(keyof typeof eventFormats)[]} */ (Object.keys(eventFormats))
  const examples = names.map((name) => {
    const one = rendered(finding, name)
    const shown = typeof one === 'string' ? ['text', one] : ['json', JSON.stringify(one, null, 2)]
    return `\n### \`${name}\`\n\n${sentence(eventFormats[name].summary)}\n\n\`\`\`${shown[0]}\n${shown[1]}\n\`\`\`\n`
  })
  return `${INTRO}
## Fields

These are the names in the format \`json\`; the other formats have each of them somewhere, as the examples show.
Texts of more than 1 KiB are cut.

${table(['field', 'in', 'what it is', 'example'], rows)}${EXACT}
## Formats

Each with the same finding. In all of them a text is bounded, well-formed, and cannot end a line or begin a field.
${examples.join('')}`
}

/** @param {string} text */
function sentence(text) {
  return `${text[0].toUpperCase()}${text.slice(1)}.`
}
