// The fields of events, as docs/siem.md lists them; a test holds them equal to what the census really writes.

/**
 * Name, the events that have it, what it means, an example.
 * @type {readonly (readonly [string, string, string, unknown])[]}
 */
export const EVENT_FIELDS = [
  ['event', 'all', '`finding`, `coverage` or `alert`', 'finding'],
  ['schema', 'all', 'version of this table; raised when a field changes its meaning or goes', 1],
  [
    'id',
    'all',
    'stays the same when the event is sent again, and is no other event’s',
    '5b1f0c9a7d3e42868f2a9c1de07b4a63',
  ],
  ['instance', 'all', 'name of the process: `census.instance`, or the host’s name', 'edge-1'],
  ['run', 'all', 'of this life of the process, or of its state directory', '9f2c4e1ab03d5577'],
  ['seq', 'all', 'counts the events of a run to one sink, from 1; a gap is an event that did not arrive', 4711],
  ['version', 'all', 'of logveil', '0.1.0'],
  ['policy_version', 'all', 'short hash of the policy by which it was counted', '3d0f5c2ab9e1'],
  [
    'window_start',
    'all',
    'ISO 8601, UTC; windows that close while a sink is down are merged',
    '2026-11-21T12:00:00.000Z',
  ],
  ['window_end', 'all', 'exclusive', '2026-11-21T12:01:00.000Z'],
  ['service', 'all', 'whose records they were; `_other` beyond `census.services_max`', 'checkout'],
  ['namespace', 'all', 'of the service, when records say it', 'shop'],
  ['environment', 'all', 'the same', 'production'],
  ['source', 'all', 'name of the source in the settings', 'app'],
  ['first_seen', 'all', 'when the first of the counted batches was delivered', '2026-11-21T12:00:07.412Z'],
  ['last_seen', 'all', 'when the last one was', '2026-11-21T12:00:58.030Z'],
  ['rule', 'finding, alert', 'id of the rule', 'payment_card'],
  ['rule_version', 'finding', 'short hash of the rule as it was written', '81c7f3e05d92'],
  [
    'category',
    'finding, alert',
    '`financial`, `personal`, `secret`, `network`, `health`, `attack`, `other`',
    'financial',
  ],
  ['severity', 'finding, alert', '`low`, `medium`, `high`, `critical`', 'high'],
  ['confidence', 'finding', 'findings by how sure they are', { high: 16, medium: 1 }],
  ['action', 'finding', 'what was done with them; `keep`: counted only', 'mask'],
  ['matches', 'finding', 'findings', 17],
  ['records', 'finding', 'records with at least one', 9],
  ['paths', 'finding', 'fields with the most findings, names only, at most 5', ['payment.card', 'message']],
  [
    'fingerprints',
    'finding',
    'keyed hashes of values, with the key’s id, at most 5; only of rules with `fingerprint: true`',
    ['k1:6c1f0e9b2a7d4853'],
  ],
  ['records_seen', 'coverage', 'records that were looked at', 5200],
  ['records_affected', 'coverage', 'of them, those with findings', 9],
  ['records_dropped', 'coverage', 'of them, those that a rule removed, or that failed closed and were dropped', 0],
  ['clean', 'coverage', 'of them, those in which nothing was found', 5189],
  ['failures', 'coverage', 'records that failed closed, by reason', { over_budget: 1, malformed: 1 }],
  ['not_inspected', 'coverage', 'their sum: somebody may be hiding something', 2],
  ['over_budget', 'coverage', 'of them, those made to be expensive: over a budget, or too deep', 1],
  ['undecodable', 'coverage', 'of them, those that nobody could read', 1],
  ['alert', 'alert', 'id of the rule on counts', 'cards_in_checkout'],
  ['title', 'alert', 'one sentence of names and numbers', 'checkout had 17 findings of payment_card in 5 minutes'],
  ['kind', 'alert', '`count`, `distinct`, `change` or `first_seen`', 'count'],
  ['observed', 'alert', 'the number that was reached', 17],
  ['threshold', 'alert', 'the number that was not to be reached', 10],
  ['key', 'alert', 'keyed hash of the value that was grouped by', 'k1:0d9e7c5b3a1f2468'],
  ['response', 'alert', '`alert`, `drop` or `quarantine`', 'alert'],
  ['until', 'alert', 'when the response ends by itself', '2026-11-21T12:31:00.000Z'],
]

/** One of its kind, made of the examples. @param {'finding' | 'coverage' | 'alert'} kind */
export function exampleEvent(kind) {
  const own = EVENT_FIELDS.filter(([, events]) => events === 'all' || events.split(', ').includes(kind))
  return { ...Object.fromEntries(own.map(([name, , , example]) => [name, example])), event: kind }
}
