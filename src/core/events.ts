// One call both counts and logs, so that the log and the metrics can not drift apart.

/** Fields of an event: short facts (a peer, a code, a size), never bytes of a record. */
export type Facts = Readonly<Record<string, string | number | boolean | undefined>>

export type Level = 'debug' | 'info' | 'warn' | 'error'

/**
 * `name` is snake_case and becomes the label `event` of the counter `logveil_events_total{component,event}`;
 * `message` is for people. The fact `times` says how often it happened, when that is told in one call; the fact
 * `rejected_records` also adds to `logveil_sink_rejected_records_total`, and `undecodable_chunks` of a source to the
 * census: what nobody could read was not inspected.
 */
export type Emit = (level: Level, name: string, message: string, facts?: Facts) => void
