// The W3C `traceparent` header (Trace Context, section 3.2): told from anything else, and not read.

/** The header when it is one of version 00. */
export function traceparentOf(header: unknown): string | undefined {
  return typeof header === 'string' && /^00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/.test(header) ? header : undefined
}
