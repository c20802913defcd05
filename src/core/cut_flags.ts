// The members by which container runtimes, and those who read their logs, say that a line goes on in the next record.

/** `P` of CRI parsers; `true` of Docker's fluentd driver and of journald. */
const NAMES = ['logtag', '_p', 'partial_message', 'CONTAINER_PARTIAL_MESSAGE']

/** Where OpenTelemetry and Fluent Bit's events keep attributes. */
export const ATTRIBUTE_PREFIXES: readonly string[] = ['attributes.', '@metadata.otlp.attributes.']

/** The last keys of such paths. */
export const CUT_FLAG_KEYS: ReadonlySet<string> = new Set(NAMES)

/** Dotted paths. */
export const CUT_FLAGS: ReadonlySet<string> = new Set(
  NAMES.flatMap((name) => [name, ...ATTRIBUTE_PREFIXES.map((prefix) => prefix + name)]),
)
